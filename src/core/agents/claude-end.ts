import type { SessionEnd, Time } from '../types.ts';
import type { Exit } from './adapter.ts';
import type { ClaudeResult } from './claude-line.ts';
import { failed, failure, failureEnd, successEnd } from './failure.ts';
import { lastLine } from './last-line.ts';
import { usable } from './reset-time.ts';

/** What the output of a session told when it was over. */
export interface ClaudeStory {
	/** The last one, unless another turn began after it. */
	readonly result: ClaudeResult | null;
	/** The error of the last message, such as `rate_limit`. */
	readonly error: string | null;
	/** Unix seconds, of the last limit that turned it away. */
	readonly resetsAt: number | null;
	/** The failed call that it was making again when nothing more came. */
	readonly retrying: { readonly status: number | null; readonly error: string | null } | null;
}

/** How a session of Claude Code ended. Its structured fields decide; text only where they leave it open. */
export function claudeEnd(story: ClaudeStory, exit: Exit, stderr: string, now: Time): SessionEnd {
	const { result } = story;
	if (!result) return withoutResult(story, exit, stderr, now);
	if (result.outcome === 'success') return successEnd(exit, stderr);
	if (result.reason.startsWith('aborted')) return failed(exit, 'it was interrupted');
	if (brokenOff(result)) return { kind: 'outage', message: 'the provider broke off its answer' };
	const message = result.text || result.subtype;
	if (!turnedDown(result)) return failed(exit, message.trim().slice(0, LONGEST_MESSAGE));
	const names = [story.error, result.error, result.reason, result.stop];
	const until = story.resetsAt === null ? null : usable(story.resetsAt * 1000, now);
	return failureEnd(failure(message, { status: result.status, names, until }), exit, now);
}

/** In characters. */
const LONGEST_MESSAGE = 500;

function withoutResult({ retrying }: ClaudeStory, exit: Exit, stderr: string, now: Time): SessionEnd {
	if (!retrying) return failed(exit, lastLine(stderr) || 'it ended without a result');
	const { status, error } = retrying;
	const what = [status, error].filter((part) => part !== null).join(' ');
	return failureEnd(failure(`it was retrying a call: ${what}`, { status, names: [error] }), exit, now);
}

/** An error within the stream of an answer leaves no other trace (2.1.330). */
function brokenOff(result: ClaudeResult): boolean {
	return result.subtype === 'error_during_execution' && result.reason === 'completed';
}

/** A call to the model failed. Everything else (turns, budget) is an end that the session came to by itself. */
function turnedDown({ subtype, reason, text }: ClaudeResult): boolean {
	return subtype === 'success' || reason === 'api_error' || text.startsWith('[API Error: '); // the last is Qwen Code's
}
