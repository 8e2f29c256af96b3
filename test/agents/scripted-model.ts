import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the agent sends with one call, as far as a player needs it. */
export interface Call {
	readonly system: string;
	/** All that the agent says to it within the conversation, its own reminders included. */
	readonly prompt: string;
	/** What the tools returned in this session, oldest first. */
	readonly results: readonly string[];
	readonly tools: readonly string[];
}

/** What the model does: say its last word, call one tool, or fail as a provider does. */
export type Move =
	| { readonly say: string }
	| { readonly call: string; readonly input: Readonly<Record<string, unknown>> }
	| {
			readonly refuse: number;
			readonly type: string;
			readonly message: string;
			readonly headers?: Record<string, string>;
	  }
	| { readonly breakOff: string };

export interface Model {
	readonly url: string;
	readonly calls: readonly Call[];
	close(): Promise<void>;
}

/**
 * A model on the loopback interface that speaks as much of the Anthropic Messages API as Claude Code needs: one
 * streamed answer a call, chosen by `play` from what the call holds. Each answer is billed as 100 tokens in and 20 out.
 */
export async function scriptedModel(play: (call: Call) => Move): Promise<Model> {
	const calls: Call[] = [];
	const server = createServer((request, response) => {
		void serve(request, response, (call) => {
			calls.push(call);
			return play(call);
		});
	});
	await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}`,
		calls,
		close: () =>
			new Promise((closed) => {
				server.close(() => closed());
				server.closeAllConnections();
			}),
	};
}

async function serve(
	request: IncomingMessage,
	response: ServerResponse,
	play: (call: Call) => Move,
): Promise<void> {
	const body = await text(request);
	const path = new URL(request.url ?? '/', 'http://model').pathname;
	if (request.method !== 'POST' || path !== '/v1/messages') {
		return json(response, 404, failure('not_found_error', `nothing at ${path}`));
	}
	const asked = JSON.parse(body) as Asked;
	const move = choose(() => play(callOf(asked)));
	if ('refuse' in move) {
		return json(response, move.refuse, failure(move.type, move.message), move.headers);
	}
	if ('breakOff' in move) {
		// After a broken stream Claude Code asks once more for the answer in one piece.
		if (asked.stream !== true) return json(response, 529, failure('overloaded_error', move.breakOff));
		return stream(response, [opening(asked.model), failure('overloaded_error', move.breakOff)]);
	}
	return asked.stream === true
		? stream(response, answer(asked.model, move))
		: json(response, 200, whole(asked.model, move));
}

function stream(response: ServerResponse, events: readonly StreamEvent[]): void {
	response.writeHead(200, { 'content-type': 'text/event-stream' });
	for (const event of events) response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
	response.end();
}

/** A player that fails ends the session with its words, rather than leave the agent waiting. */
function choose(play: () => Move): Move {
	try {
		return play();
	} catch (error) {
		return { refuse: 400, type: 'invalid_request_error', message: String(error) };
	}
}

async function text(request: IncomingMessage): Promise<string> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks).toString();
}

interface Block {
	readonly type: string;
	readonly text?: string;
	readonly content?: string | readonly Block[];
}

interface Asked {
	readonly model: string;
	readonly stream?: boolean;
	readonly system?: string | readonly Block[];
	readonly messages: readonly { readonly role: string; readonly content: string | readonly Block[] }[];
	readonly tools?: readonly { readonly name: string }[];
}

function callOf(asked: Asked): Call {
	const said = asked.messages
		.filter(({ role }) => role !== 'assistant')
		.flatMap(({ content }) => blocks(content));
	return {
		system: words(asked.system ?? ''),
		prompt: words(said.filter(({ type }) => type === 'text')),
		results: said.filter(({ type }) => type === 'tool_result').map(({ content }) => words(content ?? '')),
		tools: (asked.tools ?? []).map(({ name }) => name),
	};
}

function blocks(content: string | readonly Block[]): readonly Block[] {
	return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

function words(content: string | readonly Block[]): string {
	return blocks(content)
		.map((block) => block.text ?? '')
		.join('\n');
}

type StreamEvent = { readonly type: string } & Readonly<Record<string, unknown>>;

type Spoken = Extract<Move, { say: string } | { call: string }>;

function answer(model: string, move: Spoken): StreamEvent[] {
	const block = blockOf(move);
	const [empty, delta] =
		block.type === 'text'
			? [
					{ ...block, text: '' },
					{ type: 'text_delta', text: block.text },
				]
			: [
					{ ...block, input: {} },
					{ type: 'input_json_delta', partial_json: JSON.stringify(block.input) },
				];
	return [
		opening(model),
		{ type: 'content_block_start', index: 0, content_block: empty },
		{ type: 'content_block_delta', index: 0, delta },
		{ type: 'content_block_stop', index: 0 },
		{
			type: 'message_delta',
			delta: { stop_reason: reason(move), stop_sequence: null },
			usage: { output_tokens: 20 },
		},
		{ type: 'message_stop' },
	];
}

function opening(model: string): StreamEvent {
	return { type: 'message_start', message: message(model, [], null, 1) };
}

function whole(model: string, move: Spoken): object {
	return message(model, [blockOf(move)], reason(move), 20);
}

function message(model: string, content: readonly object[], stopped: string | null, output: number): object {
	const usage = { input_tokens: 100, output_tokens: output };
	return { id: name('msg'), type: 'message', role: 'assistant', model, content, stop_reason: stopped, usage };
}

function blockOf(move: Spoken) {
	return 'say' in move
		? { type: 'text' as const, text: move.say }
		: { type: 'tool_use' as const, id: name('toolu'), name: move.call, input: move.input };
}

function reason(move: Spoken): string {
	return 'say' in move ? 'end_turn' : 'tool_use';
}

function failure(type: string, message: string): StreamEvent {
	return { type: 'error', error: { type, message } };
}

function json(
	response: ServerResponse,
	status: number,
	body: unknown,
	headers: Record<string, string> = {},
): void {
	response.writeHead(status, { 'content-type': 'application/json', ...headers });
	response.end(JSON.stringify(body));
}

function name(kind: string): string {
	return `${kind}_${randomUUID().replaceAll('-', '').slice(0, 24)}`;
}
