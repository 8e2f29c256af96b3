import { describe, expect, test } from 'vitest';
import { codex } from '../../../src/core/agents/codex.ts';
import { decode, recorded } from '../../helpers/recorded.ts';

const line = (fields: object) => JSON.stringify(fields);
const done = line({ type: 'turn.completed', usage: {} });
const error = (message: string) => line({ type: 'error', message });

describe('Codex', () => {
	test('is started headless and without a memory; the prompt comes on stdin; a person has the last word', () => {
		const { file, args } = codex.launch({
			role: 'reviewer',
			model: 'gpt-5.5',
			args: ['-m', 'x'],
			line: 'codex',
		});
		expect([file, ...args]).toEqual(
			'codex exec --json --ephemeral --dangerously-bypass-approvals-and-sandbox -c features.memories=false -c check_for_update_on_startup=false --model gpt-5.5 - -m x'.split(
				' ',
			),
		);
		expect(codex.launch({ role: 'worker', model: null, args: [], line: 'codex' }).args).not.toContain(
			'--model',
		);
	});

	test('that did its work has completed, with its words, tokens and session', () => {
		const { signs, ...outcome } = decode(codex, recorded('codex', 'success'));
		expect(outcome).toEqual({
			end: { kind: 'completed' },
			text: 'All done: wrote hello.txt',
			usage: { usd: 0, tokens: 360 },
			pays: null,
			agentSession: '01a201f4-64eb-74f3-91da-dac31743b5a3',
			model: null,
		});
		expect(signs).toEqual([
			'progress',
			'tool-open',
			'tool-closed',
			'tool-open',
			'tool-closed',
			'progress',
			'result',
		]);
	});

	test.each([
		['error-401', { kind: 'auth' }],
		['error-429', { kind: 'outage', message: 'exceeded retry limit, last status: 429 Too Many Requests' }],
		['error-500', { kind: 'outage' }],
		['error-quota', { kind: 'auth' }],
		['error-usage', { kind: 'limited', until: expect.any(Number) }],
		[
			'overflow',
			{ kind: 'failed', exitCode: 1, message: expect.stringMatching(/^context overflow: Codex ran out/) },
		],
		['flagged', { kind: 'failed', message: 'refusal: This request was flagged' }],
	])('%s ended as it says', (name, end) => {
		expect(decode(codex, recorded('codex', name), { exit: 1 }).end).toMatchObject(end);
	});

	test.each(['unknown-model', 'reconnected', 'empty'])('%s has completed', (name) => {
		expect(decode(codex, recorded('codex', name)).end).toEqual({ kind: 'completed' });
	});

	test('that waits for the network makes no progress, and when it is ended that was an outage', () => {
		const { end, signs } = decode(codex, recorded('codex', 'error-refused'), { exit: 'SIGKILL' });
		expect(new Set(signs)).toEqual(new Set(['retrying']));
		expect(end).toEqual({ kind: 'outage', message: 'Connection failed: error sending request' });
	});

	test.each([0, 1, 'SIGTERM'])(
		'that was interrupted in a tool call has failed, whatever its exit: %j',
		(exit) => {
			expect(decode(codex, recorded('codex', 'int-tool'), { exit }).end.kind).toBe('failed');
		},
	);
});

describe('Its success', () => {
	test('is not believed where an error was the last that it said', () => {
		const item = line({ type: 'item.completed', item: { id: 'i', type: 'error', message: 'no such model' } });
		expect(decode(codex, [item, done]).end).toMatchObject({ kind: 'failed', message: 'no such model' });
		expect(decode(codex, [error('odd'), done]).end).toMatchObject({ kind: 'failed', message: 'odd' });
	});

	test('stands where it had to be ended after it, and not where it failed after it', () => {
		expect(decode(codex, [done], { exit: 'SIGKILL' }).end).toEqual({ kind: 'completed' });
		expect(decode(codex, [done], { exit: 2, stderr: 'odd\n' }).end).toMatchObject({
			kind: 'failed',
			message: 'odd',
		});
	});

	test('needs its last line whole', () => {
		const lines = recorded('codex', 'success');
		const torn = [...lines.slice(0, -1), lines.at(-1)!.slice(0, -1)];
		expect(decode(codex, torn).end).toMatchObject({ kind: 'failed', exitCode: 0 });
	});
});

test.each([
	['{"type":"item.updated","item":{}}', ['progress']],
	['{"type":"item.started"}', ['tool-open']],
	['{"type":"item.completed","item":{"type":"agent_message"}}', ['progress']],
	['{"type":"item.completed","item":{"type":"error"}}', []],
	['{"type":"error"}', []],
	['{"type":"turn.failed"}', ['result']],
	['{"type":"turn.started"}', []],
	['not JSON', []],
])('The clock sees in %s: %j', (text, signs) => expect(decode(codex, [text]).signs).toEqual(signs));
