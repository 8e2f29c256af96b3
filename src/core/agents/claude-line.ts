import type { Payer, Usage } from '../types.ts';
import { type Fields, lineFields, number, object, objects, string, sum } from './fields.ts';
import { toolWords } from './tool-call.ts';

/** One line of `claude --output-format stream-json`, as far as it matters to a session. */
export type ClaudeLine =
	| { readonly kind: 'began'; readonly model: string | null; readonly pays: Payer | null }
	| ClaudeMessage
	| { readonly kind: 'answered'; readonly closed: readonly string[] }
	/** Only an account with a plan is told of the plan's limits. `resetsAt`: in unix seconds, of one that is reached. */
	| { readonly kind: 'plan'; readonly reached: boolean; readonly resetsAt: number | null }
	/** How much of its own work goes on beside the conversation. */
	| { readonly kind: 'background'; readonly tasks: number }
	| { readonly kind: 'retrying'; readonly status: number | null; readonly error: string | null }
	| ClaudeResult
	| { readonly kind: 'other'; readonly sign: 'progress' | 'nothing' };

/** A block of a message of the model, or (with `error`) what the program says in its place. */
export interface ClaudeMessage {
	readonly kind: 'said';
	/** The main conversation, or that of a helper that it started. */
	readonly by: 'itself' | 'helper';
	readonly id: string;
	readonly text: string;
	/** The tool calls that it opens. */
	readonly opened: readonly { readonly id: string; readonly words: string }[];
	/** So far, of the whole message. */
	readonly tokens: number;
	/** Such as `rate_limit`. */
	readonly error: string | null;
	/** Unix seconds, where the error is a limit that tells. */
	readonly resetsAt: number | null;
}

/** The last line of a turn. */
export interface ClaudeResult {
	readonly kind: 'result';
	/** By `is_error`: `subtype` says success of failed calls too. */
	readonly outcome: 'success' | 'error';
	readonly subtype: string;
	/** The final message, or the error's. */
	readonly text: string;
	/** Why the turn ended: `completed`, `api_error`, `max_turns`, `aborted_tools`… */
	readonly reason: string;
	/** HTTP, of the failed call. */
	readonly status: number | null;
	/** Such as `usage_limit_reached`. */
	readonly error: string | null;
	/** Why the model stopped: `end_turn`, `refusal`… */
	readonly stop: string | null;
	/** Of the whole session, helpers included. */
	readonly usage: Usage;
}

/** Reads one line of stdout, with the id of its session. null: not JSON, or only a part, or far too long. */
export function claudeLine(text: string): { line: ClaudeLine; session: string | null } | null {
	const fields = lineFields(text);
	return fields && { line: lineOf(fields), session: string(fields['session_id']) };
}

function lineOf(fields: Fields): ClaudeLine {
	switch (fields['type']) {
		case 'assistant':
			return said(fields);
		case 'user':
			return {
				kind: 'answered',
				closed: blocks(fields, 'tool_result').flatMap((block) => string(block['tool_use_id']) ?? []),
			};
		case 'result':
			return result(fields);
		case 'rate_limit_event':
			return plan(fields['rate_limit_info']);
		case 'system':
			return system(fields);
		case 'stream_event':
			return { kind: 'other', sign: 'progress' };
		default:
			return { kind: 'other', sign: 'nothing' };
	}
}

function said(fields: Fields): ClaudeMessage {
	const message = object(fields['message']);
	const away = plan(object(fields['api_error_params'])['rate_limit_info']);
	return {
		kind: 'said',
		by: string(fields['parent_tool_use_id']) === null ? 'itself' : 'helper',
		id: string(message['id']) ?? '',
		text: blocks(fields, 'text')
			.map((block) => string(block['text']) ?? '')
			.join('\n'),
		opened: blocks(fields, 'tool_use').flatMap(opened),
		tokens: sum(object(message['usage']), apiTokens),
		error: string(fields['error']),
		resetsAt: away.resetsAt,
	};
}

function opened(block: Fields): ClaudeMessage['opened'] {
	const id = string(block['id']);
	return id === null ? [] : [{ id, words: toolWords(block['name'], block['input']) }];
}

/** Only `rejected` is a stop. `allowed_warning` is not, nor is an overage that is rejected while the plan allows. */
function plan(value: unknown): Extract<ClaudeLine, { kind: 'plan' }> {
	const info = object(value);
	const reached = info['status'] === 'rejected';
	return { kind: 'plan', reached, resetsAt: reached ? number(info['resetsAt']) : null };
}

const steps: ReadonlySet<unknown> = new Set(['compact_boundary', 'task_started', 'task_notification']);

function system(fields: Fields): ClaudeLine {
	if (fields['subtype'] === 'init')
		return { kind: 'began', model: string(fields['model']), pays: payer(string(fields['apiKeySource'])) };
	if (fields['subtype'] === 'api_retry')
		return { kind: 'retrying', status: number(fields['error_status']), error: string(fields['error']) };
	if (fields['subtype'] === 'background_tasks_changed')
		return { kind: 'background', tasks: objects(fields['tasks']).length };
	return { kind: 'other', sign: steps.has(fields['subtype']) ? 'progress' : 'nothing' };
}

function result(fields: Fields): ClaudeResult {
	const text = string(fields['result']);
	const errors = Array.isArray(fields['errors'])
		? fields['errors'].filter((error) => typeof error === 'string')
		: [];
	return {
		kind: 'result',
		outcome:
			fields['is_error'] === false && fields['subtype'] === 'success' && text !== null ? 'success' : 'error',
		subtype: string(fields['subtype']) ?? '',
		text: text ?? string(object(fields['error'])['message']) ?? errors.join('; '),
		reason: string(fields['terminal_reason']) ?? '',
		status: number(fields['api_error_status']),
		error: string(fields['api_error']),
		stop: string(fields['stop_reason']),
		usage: { usd: number(fields['total_cost_usd']) ?? 0, tokens: tokensOf(fields) },
	};
}

/** It names where its key came from. `none`: a login, or another kind of token; which one is told by its plan alone. */
function payer(source: string | null): Payer | null {
	return source === null || source === 'none' ? null : 'key';
}

const apiTokens = ['input_tokens', 'output_tokens', 'cache_creation_input_tokens', 'cache_read_input_tokens'];
const modelTokens = ['inputTokens', 'outputTokens', 'cacheCreationInputTokens', 'cacheReadInputTokens'];

/** `usage` is of the main conversation alone; `modelUsage` counts helpers and side calls in, model by model. */
function tokensOf(fields: Fields): number {
	const models = Object.values(object(fields['modelUsage']));
	const tokens = models.reduce<number>((all, model) => all + sum(object(model), modelTokens), 0);
	return models.length === 0 ? sum(object(fields['usage']), apiTokens) : tokens;
}

function blocks(fields: Fields, type: string): readonly Fields[] {
	return objects(object(fields['message'])['content']).filter((block) => block['type'] === type);
}
