import { describe, expect, test } from 'vitest';
import { readLimit } from '../../../src/core/agents/limits.ts';

const now = Date.UTC(2026, 10, 22, 13, 0);
const kindOf = (message: string) => readLimit(message, now, 'UTC').kind;

describe('A message that a limit was reached', () => {
	test.each([
		['Claude AI usage limit reached|1795370400', '2026-11-22T18:00'],
		['5-hour limit reached ∙ resets 2am', '2026-11-23T02:00'],
		['Session limit reached ∙ resets 8pm', '2026-11-22T20:00'],
		['Weekly limit reached ∙ resets 8pm', '2026-11-22T20:00'],
		['Opus limit reached ∙ resets 8pm', '2026-11-22T20:00'],
		["You've hit your limit · resets 4pm (Asia/Kuala_Lumpur)", '2026-11-23T08:00'],
		["You've hit your limit · resets 3:20pm (Asia/Shanghai)", '2026-11-23T07:20'],
		["You've hit your 5-hour limit · resets 2:33pm (UTC)", '2026-11-22T14:33'],
		["You've hit your session limit · resets 4:20am (Europe/Warsaw)", '2026-11-23T03:20'],
		["You've hit your weekly limit · resets Nov 25 at 12am (Australia/Melbourne)", '2026-11-24T13:00'],
		["You've hit your Opus limit · resets Nov 25, 2026, 12am (UTC)", '2026-11-25T00:00'],
		["You've hit your Fable 5 limit · resets 5pm - /upgrade to get more", '2026-11-22T17:00'],
		[
			"You've hit your session limit · resets 4pm (UTC)\n/upgrade to increase your usage limit.",
			'2026-11-22T16:00',
		],
		["You're out of extra usage · resets 9pm", '2026-11-22T21:00'],
		['You’ve hit your limit for Claude messages. Limits will reset at 9:30 PM.', '2026-11-22T21:30'],
		[
			'You’ve hit your usage limit. Upgrade to Pro (https://chatgpt.com/explore/pro), visit https://chatgpt.com/codex/settings/usage to purchase more credits or try again at 3:07 PM.',
			'2026-11-22T15:07',
		],
		[
			"You've hit your usage limit. To get more access now, send a request to your admin or try again at Nov 23rd, 2026 11:52 AM.",
			'2026-11-23T11:52',
		],
		[
			"You've hit your usage limit for gpt-5.5. Switch to another model now, or try again at 3:07 PM.",
			'2026-11-22T15:07',
		],
		["You've hit your usage limit. Try again in 5 days 22 hours 11 minutes.", '2026-11-28T11:11'],
		['{"error":{"type":"usage_limit_reached","resets_in_seconds":3600}}', '2026-11-22T14:00'],
		['Usage limit reached for gemini-3-flash-preview. Access resets at 10:57 PM GMT-3.', '2026-11-23T01:57'],
		['You have exhausted your capacity on this model. Your quota will reset after 60s.', '2026-11-22T13:01'],
		[
			"Quota exceeded for quota metric 'Gemini 2.5 Pro Requests' and limit 'per day'. Expected quota reset within 24h.",
			'2026-11-23T13:00',
		],
	])('tells until when: %s', (message, until) => {
		expect(readLimit(message, now, 'UTC')).toEqual({ kind: 'limited', until: Date.parse(`${until}Z`) });
	});

	test.each([
		"You've reached your usage limit.",
		"You've hit your usage limit. Try again later.",
		'You have reached your daily gemini-2.5-pro quota limit.',
		'You have exhausted your daily quota on this model.',
		'API Error: Request rejected (429) · The usage limit has been reached',
		'API Error: Request rejected (429) · This request would exceed your rate limit',
		'API Error: Rate limit reached',
		'ERROR: unexpected status 429 Too Many Requests',
		'Resource has been exhausted (e.g. check quota).',
		'got status: RESOURCE_EXHAUSTED',
		'/upgrade to increase your usage limit.',
	])('may tell no time: %s', (message) => {
		expect(readLimit(message, now, 'UTC')).toEqual({ kind: 'limited', until: null });
	});

	test('is read in the zone of the machine where none is told', () => {
		const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
		const message = 'Session limit reached ∙ resets 8pm';
		expect(readLimit(message, now)).toEqual(readLimit(message, now, zone));
	});
});

test.each([
	'Server is temporarily limiting requests (not your usage limit)',
	'exceeded retry limit, last status: 429 Too Many Requests, request id: 1',
	'API Error (529 {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}) · Retrying in 1 seconds',
	'API Error: Repeated 529 Overloaded errors',
	'API Error: 529 Overloaded. This is a server-side issue, usually temporary — try again in a moment.',
	'API Error: 500 Internal server error',
	'unexpected status 503 Service Unavailable',
	'502 Bad Gateway',
	'API Error: Connection refused — a firewall or proxy may be blocking it (ECONNREFUSED)',
	'Connection failed: error sending request',
	'stream disconnected before completion: reset by peer',
	'request timed out',
	'Selected model is at capacity. Please try a different model.',
	'We’re currently experiencing high demand, which may cause temporary errors.',
	'TypeError: fetch failed',
	'The socket connection was closed unexpectedly.',
	'API Error: API returned an empty or malformed response (HTTP 200)',
])('A provider out of reach is an outage: %s', (message) => expect(kindOf(message)).toBe('outage'));

test.each([
	'Invalid API key · Fix external API key',
	'API key not valid. Please pass a valid API key.',
	'OAuth token has expired. Please obtain a new token or refresh your existing token.',
	'Failed to authenticate: OAuth session expired and could not be refreshed',
	'Not logged in · Please run /login',
	'Invalid authentication credentials',
	'API Error: 401 {"type":"error"}',
	'unexpected status 401 Unauthorized: no',
	'Credit balance is too low',
	"You're out of usage credits. Run /usage-credits to keep using",
	"You've hit your monthly spend limit",
	'Your workspace is out of credits. Add credits to continue.',
	'You hit your spend cap set in your workspace. Increase your spend cap to continue.',
	'Quota exceeded. Check your plan and billing details.',
	'To use Codex with your ChatGPT plan, upgrade to Plus: https://chatgpt.com/explore/plus.',
])('What only a person can put right needs a person: %s', (message) => expect(kindOf(message)).toBe('auth'));

test.each([
	'',
	'Claude Opus 4 limit reached, now using Sonnet 4',
	'Subagent nesting limit reached (depth 5)',
	'AssertionError: expected 429 to equal 200',
	'Prompt is too long',
	'Codex ran out of room in the model’s context window.',
	'error: unknown option --foo',
	`${'x'.repeat(500)} You've hit your usage limit.`,
])('Anything else is no such message: %s', (message) => expect(kindOf(message)).toBe('other'));
