import { describe, expect, test } from 'vitest';
import { opencode } from '../../../src/core/agents/opencode.ts';
import { decode, recorded } from '../../helpers/recorded.ts';

const line = (type: string, part: object = {}) => JSON.stringify({ type, sessionID: 's', part });

describe('opencode', () => {
	test('is started headless; a person has the last word', () => {
		const input = { role: 'worker', model: 'p/m', args: ['--agent', 'x'], line: 'opencode' } as const;
		const { file, args, env } = opencode.launch(input);
		expect([file, ...args]).toEqual('opencode run --format=json --auto --model p/m --agent x'.split(' '));
		expect(env).toEqual({ OPENCODE_DISABLE_AUTOUPDATE: '1', OPENCODE_AUTO_SHARE: null });
		expect(opencode.launch({ ...input, model: null, args: [] }).args).toHaveLength(3);
	});

	test('that did its work has completed, with its words, tokens and session', () => {
		const { signs, ...outcome } = decode(opencode, recorded('opencode', 'success'));
		expect(outcome).toEqual({
			end: { kind: 'completed' },
			text: 'All done: wrote hello.txt',
			usage: { usd: 0, tokens: 360 },
			pays: null,
			agentSession: 'ses_dfe0c5e1cffe4KOGYOsGLPgWFS',
			model: null,
		});
		const step = ['tool-open', 'progress', 'tool-closed'];
		expect(signs).toEqual([
			'tool-open',
			'progress',
			'progress',
			'tool-closed',
			...step,
			'tool-open',
			'progress',
			'result',
		]);
	});

	test.each([
		['error-401', 1, { kind: 'auth', message: 'invalid x-api-key' }],
		['error-429', 1, { kind: 'limited', until: null }],
		['error-quota', 1, { kind: 'auth', message: 'You exceeded your current quota' }],
		['content-filter', 1, { kind: 'failed', message: expect.stringMatching(/^refusal: /) }],
		['length', 0, { kind: 'failed', exitCode: 0, message: 'its answer ended early: length' }],
		['permission', 0, { kind: 'failed', message: expect.stringContaining('rejected permission') }],
	])('%s, with exit code %d, ended as it says', (name, exit, end) => {
		expect(decode(opencode, recorded('opencode', name), { exit }).end).toMatchObject(end);
	});

	test('whose context overflows again and again comes to no end: from the third time on nothing is expected of it', () => {
		const { end, signs } = decode(opencode, recorded('opencode', 'overflow'), { exit: 'SIGKILL' });
		expect(end).toEqual({
			kind: 'failed',
			exitCode: null,
			signal: 'SIGKILL',
			message: 'context overflow: Your input exceeds the context window of this model.',
		});
		expect(signs.at(-1)).toBe('result');
	});

	test('whose context overflowed, and which then went on with its tools, has completed', () => {
		const [overflow = ''] = recorded('opencode', 'overflow');
		const rest = [line('tool_use'), overflow, line('tool_use'), overflow, ...recorded('opencode', 'success')];
		expect(decode(opencode, [overflow, ...rest]).end).toEqual({ kind: 'completed' });
	});

	test('counts the cost that it tells, and every kind of token', () => {
		const tokens = { input: 1, output: 2, reasoning: 3, cache: { read: 4, write: 5 } };
		const steps = [
			line('step_finish', { reason: 'tool-calls', tokens, cost: 0.5 }),
			line('step_finish', { reason: 'stop', tokens }),
		];
		expect(decode(opencode, steps).usage).toEqual({ usd: 0.5, tokens: 30 });
	});
});

test.each([
	[line('step_start'), ['tool-open']],
	[line('text'), ['progress']],
	[line('tool_use', { state: { error: 'exit code 1' } }), ['progress']],
	['{"type":"error"}', []],
	['{"type":"new"}', []],
])('The clock sees in %s: %j', (text, signs) => expect(decode(opencode, [text]).signs).toEqual(signs));
