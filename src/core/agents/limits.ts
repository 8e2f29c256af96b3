import { resetTime } from './reset-time.ts';
import type { Time } from '../types.ts';

/** What a provider said when it turned a session away. `other`: nothing of the kind, so the session simply failed. */
export type Limit =
	| { readonly kind: 'limited'; readonly until: Time | null }
	| { readonly kind: 'outage' }
	| { readonly kind: 'auth' }
	| { readonly kind: 'other' };

/**
 * Reads the final error message of a failed session; only its first 500 characters count. `until` is null where no
 * usable time is told. `zone` is the one that a clock time without a zone is meant in: an IANA name or `GMT-3`,
 * by default the machine's. The wordings are those of Claude Code 1.0 to 2.1, codex 0.2 to 0.169 and Gemini CLI.
 */
export function readLimit(message: string, now: Time, zone?: string): Limit {
	const text = message.slice(0, LONGEST_MESSAGE).replaceAll('’', "'");
	if (says(text, goesOn)) return { kind: 'other' };
	if (says(text, throttled)) return { kind: 'outage' };
	if (says(text, needsAPerson)) return { kind: 'auth' };
	if (says(text, limited)) return { kind: 'limited', until: resetTime(text, now, zone) };
	return says(text, outage) ? { kind: 'outage' } : { kind: 'other' };
}

/** An error message is short; a longer text is something else with a message in it. */
const LONGEST_MESSAGE = 500;

/** The agent went on with a weaker model, or ran into a limit of its own making. */
const goesOn = [/limit reached, now using/i, /\b(?:context|recursion|nesting|turn) limit reached/i];

/** Too many requests just now, and no quota used up: it passes in minutes. */
const throttled = [/temporarily limiting requests/i, /not your usage limit/i, /exceeded retry limit/i];

/** No waiting helps: somebody must log in, or pay. */
const needsAPerson = [
	/invalid (?:api key|x-api-key|authentication|bearer token)/i,
	/api key (?:not valid|is invalid|expired|has expired)/i,
	/oauth (?:token|session)[^.]{0,40}(?:expired|revoked|deactivated)/i,
	/not logged in|please run \/login|claude auth login/i,
	/failed to authenticate|authentication_error|permission_error|permission_denied/i,
	/\b(?:api error|status|http)\D{0,3}40[123]\b/i,
	/\b401 unauthorized|\b402 payment required|\b403 forbidden/i,
	/credit balance (?:is )?too low|out of (?:usage )?credits|insufficient_quota/i,
	/spend (?:cap|limit)|check your plan and billing/i,
	/to use codex with your chatgpt plan, upgrade/i,
	/organization has (?:been disabled|disabled)|account is on hold/i,
];

const limited = [
	/\b(?:hit|reached|exceed(?:ed)?) your [^.\n]{0,40}\b(?:limit|quota)\b/i,
	/\b(?:usage|rate|hour|session|weekly|daily|monthly|opus|sonnet|haiku|fable|messages) limit (?:reached|exceeded)/i,
	/\b(?:usage|rate) limit\b|rate_limit_error|usage_limit_reached/i,
	/out of extra usage|limits? will reset/i,
	/exhausted your (?:daily quota|capacity)|quota limit|quota exceeded|resource(?: has been |_)exhausted/i,
	/\brejected \(429\)|too many requests|\b(?:api error|status|http)\D{0,3}429\b/i,
];

const outage = [
	/overloaded_error|\b529\b.{0,20}overloaded|\b(?:model|server|service) is (?:currently )?overloaded/i,
	/\b(?:api error|status|http)\D{0,3}5\d\d\b/i,
	/\b5\d\d (?:internal server error|bad gateway|service unavailable|gateway time-?out)/i,
	/\b(?:ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH)\b/,
	/connection (?:failed|refused|reset|error|closed|timed out)|stream disconnected|socket hang up|fetch failed/i,
	/connection was closed|other side closed|premature close/i,
	/request timed out|experiencing high (?:demand|load)|at capacity|service unavailable|temporarily unavailable/i,
	/empty or malformed response|certificate/i,
];

function says(text: string, wordings: readonly RegExp[]): boolean {
	return wordings.some((wording) => wording.test(text));
}
