import { expect, test } from 'vitest';
import { copilot } from '../../../src/core/agents/copilot.ts';
import { decode, recorded } from '../../helpers/recorded.ts';

test('Copilot CLI is started headless, and asks nobody', () => {
	const { file, args } = copilot.launch({ role: 'worker', model: 'm', args: ['-s'], line: 'copilot' });
	expect([file, ...args]).toEqual(
		'copilot --output-format=json --allow-all --no-ask-user --no-auto-update --excluded-tools=session_store_sql --model m -s'.split(
			' ',
		),
	);
	expect(copilot.launch({ role: 'worker', model: null, args: [], line: 'copilot' }).args).toHaveLength(5);
});

test('Its session that did its work has completed, with its words, session and model', () => {
	const { signs, ...outcome } = decode(copilot, recorded('copilot', 'success'));
	expect(outcome).toEqual({
		end: { kind: 'completed' },
		text: 'All done.',
		usage: { usd: 0, tokens: 0 },
		pays: null,
		agentSession: expect.stringMatching(/^[0-9a-f-]{36}$/),
		model: 'mock-model',
	});
	expect(signs.filter((sign) => sign !== 'progress')).toEqual(['tool-open', 'tool-closed', 'result']);
});

test.each([
	['error-401', 1, { kind: 'auth' }],
	['error-500', 1, { kind: 'outage' }],
	['terminated', 0, { kind: 'failed', message: 'it was interrupted' }],
])('Its session %s, with exit code %d, ended as it says', (name, exit, end) => {
	expect(decode(copilot, recorded('copilot', name), { exit }).end).toMatchObject(end);
});

test('What it tries again makes no progress, and is what it was ended by', () => {
	const lines = recorded('copilot', 'terminated');
	const waiting = lines.slice(0, lines.findIndex((line) => line.includes('"assistant.turn_retry"')) + 1);
	const { end, signs } = decode(copilot, waiting, { exit: 'SIGKILL' });
	expect(signs.at(-1)).toBe('retrying');
	expect(end).toMatchObject({ kind: 'limited' });
});

test.each([
	['{"type":"assistant.message","data":{"content":"","toolRequests":[{}]}}', ['progress']],
	['{"type":"tool.execution_start"}', ['tool-open']],
	['{"type":"tool.execution_complete"}', ['progress']],
	['{"type":"result"}', ['result']],
	['{"type":"assistant.message"}', ['progress']],
	['{"type":"model.call_failure"}', []],
	['{"type":"new"}', []],
])('The clock sees in %s: %j', (text, signs) => expect(decode(copilot, [text]).signs).toEqual(signs));
