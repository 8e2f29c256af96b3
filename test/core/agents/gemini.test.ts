import { describe, expect, test } from 'vitest';
import { gemini } from '../../../src/core/agents/gemini.ts';
import { decode, recorded } from '../../helpers/recorded.ts';

const line = (fields: object) => JSON.stringify(fields);
const refused = (message: string) => line({ type: 'result', status: 'error', error: { message } });

describe('Gemini CLI', () => {
	test('is started headless; a person has the last word', () => {
		const { file, args, env } = gemini.launch({
			role: 'worker',
			model: 'flash',
			args: ['-d'],
			line: 'gemini',
		});
		expect([file, ...args]).toEqual(
			'gemini --output-format=stream-json --yolo --skip-trust --model flash -d'.split(' '),
		);
		expect(env).toEqual({ GEMINI_CLI_NO_RELAUNCH: 'true' });
		expect(gemini.launch({ role: 'worker', model: null, args: [], line: 'gemini' }).args).toHaveLength(3);
	});

	test('takes no other instructions from .env as a reviewer', () => {
		const { env } = gemini.launch({ role: 'reviewer', model: null, args: [], line: 'gemini' });
		expect(env).toMatchObject({ GEMINI_SYSTEM_MD: '' });
	});

	test('that did its work has completed, with its words, tokens, session and model', () => {
		const { signs, ...outcome } = decode(gemini, recorded('gemini', 'success'));
		expect(outcome).toEqual({
			end: { kind: 'completed' },
			text: 'All done: wrote hello.txt',
			usage: { usd: 0, tokens: 360 },
			pays: null,
			agentSession: '1499c9ec-0bec-4f61-9f76-438b3fb74821',
			model: 'gemini-2.5-pro',
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

	test('speaks in pieces: they are one message until something else comes in between', () => {
		const piece = (content: string) => line({ type: 'message', role: 'assistant', content, delta: true });
		const tool = line({ type: 'tool_use', tool_id: 't' });
		expect(decode(gemini, [piece('I '), piece('look'), tool, piece('all '), piece('done')]).text).toBe(
			'all done',
		);
		expect(
			decode(gemini, [piece('I '), line({ type: 'message', role: 'assistant', content: 'whole' })]).text,
		).toBe('whole');
	});

	test.each([
		['error-401', 145, { kind: 'auth', message: 'invalid x-api-key' }],
		['error-404', 1, { kind: 'auth' }],
		['error-429', 173, { kind: 'limited', until: null }],
		['error-daily', 173, { kind: 'limited', until: null }],
		['error-permin', 173, { kind: 'limited', until: Date.UTC(2026, 10, 22, 13, 0, 5) }],
		['error-serr', 0, { kind: 'outage', message: 'Model stream ended without a finish reason.' }],
		['malformed-call', 0, { kind: 'failed', message: 'Model stream ended with malformed function call.' }],
		['maxturns', 53, { kind: 'failed', exitCode: 53 }],
		[
			'overflow',
			144,
			{ kind: 'failed', message: expect.stringMatching(/^context overflow: The input token count/) },
		],
		['loop', 0, { kind: 'failed', exitCode: 0, message: 'Loop detected, stopping execution' }],
	])('%s, with exit code %d, ended as it says', (name, exit, end) => {
		expect(decode(gemini, recorded('gemini', name), { exit }).end).toMatchObject(end);
	});

	test.each([
		[244, 'outage'],
		[247, 'outage'],
		[17, 'outage'],
		[173, 'limited'],
		[147, 'auth'],
		[55, 'failed'],
	])('that exits %d tells by that of a status: %s', (exit, kind) => {
		expect(decode(gemini, [refused('[API Error: no]')], { exit }).end.kind).toBe(kind);
	});

	test('whose connection ended half way met an outage', () => {
		expect(decode(gemini, [refused('[API Error: terminated]')], { exit: 1 }).end).toEqual({
			kind: 'outage',
			message: 'terminated',
		});
	});

	test('without a way to log in needs a person', () => {
		expect(decode(gemini, [], { exit: 41, stderr: 'Please set an Auth method\n' }).end).toEqual({
			kind: 'auth',
			message: 'Please set an Auth method',
		});
	});

	test('that was ended by a signal exits 0 without a last line, and has failed', () => {
		const lines = recorded('gemini', 'success').slice(0, -1);
		expect(decode(gemini, lines)).toMatchObject({
			end: { kind: 'failed', exitCode: 0 },
			usage: { tokens: 0 },
		});
	});
});

test.each([
	['{"type":"message","role":"user","content":"x"}', []],
	['{"type":"message","role":"assistant"}', ['progress']],
	['{"type":"tool_use"}', ['tool-open']],
	['{"type":"tool_result"}', ['progress']],
	['{"type":"error"}', []],
	['{"type":"result","status":"success"}', ['result']],
	['{"type":"result","status":"error","error":{"message":"[API Error: {}]"}}', ['result']],
	['{"type":"new"}', []],
])('The clock sees in %s: %j', (text, signs) => expect(decode(gemini, [text]).signs).toEqual(signs));
