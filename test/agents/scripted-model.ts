import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Body, type Dialect, dialectOf } from './dialects.ts';

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
	| Spoken
	/** The agent's own tool for it, whatever that is called. */
	| { readonly shell: string }
	| Refusal
	/** An error within the stream of an answer. */
	| { readonly breakOff: string }
	/** The connection is taken and no answer comes; the answer stops half way; the connection ends half way. */
	| { readonly fault: 'hang' | 'stall' | 'cut' };

export type Spoken =
	{ readonly say: string } | { readonly call: string; readonly input: Readonly<Record<string, unknown>> };

export interface Refusal {
	readonly refuse: number;
	readonly type: string;
	readonly message: string;
	readonly headers?: Record<string, string>;
	/** Further fields of the error. */
	readonly more?: Readonly<Record<string, unknown>>;
}

export interface Model {
	readonly url: string;
	readonly calls: readonly Call[];
	close(): Promise<void>;
}

/**
 * A model on the loopback interface that speaks as much of the Messages, Responses, Chat Completions and Gemini APIs as
 * the agents need: one streamed answer a call, chosen by `play` from what the call holds.
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
	const text = await textOf(request);
	const path = new URL(request.url ?? '/', 'http://model').pathname;
	const dialect = request.method === 'POST' ? dialectOf(path) : undefined;
	if (!dialect)
		return json(response, 404, { error: { type: 'not_found_error', message: `nothing at ${path}` } });
	const body: Body = { stream: path.endsWith(':streamGenerateContent'), ...JSON.parse(text) };
	const call = dialect.call(body);
	const aside = call.tools.length === 0 && path !== '/v1/messages'; // a title for the session
	const move = aside ? { say: 'ok' } : choose(() => play(call));
	if ('refuse' in move) return json(response, move.refuse, dialect.failure(move), move.headers);
	if ('breakOff' in move) return breakOff(response, dialect, body, move.breakOff);
	if ('fault' in move)
		return fail(response, dialect.answer(body, { say: 'Half of what was meant.' }), move.fault);
	const spoken = 'shell' in move ? shell(call, move.shell) : move;
	if (body.stream !== true) return json(response, 200, dialect.whole(body, spoken));
	stream(response, dialect.answer(body, spoken)).end();
}

/** After a broken stream Claude Code asks once more for the answer in one piece. */
function breakOff(response: ServerResponse, dialect: Dialect, body: Body, message: string): void {
	const failure = dialect.failure({ refuse: 529, type: 'overloaded_error', message });
	if (body.stream !== true) return json(response, 529, failure);
	const [opening = ''] = dialect.answer(body, { say: '' });
	stream(response, [opening, `event: error\ndata: ${JSON.stringify(failure)}\n\n`]).end();
}

function fail(response: ServerResponse, events: readonly string[], fault: 'hang' | 'stall' | 'cut'): void {
	if (fault === 'hang') return;
	stream(response, events.slice(0, events.length / 2));
	if (fault === 'cut') setTimeout(() => response.destroy(), 100); // what was written goes out first
}

function stream(response: ServerResponse, events: readonly string[]): ServerResponse {
	response.writeHead(200, { 'content-type': 'text/event-stream' });
	for (const event of events) response.write(event);
	return response;
}

const shells = ['Bash', 'exec_command', 'shell_command', 'run_shell_command', 'bash'];

function shell({ tools }: Call, command: string): Spoken {
	const name = shells.find((one) => tools.includes(one)) ?? 'Bash';
	const input = name === 'exec_command' ? { cmd: command } : { command, description: 'as the script says' };
	return { call: name, input };
}

/** A player that fails ends the session with its words, rather than leave the agent waiting. */
function choose(play: () => Move): Move {
	try {
		return play();
	} catch (error) {
		return { refuse: 400, type: 'invalid_request_error', message: String(error) };
	}
}

async function textOf(request: IncomingMessage): Promise<string> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks).toString();
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
