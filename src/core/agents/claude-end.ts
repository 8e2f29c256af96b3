import { type Limit, readLimit } from './limits.ts';
import { usable } from './reset-time.ts';
import type { SessionEnd, Time } from '../types.ts';
import type { Exit } from './adapter.ts';
import type { ClaudeResult } from './claude-line.ts';
import { lastLine } from './last-line.ts';

/** What the output of a session told when it was over. */
export interface ClaudeStory {
	/** The last one, unless another turn began after it. */
	readonly result: ClaudeResult | null;
	/** The error of the last message, such as `rate_limit`. */
	readonly error: string | null;
	/** Unix seconds, of the last limit that turned it away. */
	readonly resetsAt: number | null;
}

/** How a session of Claude Code ended. Its structured fields decide; text only where they leave it open. */
export function claudeEnd(story: ClaudeStory, exit: Exit, stderr: string, now: Time): SessionEnd {
	const { result } = story;
	if (!result) return failed(exit, lastLine(stderr) || 'it ended without a result');
	if (result.outcome === 'success') return afterSuccess(exit, stderr);
	if (result.reason.startsWith('aborted')) return failed(exit, 'it was interrupted');
	if (brokenOff(result)) return { kind: 'outage', message: 'the provider broke off its answer' };
	const message = result.text.trim().slice(0, LONGEST_MESSAGE) || result.subtype;
	return turnedDown(result) ? afterRefusal(story, result, exit, message, now) : failed(exit, message);
}

/** In characters. */
const LONGEST_MESSAGE = 500;

function failed(exit: Exit, message: string): SessionEnd {
	return { kind: 'failed', exitCode: exit.code, signal: exit.signal, message };
}

/** Ended by a signal after it said success: it would not go away, and what it said stands. */
function afterSuccess(exit: Exit, stderr: string): SessionEnd {
	const bySignal = exit.code === null || exit.code > 128;
	if (exit.code === 0 || bySignal) return { kind: 'completed' };
	return failed(exit, lastLine(stderr) || 'it failed after it had said success');
}

/** An error within the stream of an answer leaves no other trace (2.1.330). */
function brokenOff(result: ClaudeResult): boolean {
	return result.subtype === 'error_during_execution' && result.reason === 'completed';
}

/** A call to the model failed. Everything else (turns, budget) is an end that the session came to by itself. */
function turnedDown(result: ClaudeResult): boolean {
	return result.subtype === 'success' || result.reason === 'api_error';
}

function afterRefusal(
	story: ClaudeStory,
	result: ClaudeResult,
	exit: Exit,
	message: string,
	now: Time,
): SessionEnd {
	const told = readLimit(message, now);
	const cause = causes.get(story.error) ?? causes.get(result.error) ?? causeOf(result.status) ?? told.kind;
	// A 429 is also sent when money ran out, and for a moment's throttling: only the words tell these apart.
	switch (cause === 'limited' && told.kind !== 'other' ? told.kind : cause) {
		case 'limited':
			return { kind: 'limited', until: resetOf(story, told, now), message };
		case 'outage':
			return { kind: 'outage', message };
		case 'auth':
			return { kind: 'auth', message };
		case 'other':
			return failed(exit, message);
	}
}

function resetOf({ resetsAt }: ClaudeStory, told: Limit, now: Time): Time | null {
	const known = resetsAt === null ? null : usable(resetsAt * 1000, now);
	return known ?? (told.kind === 'limited' ? told.until : null);
}

type Cause = Limit['kind'];

/** The errors that it names (2.1.330). `invalid_request` and `unknown` are told by status and text. */
const causes: ReadonlyMap<string | null, Cause> = new Map([
	['authentication_failed', 'auth'],
	['oauth_org_not_allowed', 'auth'],
	['account_on_hold', 'auth'],
	['verification_required', 'auth'],
	['billing_error', 'auth'],
	['model_not_found', 'auth'],
	['cloud_credential_error', 'auth'],
	['rate_limit', 'limited'],
	['usage_limit_reached', 'limited'],
	['overloaded', 'outage'],
	['server_error', 'outage'],
	['connection_failed', 'outage'],
	['max_output_tokens', 'other'],
]);

/** null: the status does not tell. 404 is a model that does not exist: a person must name another. */
function causeOf(status: number | null): Cause | null {
	if (status === 429) return 'limited';
	if (status === 408 || (status !== null && status >= 500)) return 'outage';
	return status !== null && [401, 402, 403, 404, 407].includes(status) ? 'auth' : null;
}
