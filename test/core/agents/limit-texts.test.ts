import { describe, expect, test } from 'vitest';
import { adapterFor } from '../../../src/core/agents/agents.ts';
import { readLimit } from '../../../src/core/agents/limits.ts';
import { decode } from '../../helpers/recorded.ts';

/** As providers word it, over the years and versions of their programs. */
const TEXTS = {
	limited: [
		'Claude AI usage limit reached|1795370400',
		'5-hour limit reached ∙ resets 2am',
		'Session limit reached ∙ resets 8pm',
		'Weekly limit reached ∙ resets 8pm',
		"You've hit your limit · resets 4pm (Asia/Kuala_Lumpur)",
		"You've hit your limit · resets 3:20pm (Asia/Shanghai)",
		"You've hit your session limit · resets 4:20am (Europe/Warsaw)",
		"You've hit your weekly limit · resets Nov 25 at 12am (Australia/Melbourne)",
		"You've hit your Opus limit · resets 9pm",
		"You've hit your Sonnet limit · resets 9pm",
		"You've hit your Fable 5 limit · resets 9pm\n/upgrade to increase your usage limit.",
		"You're out of extra usage · resets 9pm",
		"You've reached your usage limit.",
		"You've hit your limit for Claude messages. Limits will reset at 9:30 AM.",
		'You’ve hit your limit for Claude messages. Limits will reset at 9:30 AM.',
		'API Error: Request rejected (429) · The usage limit has been reached',
		'API Error: Rate limit reached',
		'You’ve hit your usage limit. Upgrade to Pro (https://example.com/pro), visit https://example.com/usage to purchase more credits or try again at 3:07 PM.',
		"You've hit your usage limit. Upgrade to Plus to continue using Codex (https://example.com/plus), or try again at 3:07 PM.",
		"You've hit your usage limit. To get more access now, send a request to your admin or try again at Nov 23rd, 2026 11:52 AM.",
		"You've hit your usage limit. Try again later.",
		"You've hit your usage limit for gpt-5.5. Switch to another model now, or try again at 3:07 PM.",
		"You've hit your usage limit. Try again in 5 days 22 hours 11 minutes.",
		'You have exhausted your daily quota on this model.',
		'⚡ You have reached your daily gemini-2.5-pro quota limit.',
		"Quota exceeded for quota metric 'Gemini 2.5 Pro Requests' and limit 'per day per user per tier'. Expected quota reset within 24h.",
		'You have exhausted your capacity on this model. Your quota will reset after 5s.',
		'Usage limit reached for gemini-3-flash-preview. Access resets at 10:57 PM GMT-3.',
		'Resource has been exhausted (e.g. check quota).',
	],
	outage: [
		'Server is temporarily limiting requests (not your usage limit)',
		'API Error: Repeated 529 Overloaded errors',
		'API Error: 529 Overloaded. This is a server-side issue, usually temporary — try again in a moment.',
		'exceeded retry limit, last status: 429 Too Many Requests, request id: 1',
		'stream disconnected before completion: reset by peer',
		'Selected model is at capacity. Please try a different model.',
		"We're currently experiencing high demand, which may cause temporary errors.",
		'unexpected status 503 Service Unavailable: no',
		'Connection failed: error sending request',
		'request timed out',
	],
	auth: [
		'OAuth token has expired. Please obtain a new token or refresh your existing token.',
		'Failed to authenticate: OAuth session expired and could not be refreshed',
		'Not logged in · Please run /login',
		'Invalid authentication credentials',
		'Credit balance is too low',
		'Your workspace is out of credits. Add credits to continue.',
		'Your workspace is out of credits. Ask your workspace owner to refill in order to continue.',
		'You hit your spend cap set in your workspace. Increase your spend cap to continue.',
		'You hit your spend cap set by the owner of your workspace. Ask them to increase it.',
		'Quota exceeded. Check your plan and billing details.',
		'To use Codex with your ChatGPT plan, upgrade to Plus: https://example.com/plus.',
	],
	failed: [
		'Claude Opus 4 limit reached, now using Sonnet 4',
		"Codex ran out of room in the model's context window. Start a new thread or clear earlier history before retrying.",
		'Prompt is too long',
	],
} as const;

type Kind = keyof typeof TEXTS;
const ALL = (Object.keys(TEXTS) as Kind[]).flatMap((kind) =>
	TEXTS[kind].map((text) => [kind, text] as const),
);

/** How each program prints a tool's output, words of its model, its success, and an error that ended it. */
interface Stream {
	tool(text: string): string[];
	says(text: string): string[];
	done: string[];
	failed(message: string): string[];
}

const json = (fields: object) => JSON.stringify(fields);

const claudes = (failed: (message: string) => object): Stream => ({
	tool: (text) => [
		json({ type: 'assistant', message: { id: 'm', content: [{ type: 'tool_use', id: 't', name: 'Bash' }] } }),
		json({ type: 'user', message: { content: [{ type: 'tool_result', tool_use_id: 't', content: text }] } }),
	],
	says: (text) => [json({ type: 'assistant', message: { id: 'n', content: [{ type: 'text', text }] } })],
	done: [json({ type: 'result', subtype: 'success', is_error: false, result: 'done' })],
	failed: (message) => [json({ type: 'result', is_error: true, ...failed(message) })],
});

const STREAMS: Readonly<Record<string, Stream>> = {
	claude: claudes((result) => ({ subtype: 'success', terminal_reason: 'api_error', result })),
	qwen: claudes((text) => ({
		subtype: 'error_during_execution',
		error: { message: `[API Error: ${text}]` },
	})),
	codex: {
		tool: (text) => [
			json({ type: 'item.started', item: { id: 'i', type: 'command_execution' } }),
			json({ type: 'item.completed', item: { id: 'i', type: 'command_execution', aggregated_output: text } }),
		],
		says: (text) => [json({ type: 'item.completed', item: { id: 'j', type: 'agent_message', text } })],
		done: [json({ type: 'turn.completed', usage: {} })],
		failed: (message) => [
			json({ type: 'error', message }),
			json({ type: 'turn.failed', error: { message } }),
		],
	},
	gemini: {
		tool: (output) => [
			json({ type: 'tool_use', tool_id: 't' }),
			json({ type: 'tool_result', tool_id: 't', status: 'success', output }),
		],
		says: (content) => [json({ type: 'message', role: 'assistant', content, delta: true })],
		done: [json({ type: 'result', status: 'success', stats: {} })],
		failed: (message) => [
			json({ type: 'result', status: 'error', error: { message: `[API Error: ${message}]` } }),
		],
	},
	opencode: {
		tool: (output) => [
			json({ type: 'step_start', part: { messageID: 'm' } }),
			json({ type: 'tool_use', part: { state: { status: 'completed', output, error: null } } }),
			json({ type: 'step_finish', part: { messageID: 'm', reason: 'tool-calls' } }),
		],
		says: (text) => [json({ type: 'text', part: { text } })],
		done: [json({ type: 'step_finish', part: { reason: 'stop' } })],
		failed: (message) => [json({ type: 'error', error: { name: 'APIError', data: { message } } })],
	},
	copilot: {
		tool: (text) => [
			json({ type: 'tool.execution_start', data: { toolCallId: 't' } }),
			json({ type: 'tool.execution_complete', data: { toolCallId: 't', result: { content: text } } }),
		],
		says: (content) => [json({ type: 'assistant.message', data: { content } })],
		done: [json({ type: 'result', exitCode: 0 })],
		failed: (message) => [
			json({ type: 'session.error', data: { message } }),
			json({ type: 'result', exitCode: 1 }),
		],
	},
};

describe.each(Object.entries(STREAMS))('Of %s', (name, stream) => {
	const kindOf = (lines: readonly string[], exit: number, stderr = '') =>
		decode(adapterFor(name), lines, { exit, stderr }).end.kind;

	test.each(ALL)('what ended the session is %s: %s', (kind, text) => {
		expect(kindOf(stream.failed(text), 1)).toBe(kind);
	});

	test.each(ALL)(
		'what a tool returned, or the model says, ended nothing; it would have been %s: %s',
		(_kind, text) => {
			const heard = [...stream.tool(text), ...stream.says(text)];
			expect(kindOf([...heard, ...stream.done], 0)).toBe('completed');
			expect(kindOf([...heard, ...stream.failed('the disk is full')], 1)).toBe('failed');
			expect(kindOf(heard, 1, text)).toBe('failed');
		},
	);

	test.each(ALL)(
		'a file that was printed line by line ended nothing; it would have been %s: %s',
		(_kind, text) => {
			const file = `1: # Notes\n2: ${text}\n3: ${json({ type: 'error', message: text })}`;
			expect(kindOf([...stream.tool(file), ...stream.says('Read.'), ...stream.done], 0)).toBe('completed');
			expect(kindOf([...stream.tool(file), ...stream.failed('the disk is full')], 1)).toBe('failed');
		},
	);
});

describe.each(['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'])(
	'In the zone %s',
	(zone) => {
		const DAYS = [
			'2026-03-08',
			'2026-03-29',
			'2026-04-05',
			'2026-10-04',
			'2026-10-25',
			'2026-11-01',
			'2026-11-22',
		];
		const CLOCKS = [
			['5-hour limit reached ∙ resets 6am', '6:00'],
			["You've hit your limit · resets 4:20pm", '16:20'],
			["You've hit your usage limit. Try again at 9:07 PM.", '21:07'],
			['You’ve hit your limit for Claude messages. Limits will reset at 9:30 AM.', '9:30'],
		] as const;
		const shown = (at: number) =>
			new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: 'numeric', minute: '2-digit' })
				.format(at)
				.replace(/^0/, '');

		test.each(DAYS.flatMap((day) => CLOCKS.map(([text, clock]) => [day, clock, text] as const)))(
			'on %s the next %s is waited for: %s',
			(day, clock, text) => {
				for (const hour of ['00:10', '05:59', '12:00', '23:50']) {
					const now = Date.parse(`${day}T${hour}Z`);
					const limit = readLimit(text, now, zone);
					if (limit.kind !== 'limited' || limit.until === null) throw new Error(`not a limit: ${text}`);
					// The quarter of an hour after it counts as now.
					expect([clock, shown(now)]).toContain(shown(limit.until));
					expect(limit.until - now).toBeGreaterThanOrEqual(0);
					expect(limit.until - now).toBeLessThanOrEqual(25 * 3_600_000);
				}
			},
		);
	},
);
