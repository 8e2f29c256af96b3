import { describe, expect, test } from 'vitest';
import { endingLine, endWords } from '../../src/core/ends.ts';
import type { Ending, SessionEnd } from '../../src/core/types.ts';

describe('the end of a session', () => {
	const is = (end: SessionEnd, words: string) => expect(endWords(end)).toBe(words);
	const failed = { kind: 'failed', exitCode: null, signal: null, message: '' } as const;

	test('completed', () => is({ kind: 'completed' }, 'completed'));
	test('failed, with its exit code and message', () =>
		is({ ...failed, exitCode: 3, message: 'no such model\nat x' }, 'failed with exit code 3: no such model'));
	test('failed by a signal', () => is({ ...failed, signal: 'SIGSEGV' }, 'failed with SIGSEGV'));
	test('failed without a code', () => is(failed, 'failed with no exit code'));
	test('limited', () => is({ kind: 'limited', until: 1, message: 'resets 7am' }, 'at its limit: resets 7am'));
	test('outage', () => is({ kind: 'outage', message: '529' }, 'service out of reach: 529'));
	test('auth', () => is({ kind: 'auth', message: '' }, 'not logged in'));
	test('idle', () => is({ kind: 'idle', ms: 900_000 }, 'idle for 15m'));
	test('overtime', () => is({ kind: 'overtime', ms: 5_400_000 }, 'over its time of 1h 30m'));
	test('stopped', () =>
		is({ kind: 'stopped', why: 'the task was deleted' }, 'stopped: the task was deleted'));
	test('vanished', () => is({ kind: 'vanished' }, 'vanished: the loop was not there when it ended'));
});

describe('the end of a run', () => {
	const is = (ending: Ending, words: string) => expect(endingLine(ending)).toBe(words);

	test('nothing open', () => is({ kind: 'nothing-open', done: 4, parked: 0 }, '■ nothing left open: 4 done'));
	test('something parked', () =>
		is({ kind: 'nothing-open', done: 4, parked: 1 }, '■ nothing left open: 4 done, 1 parked'));
	test('one attempt landed', () => is({ kind: 'once', outcome: 'landed' }, '■ one attempt made: landed'));
	test('one attempt not landed', () =>
		is({ kind: 'once', outcome: 'not-landed' }, '■ one attempt made: not landed'));
	test('the deadline', () => is({ kind: 'deadline', until: 0 }, '■ deadline reached'));
	test('the budget', () =>
		is({ kind: 'budget', what: 'usd', spent: 25.024, limit: 25 }, '■ budget used up: usd 25.02 of 25'));
	test('the budget, before it is used up', () =>
		is(
			{ kind: 'budget', what: 'usd', spent: 0.6, limit: 1 },
			'■ budget: the next attempt may pass it: usd 0.6 of 1',
		));
	test('a signal', () => is({ kind: 'signal', signal: 'SIGTERM' }, '■ stopped by SIGTERM'));
});
