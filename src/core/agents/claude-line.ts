import { isObject, jsonObject } from '../json.ts';
import type { Payer, Usage } from '../types.ts';

/** One line of `claude --output-format stream-json`, as far as it matters to a session. */
export type ClaudeLine =
	| { readonly kind: 'began'; readonly model: string | null; readonly pays: Payer | null }
	| ClaudeMessage
	| { readonly kind: 'answered'; readonly closed: readonly string[] }
	| { readonly kind: 'turned-away'; readonly resetsAt: number | null }
	| ClaudeResult
	| { readonly kind: 'other'; readonly sign: 'progress' | 'retrying' | 'nothing' };

/** A block of a message of the model, or (with `error`) what the program says in its place. */
export interface ClaudeMessage {
	readonly kind: 'said';
	/** The main conversation, or that of a helper that it started. */
	readonly by: 'itself' | 'helper';
	readonly id: string;
	readonly text: string;
	/** Ids of the tool calls that it opens. */
	readonly opened: readonly string[];
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
	/** Of the whole session, helpers included. */
	readonly usage: Usage;
}

/** Reads one line of stdout, with the id of its session. null: not JSON, or only a part, or far too long. */
export function claudeLine(text: string): { line: ClaudeLine; session: string | null } | null {
	const fields = text.length > LONGEST_LINE ? null : jsonObject(text);
	return fields && { line: lineOf(fields), session: string(fields['session_id']) };
}

/** In characters. Only what a tool returned is ever so long, and that tells nothing. */
const LONGEST_LINE = 8 * 1024 * 1024;

type Fields = Readonly<Record<string, unknown>>;

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
			return turnedAway(fields['rate_limit_info']);
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
	const away = turnedAway(object(fields['api_error_params'])['rate_limit_info']);
	return {
		kind: 'said',
		by: string(fields['parent_tool_use_id']) === null ? 'itself' : 'helper',
		id: string(message['id']) ?? '',
		text: blocks(fields, 'text')
			.map((block) => string(block['text']) ?? '')
			.join('\n'),
		opened: blocks(fields, 'tool_use').flatMap((block) => string(block['id']) ?? []),
		tokens: sum(object(message['usage']), apiTokens),
		error: string(fields['error']),
		resetsAt: away.kind === 'turned-away' ? away.resetsAt : null,
	};
}

/** Only `rejected` is a stop. `allowed_warning` is not, nor is an overage that is rejected while the plan allows. */
function turnedAway(value: unknown): ClaudeLine {
	const info = object(value);
	return info['status'] === 'rejected'
		? { kind: 'turned-away', resetsAt: number(info['resetsAt']) }
		: { kind: 'other', sign: 'nothing' };
}

const steps: ReadonlySet<unknown> = new Set(['compact_boundary', 'task_started', 'task_notification']);

function system(fields: Fields): ClaudeLine {
	if (fields['subtype'] === 'init')
		return { kind: 'began', model: string(fields['model']), pays: payer(string(fields['apiKeySource'])) };
	if (fields['subtype'] === 'api_retry') return { kind: 'other', sign: 'retrying' };
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
		text: text ?? errors.join('; '),
		reason: string(fields['terminal_reason']) ?? '',
		status: number(fields['api_error_status']),
		error: string(fields['api_error']),
		usage: { usd: number(fields['total_cost_usd']) ?? 0, tokens: tokensOf(fields) },
	};
}

/** It names where its key came from; `none` (or `oauth`): it uses none and is logged in (2.1.330). */
function payer(source: string | null): Payer | null {
	if (source === null) return null;
	return source === 'none' || source === 'oauth' ? 'subscription' : 'key';
}

const apiTokens = ['input_tokens', 'output_tokens', 'cache_creation_input_tokens', 'cache_read_input_tokens'];
const modelTokens = ['inputTokens', 'outputTokens', 'cacheCreationInputTokens', 'cacheReadInputTokens'];

/** `usage` is of the main conversation alone; `modelUsage` counts helpers and side calls in, model by model. */
function tokensOf(fields: Fields): number {
	const models = Object.values(object(fields['modelUsage']));
	const tokens = models.reduce<number>((all, model) => all + sum(object(model), modelTokens), 0);
	return models.length === 0 ? sum(object(fields['usage']), apiTokens) : tokens;
}

function blocks(fields: Fields, type: string): Fields[] {
	const { content } = object(fields['message']);
	return Array.isArray(content) ? content.filter(isObject).filter((block) => block['type'] === type) : [];
}

function sum(counts: Fields, keys: readonly string[]): number {
	return keys.reduce((all, key) => all + (number(counts[key]) ?? 0), 0);
}

function object(value: unknown): Fields {
	return isObject(value) ? value : {};
}

function string(value: unknown): string | null {
	return typeof value === 'string' ? value : null;
}

/** JSON holds no other number that is not one than those too large for it. */
function number(value: unknown): number | null {
	return typeof value === 'number' && value >= 0 && Number.isFinite(value) ? value : null;
}
