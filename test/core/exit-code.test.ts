import { expect, test } from 'vitest';
import { exitCode } from '../../src/core/exit-code.ts';
import type { Ending } from '../../src/core/types.ts';

const is = (ending: Ending, code: number) => expect(exitCode(ending)).toBe(code);

test('nothing left open is 0', () => is({ kind: 'nothing-open', done: 3, parked: 0 }, 0));
test('something parked is 3', () => is({ kind: 'nothing-open', done: 3, parked: 1 }, 3));
test('one attempt that landed is 0', () => is({ kind: 'once', outcome: 'landed' }, 0));
test('one attempt that did not land is 3', () => is({ kind: 'once', outcome: 'not-landed' }, 3));
test('the deadline is 4', () => is({ kind: 'deadline', until: 0 }, 4));
test('the budget is 4', () => is({ kind: 'budget', what: 'usd', spent: 2, limit: 1 }, 4));
test('SIGINT is 130', () => is({ kind: 'signal', signal: 'SIGINT' }, 130));
test('SIGTERM is 143', () => is({ kind: 'signal', signal: 'SIGTERM' }, 143));
test('SIGHUP is 129', () => is({ kind: 'signal', signal: 'SIGHUP' }, 129));
