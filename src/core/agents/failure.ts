import type { SessionEnd, Time } from '../types.ts';
import type { Exit } from './adapter.ts';
import { lastLine } from './last-line.ts';
import { type Limit, readLimit } from './limits.ts';

/** What an agent tells of the error that ended its session. */
export interface Failure {
	/** For people. */
	readonly message: string;
	/** HTTP, of the failed call; null where it is not told. */
	readonly status: number | null;
	/** What programs call it, the most telling first: `rate_limit`, `ContextOverflowError`… */
	readonly names: readonly (string | null)[];
	/** When a limit ends, where that is told as a figure. */
	readonly until: Time | null;
}

/** An error of which only the words are known, and perhaps some names. */
export function failure(message: string, more: Partial<Failure> = {}): Failure {
	return { message, status: null, names: [], until: null, ...more };
}

/**
 * How a session ended that was ended by an error: names first, then the status, then the words. What is too long for
 * the model, or what it will not speak of, is the session's own failure, and is called by its name.
 */
export function failureEnd(told: Failure, exit: Exit, now: Time): SessionEnd {
	const message = told.message.trim().slice(0, LONGEST_MESSAGE);
	const limit = readLimit(message, now);
	const cause = named(told.names) ?? causeOf(told.status) ?? limit.kind;
	// A 429 is also sent when money ran out, and for a moment's throttling: only the words tell these apart.
	const kind = cause === 'limited' && limit.kind !== 'other' ? limit.kind : cause;
	switch (kind) {
		case 'limited':
			return { kind, until: told.until ?? (limit.kind === 'limited' ? limit.until : null), message };
		case 'outage':
		case 'auth':
			return { kind, message };
		case 'context overflow':
		case 'refusal':
			return failed(exit, `${kind}: ${message}`);
		case 'other':
			return failed(exit, [...(nameOf(message) ?? []), message].join(': '));
	}
}

export function failed(exit: Exit, message: string): SessionEnd {
	return { kind: 'failed', exitCode: exit.code, signal: exit.signal, message };
}

/**
 * The end of a session whose output says success: that stands where the process agrees, and where it had to be ended by
 * a signal afterwards, as it would not go away.
 */
export function successEnd(exit: Exit, stderr: string): SessionEnd {
	const bySignal = exit.code === null || exit.code > 128;
	if (exit.code === 0 || bySignal) return { kind: 'completed' };
	return failed(exit, lastLine(stderr) || 'it failed after it had said success');
}

/** In characters. */
const LONGEST_MESSAGE = 500;

type Cause = Limit['kind'] | 'context overflow' | 'refusal';

function named(names: Failure['names']): Cause | null {
	return names.map((name) => causes.get(name)).find((cause) => cause !== undefined) ?? null;
}

/**
 * Of Claude Code 2.1.330 (`invalid_request` and `unknown` tell nothing), of the OpenAI and Gemini APIs as the other agents
 * hand them on, and of opencode 1.18.33.
 */
const causes: ReadonlyMap<string | null, Cause> = new Map([
	['authentication_failed', 'auth'],
	['authentication', 'auth'],
	['authentication_error', 'auth'],
	['oauth_org_not_allowed', 'auth'],
	['account_on_hold', 'auth'],
	['verification_required', 'auth'],
	['billing_error', 'auth'],
	['insufficient_quota', 'auth'],
	['model_not_found', 'auth'],
	['ProviderAuthError', 'auth'],
	['ProviderModelNotFoundError', 'auth'],
	['cloud_credential_error', 'auth'],
	['rate_limit', 'limited'],
	['usage_limit_reached', 'limited'],
	['overloaded', 'outage'],
	['server_error', 'outage'],
	['connection_failed', 'outage'],
	['prompt_too_long', 'context overflow'],
	['context_length_exceeded', 'context overflow'],
	['request_too_large', 'context overflow'],
	['ContextOverflowError', 'context overflow'],
	['refusal', 'refusal'],
	['content_filter', 'refusal'],
	['ContentFilterError', 'refusal'],
	['max_output_tokens', 'other'],
]);

/** null: the status does not tell. 404 is a model that does not exist: a person must name another. */
function causeOf(status: number | null): Cause | null {
	if (status === 429) return 'limited';
	if (status === 413) return 'context overflow';
	if (status === 408 || (status !== null && status >= 500)) return 'outage';
	return status !== null && [401, 402, 403, 404, 407].includes(status) ? 'auth' : null;
}

/** At most one. */
function nameOf(message: string): readonly string[] | null {
	const found = wordings.find(([, wording]) => wording.test(message));
	return found ? [found[0]] : null;
}

const wordings: readonly (readonly [Cause, RegExp])[] = [
	[
		'context overflow',
		/prompt is too long|context (?:window|length)|maximum (?:context|number of tokens)|too many tokens|input is too long/i,
	],
	[
		'refusal',
		/safeguards|content (?:filter|policy|management)|usage polic|was flagged|safety (?:reasons|system)/i,
	],
];
