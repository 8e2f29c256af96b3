import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Exit, Outcome, Sign } from '../../../src/core/agents/adapter.ts';
import { claudeDecoder } from '../../../src/core/agents/claude-decoder.ts';

const now = Date.UTC(2026, 10, 22, 13, 0);
const exited = (code: number): Exit => ({ code, signal: null });
const killed = (signal: string): Exit => ({ code: null, signal });

/** What Claude Code 2.1.330 printed in one session each. */
function recorded(name: string): string[] {
	const file = new URL(`../../fixtures/agents/claude/${name}.jsonl`, import.meta.url);
	return readFileSync(file, 'utf8').trimEnd().split('\n');
}

function decode(lines: readonly string[], exit: Exit, stderr = ''): Outcome & { signs: Sign[] } {
	const decoder = claudeDecoder();
	const signs = lines.map((line) => decoder.line(line));
	return { ...decoder.finish(exit, '', stderr, now), signs };
}

const line = (fields: object) => JSON.stringify(fields);
const init = line({ type: 'system', subtype: 'init', session_id: 's1', model: 'm1' });
const says = (text: string, more: object = {}) =>
	line({
		type: 'assistant',
		message: { id: text, content: [{ type: 'text', text }], usage: { input_tokens: 10, output_tokens: 1 } },
		...more,
	});
const calls = (...ids: string[]) =>
	line({
		type: 'assistant',
		message: {
			id: ids.join(),
			content: ids.map((id) => ({ type: 'tool_use', id, name: 'Bash', input: {} })),
		},
	});
const returns = (id: string, content = '') =>
	line({ type: 'user', message: { content: [{ type: 'tool_result', tool_use_id: id, content }] } });
const success = (result = 'done', more: object = {}) =>
	line({ subtype: 'success', is_error: false, result, type: 'result', ...more });
const refused = (result: string, more: object = {}) =>
	line({ subtype: 'success', is_error: true, result, terminal_reason: 'api_error', type: 'result', ...more });

test('An old version does not say who pays', () => {
	expect(decode([init, success()], exited(0)).pays).toBeNull();
});

describe('A recorded session', () => {
	test('what it used is told while it works, and its price at the end', () => {
		const decoder = claudeDecoder();
		expect(decoder.used?.()).toEqual({ usd: 0, tokens: 0 });
		[init, says('one'), says('two')].forEach((text) => decoder.line(text));
		expect(decoder.used?.()).toEqual({ usd: 0, tokens: 22 });
		decoder.line(
			line({ type: 'result', subtype: 'success', total_cost_usd: 0.5, usage: { input_tokens: 30 } }),
		);
		expect(decoder.used?.()).toEqual({ usd: 0.5, tokens: 30 });
	});

	test('that did its work has completed, with its words, figures, model and session', () => {
		const { end, text, usage, agentSession, model } = decode(recorded('success'), exited(0));
		expect(end).toEqual({ kind: 'completed' });
		expect(text).toBe('All done: wrote hello.txt');
		expect(usage).toEqual({ usd: expect.closeTo(0.0024), tokens: 360 });
		expect(agentSession).toBe('6aa645a6-71f4-45ca-a25a-b7269e52e7a3');
		expect(model).toBe('claude-opus-5-5');
	});

	test.each([
		['success', 'key'],
		['error-5h-oauth', 'subscription'],
		['plan', 'subscription'],
		['token', null],
	] as const)('%s says who pays', (name, pays) => {
		expect(decode(recorded(name), exited(1)).pays).toBe(pays);
	});

	test('gives a sign of each step', () => {
		const steps = [
			'progress',
			'progress',
			'tool-open',
			'tool-closed',
			'tool-open',
			'tool-closed',
			'progress',
			'result',
		];
		expect(decode(recorded('success'), exited(0)).signs).toEqual(steps);
	});

	test.each([
		['emptytext', ''],
		['refusal', 'Done.'],
		['rev-dontask', 'reviewed'],
		['schema-never', 'never'],
	])('%s has completed', (name, text) => {
		expect(decode(recorded(name), exited(0))).toMatchObject({ end: { kind: 'completed' }, text });
	});

	test.each([
		['error-401', { kind: 'auth', message: 'Invalid API key · Fix external API key' }],
		['error-credit', { kind: 'auth', message: 'Credit balance is too low' }],
		[
			'error-429',
			{
				kind: 'limited',
				until: null,
				message: 'API Error: Request rejected (429) · This request would exceed your rate limit',
			},
		],
		['error-5h-key', { kind: 'limited', until: null }],
		[
			'error-5h-oauth',
			{
				kind: 'limited',
				until: 1_795_339_995_000,
				message: "You've hit your 5-hour limit · resets 9:33am (UTC)",
			},
		],
		['error-529', { kind: 'outage' }],
		['error-refused', { kind: 'outage' }],
		['error-serr', { kind: 'outage', message: 'the provider broke off its answer' }],
		['maxturns', { kind: 'failed', exitCode: 1, message: 'Reached maximum number of turns (2)' }],
		['maxbudget', { kind: 'failed', message: 'Reached maximum budget ($1)' }],
	])('%s ended as it says', (name, end) => {
		const reset = 1_795_339_995_000;
		const decoder = claudeDecoder();
		recorded(name).forEach((text) => decoder.line(text));
		expect(decoder.finish(exited(1), '', '', reset - 3_600_000).end).toMatchObject(end);
	});

	test('that used up its budget counts every call', () => {
		expect(decode(recorded('maxbudget'), exited(1)).usage).toEqual({ usd: 1, tokens: 210_000 });
	});

	test('that was interrupted has failed, though it exits 0', () => {
		expect(decode(recorded('int-tool'), exited(0)).end).toEqual({
			kind: 'failed',
			exitCode: 0,
			signal: null,
			message: 'it was interrupted',
		});
	});

	test('that was terminated has failed, and what it used is known', () => {
		const { end, usage } = decode(recorded('term-tool'), exited(143));
		expect(end).toEqual({
			kind: 'failed',
			exitCode: 143,
			signal: null,
			message: 'it ended without a result',
		});
		expect(usage).toEqual({ usd: 0, tokens: 101 });
	});

	test('whose own work goes on in the background waits for it after its result, and for the turn that follows', () => {
		const { signs, text, end } = decode(recorded('background'), exited(0));
		expect(signs.filter((sign) => sign.startsWith('result'))).toEqual(['result-pending', 'result']);
		expect([text, end.kind]).toEqual(['Now it has ended.', 'completed']);
	});

	test.each([
		['overflow', /^context overflow: Prompt is too long/],
		['refused', /^refusal: API Error: Opus 5\.5's safeguards flagged/],
	])('%s has failed, and is called by its name', (name, message) => {
		expect(decode(recorded(name), exited(1)).end).toMatchObject({
			kind: 'failed',
			exitCode: 1,
			message: expect.stringMatching(message),
		});
	});

	test('that was ended while it was retrying was kept from its work by its provider', () => {
		const retrying = recorded('error-529').slice(0, 5);
		expect(decode(retrying, killed('SIGKILL')).end).toEqual({
			kind: 'outage',
			message: 'it was retrying a call: 529 overloaded',
		});
		expect(decode([...retrying, says('on')], killed('SIGKILL')).end).toMatchObject({
			kind: 'failed',
			message: 'it ended without a result',
		});
		expect(decode([line({ type: 'system', subtype: 'api_retry' })], exited(1)).end.kind).toBe('failed');
	});

	test('that is retrying gives no sign of progress', () => {
		const { signs } = decode(recorded('error-529'), exited(1));
		expect(signs.filter((sign) => sign === 'retrying')).toHaveLength(10);
	});

	test.each(['success', 'error-5h-oauth', 'error-529', 'maxturns'])(
		'%s has not completed when its last line is torn',
		(name) => {
			const lines = recorded(name);
			fc.assert(
				fc.property(fc.integer({ min: 0, max: lines.at(-1)!.length - 1 }), (length) => {
					const torn = [...lines.slice(0, -1), lines.at(-1)!.slice(0, length)];
					expect(decode(torn, exited(0)).end.kind).toBe('failed');
				}),
				{ numRuns: 30 },
			);
		},
	);
});

describe('Success', () => {
	test.each([killed('SIGKILL'), exited(143)])(
		'stands when the process had to be ended after it: %j',
		(exit) => {
			expect(decode([init, success()], exit)).toMatchObject({ end: { kind: 'completed' }, text: 'done' });
		},
	);

	test.each([
		['without a word', '', 'it failed after it had said success'],
		['with words', 'broken pipe\n', 'broken pipe'],
	])('does not stand when the process then fails %s', (_title, stderr, message) => {
		expect(decode([success()], exited(1), stderr).end).toMatchObject({
			kind: 'failed',
			exitCode: 1,
			message,
		});
	});

	test('is what the last result says, not the first', () => {
		const failed = line({
			type: 'result',
			subtype: 'error_max_turns',
			is_error: true,
			terminal_reason: 'max_turns',
		});
		expect(decode([success(), failed], exited(0)).end).toMatchObject({
			kind: 'failed',
			message: 'error_max_turns',
		});
		expect(decode([failed, success('after all')], exited(0))).toMatchObject({
			end: { kind: 'completed' },
			text: 'after all',
		});
	});

	test('does not stand when another turn began after it', () => {
		const { end, usage } = decode(
			[success('first', { total_cost_usd: 2 }), says('second')],
			killed('SIGKILL'),
		);
		expect(end).toMatchObject({ kind: 'failed', signal: 'SIGKILL' });
		expect(usage.usd).toBe(2);
	});

	test('stands when only a helper spoke after it', () => {
		expect(decode([success(), says('hm', { parent_tool_use_id: 't1' })], exited(0)).end).toEqual({
			kind: 'completed',
		});
	});

	test.each([
		['is_error is missing', { type: 'result', subtype: 'success', result: 'x' }],
		['is_error is not a boolean', { type: 'result', subtype: 'success', is_error: 'false', result: 'x' }],
		['there is no result text', { type: 'result', subtype: 'success', is_error: false }],
		[
			'the subtype is another',
			{ type: 'result', subtype: 'error_during_execution', is_error: false, result: 'x' },
		],
	])('is not believed when %s', (_title, fields) => {
		expect(decode([line(fields)], exited(0)).end.kind).toBe('failed');
	});
});

describe('Without a result', () => {
	test('a session has failed, though it exits 0', () => {
		expect(decode([init, says('all done')], exited(0))).toMatchObject({
			end: { kind: 'failed', exitCode: 0 },
			text: 'all done',
		});
	});

	test('the reason is the last line on stderr', () => {
		expect(decode([], exited(1), "error: unknown option '--foo'\n").end).toMatchObject({
			kind: 'failed',
			message: "error: unknown option '--foo'",
		});
	});
});

describe('A failed call', () => {
	const ended = (result: string, more: object = {}, ...before: string[]) =>
		decode([...before, refused(result, more)], exited(1)).end;
	const noted = (error: string) => says('synthetic', { error });

	test.each(['authentication_failed', 'oauth_org_not_allowed', 'billing_error', 'model_not_found'])(
		'named %s needs a person',
		(error) => {
			expect(ended('No.', { api_error_status: 400 }, noted(error))).toEqual({ kind: 'auth', message: 'No.' });
		},
	);

	test.each([401, 402, 403, 404, 407])('with status %d needs a person', (status) => {
		expect(ended('No.', { api_error_status: status })).toEqual({ kind: 'auth', message: 'No.' });
	});

	test.each([408, 500, 503, 529])('with status %d is an outage', (status) => {
		expect(ended('No.', { api_error_status: status })).toEqual({ kind: 'outage', message: 'No.' });
	});

	test('that never reached the provider is an outage', () => {
		expect(ended('API Error', { api_error: 'connection_failed' }).kind).toBe('outage');
	});

	test('with status 429 is a limit, with the time that its words tell', () => {
		expect(ended("You've hit your limit · resets 4pm (UTC)", { api_error_status: 429 })).toMatchObject({
			kind: 'limited',
			until: now + 3 * 3_600_000,
		});
		expect(ended('No.', { api_error_status: 429 })).toMatchObject({ kind: 'limited', until: null });
	});

	test('with status 429 that is a moment’s throttling is an outage', () => {
		const words = 'Server is temporarily limiting requests (not your usage limit)';
		expect(ended(words, { api_error_status: 429 }, noted('rate_limit'))).toEqual({
			kind: 'outage',
			message: words,
		});
	});

	test('with status 429 for want of money needs a person', () => {
		expect(ended("You're out of usage credits", { api_error_status: 429 }).kind).toBe('auth');
	});

	test('of an older version, without status or name, is told by its words', () => {
		expect(ended('Claude AI usage limit reached|1795370400', { terminal_reason: undefined })).toMatchObject({
			kind: 'limited',
			until: 1_795_370_400_000,
		});
	});

	test('that was too long for the model has failed, and says so', () => {
		expect(
			ended('Prompt is too long', { api_error_status: 400, terminal_reason: 'prompt_too_long' }),
		).toMatchObject({ kind: 'failed', message: 'context overflow: Prompt is too long' });
	});

	test('in which the answer was too long has failed', () => {
		expect(ended('API Error: 529', {}, noted('max_output_tokens')).kind).toBe('failed');
	});

	test('that is named as the reason counts as one, whatever the subtype', () => {
		expect(ended('', { subtype: 'error_during_execution', api_error_status: 500 })).toEqual({
			kind: 'outage',
			message: 'error_during_execution',
		});
	});

	test('tells its error in no more than 500 characters', () => {
		expect(ended('x'.repeat(9000), { api_error_status: 500 })).toEqual({
			kind: 'outage',
			message: 'x'.repeat(500),
		});
	});
});

describe('The reset of a limit', () => {
	const event = (info: object) => line({ type: 'rate_limit_event', rate_limit_info: info });
	const reset = now / 1000 + 7200;
	const limit = (...before: string[]) =>
		decode([...before, refused('No.', { api_error_status: 429 })], exited(1)).end;

	test('is told by an event', () => {
		expect(limit(event({ status: 'rejected', resetsAt: reset }))).toMatchObject({
			kind: 'limited',
			until: reset * 1000,
		});
	});

	test('is told by the error itself', () => {
		const error = says('No.', {
			error: 'rate_limit',
			api_error_params: { rate_limit_info: { status: 'rejected', resetsAt: reset } },
		});
		expect(limit(error)).toMatchObject({ kind: 'limited', until: reset * 1000 });
	});

	test.each([
		['is missing', { status: 'rejected', rateLimitType: 'five_hour' }],
		['is long past', { status: 'rejected', resetsAt: 1_000_000 }],
		['is of an overage alone', { status: 'allowed', overageStatus: 'rejected', resetsAt: reset }],
		['is of a warning', { status: 'allowed_warning', resetsAt: reset }],
	])('is unknown when it %s', (_title, info) =>
		expect(limit(event(info))).toMatchObject({ kind: 'limited', until: null }),
	);

	test('does not matter to a session that went on and completed', () => {
		const { end, signs } = decode(
			[event({ status: 'rejected', resetsAt: reset }), says('on'), success()],
			exited(0),
		);
		expect(end).toEqual({ kind: 'completed' });
		expect(signs).toEqual(['nothing', 'progress', 'result']);
	});
});

describe('Words about limits', () => {
	const words = "You've hit your session limit · resets 4pm (UTC)";

	test.each([
		['a tool returned', [returns('t1', words), success('ok')], exited(0), 'completed'],
		['the model said', [says(words), success(words)], exited(0), 'completed'],
		[
			'the model said before it failed',
			[says(words), line({ type: 'result', subtype: 'error_max_turns', is_error: true })],
			exited(1),
			'failed',
		],
		['stderr holds', [init], exited(1), 'failed'],
	])('that %s are no limit', (_title, lines, exit, kind) => {
		expect(decode(lines, exit, words).end.kind).toBe(kind);
	});
});

describe('The clock', () => {
	test('sees a tool call open until the last of them is closed', () => {
		const { signs } = decode(
			[calls('a'), calls('b', 'c'), returns('a'), returns('c'), returns('b'), returns('b')],
			exited(0),
		);
		expect(signs).toEqual(['tool-open', 'progress', 'progress', 'progress', 'tool-closed', 'progress']);
	});

	test.each<[Sign, object]>([
		['progress', { type: 'system', subtype: 'compact_boundary' }],
		['progress', { type: 'system', subtype: 'task_notification' }],
		['progress', { type: 'stream_event' }],
		['progress', { type: 'user', message: { content: 'go on' } }],
		['retrying', { type: 'system', subtype: 'api_retry', attempt: 1 }],
		['nothing', { type: 'system', subtype: 'status' }],
		['nothing', { type: 'something_new' }],
		['nothing', {}],
	])('sees %s in %j', (sign, fields) => expect(claudeDecoder().line(line(fields))).toBe(sign));

	test.each([
		'',
		'not JSON',
		'{"type":"result"',
		'[1]',
		'null',
		'"result"',
		`{"type":"result","x":"${'x'.repeat(9_000_000)}"}`,
	])('skips a line that is not one: %.20s', (text) => expect(claudeDecoder().line(text)).toBe('nothing'));
});

describe('The figures', () => {
	test('of a session without an account are those of its messages, each counted once', () => {
		const twice = [says('a'), says('a'), says('b', { parent_tool_use_id: 't1' })];
		expect(decode(twice, killed('SIGKILL')).usage).toEqual({ usd: 0, tokens: 22 });
	});

	test('count what every model used', () => {
		const modelUsage = {
			one: { inputTokens: 1, outputTokens: 2, cacheReadInputTokens: 3, cacheCreationInputTokens: 4 },
			two: { outputTokens: 5 },
		};
		const { usage } = decode(
			[success('', { modelUsage, usage: { input_tokens: 1 }, total_cost_usd: 0.5 })],
			exited(0),
		);
		expect(usage).toEqual({ usd: 0.5, tokens: 15 });
	});

	test('are those of the main conversation where no model is named', () => {
		const usage = {
			input_tokens: 1,
			output_tokens: 2,
			cache_creation_input_tokens: 3,
			cache_read_input_tokens: 4,
		};
		expect(decode([success('', { modelUsage: {}, usage })], exited(0)).usage).toEqual({ usd: 0, tokens: 10 });
	});

	test.each(['-1', '1e999', '"7"', 'null'])('are zero where they make no sense: %s', (cost) => {
		expect(decode([`{"type":"result","total_cost_usd":${cost}}`], exited(1)).usage).toEqual({
			usd: 0,
			tokens: 0,
		});
	});
});

describe('The final message', () => {
	test('of a session that failed is what it last said itself', () => {
		const lines = [
			says('mine'),
			says('a helper’s', { parent_tool_use_id: 't1' }),
			calls('t2'),
			says('API Error', { error: 'overloaded' }),
			refused('API Error'),
		];
		expect(decode(lines, exited(1)).text).toBe('mine');
	});

	test('is counted with those before it; the account of a turn is one of its own', () => {
		const decoder = claudeDecoder();
		const lines = [
			says('one'),
			says('a helper’s', { parent_tool_use_id: 't1' }),
			success('two'),
			says('three'),
		];
		const said = lines.map((text) => [decoder.line(text), decoder.said?.()][1]);
		expect(said).toEqual([
			{ number: 1, text: 'one' },
			{ number: 1, text: 'one' },
			{ number: 2, text: 'two' },
			{ number: 3, text: 'three' },
		]);
	});
});

test('Whatever is printed, the decoder goes on', () => {
	const types = fc.constantFrom('assistant', 'user', 'result', 'system', 'rate_limit_event', 'stream_event');
	const fields = fc.record({
		type: types,
		message: fc.jsonValue(),
		content: fc.jsonValue(),
		rate_limit_info: fc.jsonValue(),
		api_error_params: fc.jsonValue(),
		modelUsage: fc.jsonValue(),
		errors: fc.jsonValue(),
		usage: fc.jsonValue(),
	});
	const blocks = fc.record({
		type: types,
		message: fc.record({
			content: fc.array(
				fc.oneof(
					fc.jsonValue(),
					fc.constantFrom({ type: 'tool_use' }, { type: 'tool_result' }, { type: 'text' }),
				),
			),
		}),
	});
	fc.assert(
		fc.property(fc.array(fc.oneof(fields, blocks)), (lines) => {
			expect(decode(lines.map(line), exited(1)).end.kind).not.toBe('completed');
		}),
	);
});
