import { randomUUID } from 'node:crypto';
import type { Call, Refusal, Spoken } from './scripted-model.ts';

/** One way of speaking with a model: what an agent asks, and how it wants to be answered. */
export interface Dialect {
	speaks(path: string): boolean;
	call(body: Body): Call;
	/** Server-sent events, in order. Each answer is billed as 100 tokens in and 20 out. */
	answer(body: Body, move: Spoken): string[];
	/** The same in one piece. */
	whole(body: Body, move: Spoken): object;
	/** The body of an answer with a status of its own. */
	failure(refusal: Refusal): object;
}

/** What an agent sends, and each part of it: whatever of these the dialect has there. */
export interface Body {
	readonly model?: string;
	readonly stream?: boolean;
	readonly role?: string;
	readonly type?: string;
	readonly name?: string;
	readonly text?: string;
	readonly instructions?: string;
	readonly system?: Content;
	readonly content?: Content;
	readonly output?: Content;
	readonly messages?: readonly Body[];
	readonly input?: readonly Body[];
	readonly contents?: readonly Body[];
	readonly parts?: readonly Body[];
	readonly tools?: readonly Body[];
	readonly function?: Body;
	readonly functionDeclarations?: readonly Body[];
	readonly systemInstruction?: Body;
	readonly functionResponse?: { readonly response: unknown };
}

type Content = string | readonly Body[];

export function dialectOf(path: string): Dialect | undefined {
	return [anthropic, responses, chat, gemini].find((dialect) => dialect.speaks(path));
}

const anthropic: Dialect = {
	speaks: (path) => path === '/v1/messages',
	call: (body) => {
		const said = list(body.messages)
			.filter(({ role }) => role !== 'assistant')
			.flatMap(({ content }) => parts(content));
		return {
			system: words(parts(body.system)),
			prompt: words(said.filter(({ type }) => type === 'text')),
			results: said.filter(({ type }) => type === 'tool_result').map(({ content }) => words(parts(content))),
			tools: list(body.tools).map(({ name }) => name ?? ''),
		};
	},
	answer: (body, move) => {
		const block = anthropicBlock(move);
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
		const stopped = { stop_reason: stopOf(move), stop_sequence: null };
		return [
			{ type: 'message_start', message: anthropicMessage(body, [], null, 1) },
			{ type: 'content_block_start', index: 0, content_block: empty },
			{ type: 'content_block_delta', index: 0, delta },
			{ type: 'content_block_stop', index: 0 },
			{ type: 'message_delta', delta: stopped, usage: { output_tokens: 20 } },
			{ type: 'message_stop' },
		].map(named);
	},
	whole: (body, move) => anthropicMessage(body, [anthropicBlock(move)], stopOf(move), 20),
	failure: ({ type, message }) => ({ type: 'error', error: { type, message } }),
};

const responses: Dialect = {
	speaks: (path) => path === '/v1/responses',
	call: (body) => {
		const input = list(body.input);
		return {
			system: body.instructions ?? '',
			prompt: words(input.filter(({ role }) => role === 'user').flatMap(({ content }) => parts(content))),
			results: input
				.filter(({ type }) => type === 'function_call_output')
				.map(({ output }) => words(parts(output))),
			tools: list(body.tools).flatMap(({ name }) => name ?? []),
		};
	},
	answer: (body, move) => {
		const response = { id: id('resp'), object: 'response', created_at: 0, model: body.model, output: [] };
		const usage = {
			input_tokens: 100,
			input_tokens_details: { cached_tokens: 0 },
			output_tokens: 20,
			output_tokens_details: { reasoning_tokens: 0 },
			total_tokens: 120,
		};
		const item =
			'say' in move
				? {
						id: id('msg'),
						type: 'message',
						role: 'assistant',
						content: [{ type: 'output_text', text: move.say }],
					}
				: {
						id: id('fc'),
						type: 'function_call',
						call_id: id('call'),
						name: move.call,
						arguments: JSON.stringify(move.input),
					};
		return [
			{ type: 'response.created', response: { ...response, status: 'in_progress' } },
			{ type: 'response.output_item.added', output_index: 0, item: { ...item, content: [], arguments: '' } },
			{ type: 'response.output_item.done', output_index: 0, item },
			{ type: 'response.completed', response: { ...response, status: 'completed', output: [item], usage } },
		].map(named);
	},
	whole: () => ({}),
	failure: ({ type, message, more }) => ({ error: { message, type, code: type, ...more } }),
};

const chat: Dialect = {
	speaks: (path) => path.endsWith('/chat/completions'),
	call: (body) => {
		const messages = list(body.messages);
		const by = (role: string) => messages.filter((message) => message.role === role);
		return {
			system: words(by('system').flatMap(({ content }) => parts(content))),
			prompt: words(by('user').flatMap(({ content }) => parts(content))),
			results: by('tool').map(({ content }) => words(parts(content))),
			tools: list(body.tools).map((tool) => tool.function?.name ?? ''),
		};
	},
	answer: (body, move) => {
		const head = { id: id('chatcmpl'), object: 'chat.completion.chunk', created: 0, model: body.model };
		const chunk = (delta: object, reason: string | null = null) => ({
			...head,
			choices: [{ index: 0, delta, finish_reason: reason }],
		});
		const usage = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 };
		const said = 'say' in move ? { content: move.say } : { tool_calls: [{ index: 0, ...chatCall(move) }] };
		const reason = 'say' in move ? 'stop' : 'tool_calls';
		const chunks = [chunk({ role: 'assistant', content: '' }), chunk(said), chunk({}, reason)];
		return [...[...chunks, { ...head, choices: [], usage }].map(unnamed), 'data: [DONE]\n\n'];
	},
	whole: (body, move) => ({
		id: id('chatcmpl'),
		object: 'chat.completion',
		created: 0,
		model: body.model,
		choices: [
			{
				index: 0,
				message: { role: 'assistant', content: 'say' in move ? move.say : null },
				finish_reason: 'stop',
			},
		],
		usage: { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 },
	}),
	failure: responses.failure,
};

const gemini: Dialect = {
	speaks: (path) => /:(?:streamG|g)enerateContent$/.test(path),
	call: (body) => {
		const contents = list(body.contents).flatMap((content) => list(content.parts));
		const functions = list(body.tools).flatMap((tool) => list(tool.functionDeclarations));
		return {
			system: words(list(body.systemInstruction?.parts)),
			prompt: words(contents),
			results: contents.flatMap((part) =>
				'functionResponse' in part ? JSON.stringify(part.functionResponse?.response) : [],
			),
			tools: functions.map(({ name }) => name ?? ''),
		};
	},
	answer: (_body, move) => {
		const part =
			'say' in move
				? { text: move.say }
				: { functionCall: { id: id('call'), name: move.call, args: move.input } };
		return [geminiAnswer([part]), geminiAnswer([{ text: '' }], 'STOP')].map((event) =>
			unnamed(event).replaceAll('\n', '\r\n'),
		);
	},
	whole: (_body, move) => geminiAnswer([{ text: 'say' in move ? move.say : '' }], 'STOP'),
	failure: ({ refuse, type, message, more }) => ({ error: { code: refuse, message, status: type, ...more } }),
};

function geminiAnswer(content: readonly object[], finishReason?: string): object {
	const usageMetadata = { promptTokenCount: 100, candidatesTokenCount: 20, totalTokenCount: 120 };
	const candidate = {
		content: { role: 'model', parts: content },
		index: 0,
		...(finishReason && { finishReason }),
	};
	return { candidates: [candidate], responseId: id('r'), usageMetadata };
}

function chatCall(move: Extract<Spoken, { call: string }>): object {
	return {
		id: id('call'),
		type: 'function',
		function: { name: move.call, arguments: JSON.stringify(move.input) },
	};
}

function anthropicBlock(move: Spoken) {
	return 'say' in move
		? { type: 'text' as const, text: move.say }
		: { type: 'tool_use' as const, id: id('toolu'), name: move.call, input: move.input };
}

function anthropicMessage(
	body: Body,
	content: readonly object[],
	stopped: string | null,
	output: number,
): object {
	const usage = { input_tokens: 100, output_tokens: output };
	const model = body.model;
	return { id: id('msg'), type: 'message', role: 'assistant', model, content, stop_reason: stopped, usage };
}

function stopOf(move: Spoken): string {
	return 'say' in move ? 'end_turn' : 'tool_use';
}

function list(value: readonly Body[] | undefined): readonly Body[] {
	return value ?? [];
}

/** Content is a string or a list of parts. */
function parts(content: Content | undefined): readonly Body[] {
	return typeof content === 'string' ? [{ type: 'text', text: content }] : list(content);
}

function words(blocks: readonly Body[]): string {
	return blocks.map((block) => block.text ?? '').join('\n');
}

function named(event: { type: string }): string {
	return `event: ${event.type}\n${unnamed(event)}`;
}

function unnamed(event: object): string {
	return `data: ${JSON.stringify(event)}\n\n`;
}

function id(kind: string): string {
	return `${kind}_${randomUUID().replaceAll('-', '').slice(0, 24)}`;
}
