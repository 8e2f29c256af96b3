import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { afterEnd } from '../../../src/core/run/away.ts';
import type { Absence, SessionEnd } from '../../../src/core/types.ts';
import { NOW } from '../../helpers/parts.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const OUTAGE = { kind: 'outage', message: 'no' } as const;
const NOBODY: ReadonlyMap<string, Absence> = new Map();

describe('an agent is away', () => {
	test('until the announced reset and a little more', () => {
		expect(minutes({ kind: 'limited', until: NOW + 60 * MINUTE, message: '' })).toEqual([61.5]);
	});

	test('a quarter of an hour where no reset is announced', () => {
		expect(minutes({ kind: 'limited', until: null, message: '' })).toEqual([15]);
	});

	test('ever longer between probes, once the announced reset has passed', () => {
		const past = { kind: 'limited', until: NOW - 60 * MINUTE, message: '' } as const;
		expect(minutes(past, 7).slice(1)).toEqual([2, 5, 10, 20, 30, 30]);
	});

	test('half a minute to ten for an outage, and up to a quarter more', () => {
		expect(minutes(OUTAGE, 6)).toEqual([0.5, 1, 2, 5, 10, 10]);
		const until = afterEnd(NOBODY, 'claude', OUTAGE, NOW + 999).get('claude')!.until;
		expect((until - NOW - 999) / SECOND).toBeCloseTo(37.49, 1);
	});

	test('ten minutes for somebody to log in', () => {
		expect(minutes({ kind: 'auth', message: '' }, 3)).toEqual([10, 10, 10]);
	});

	test('for the reason that it gave last, and counts anew with another one', () => {
		const twice = afterEnd(afterEnd(NOBODY, 'claude', OUTAGE, NOW), 'claude', OUTAGE, NOW);
		const { why, count } = afterEnd(twice, 'claude', { kind: 'auth', message: '' }, NOW).get('claude')!;
		expect([why, count]).toEqual(['auth', 1]);
	});

	test.each<SessionEnd>([
		{ kind: 'idle', ms: 1 },
		{ kind: 'failed', exitCode: 1, signal: null, message: '' },
		{ kind: 'stopped', why: '' },
		{ kind: 'vanished' },
	])('no longer and no shorter for what is about the session alone: %o', (end) => {
		const away = afterEnd(NOBODY, 'claude', OUTAGE, NOW);
		expect(afterEnd(away, 'claude', end, NOW)).toBe(away);
	});

	test('no more once a session of it came to its own end; others stay', () => {
		const away = afterEnd(afterEnd(NOBODY, 'claude', OUTAGE, NOW), 'codex', OUTAGE, NOW);
		expect([...afterEnd(away, 'claude', { kind: 'completed' }, NOW).keys()]).toEqual(['codex']);
		expect(afterEnd(away, 'gemini', { kind: 'completed' }, NOW)).toBe(away);
	});

	test('at least two minutes from the second time on, whatever reset is announced', () => {
		fc.assert(
			fc.property(fc.array(fc.integer({ min: -1e7, max: 1e8 }), { minLength: 2 }), (resets) => {
				let away = NOBODY;
				const untils = resets.map((reset) => {
					away = afterEnd(away, 'a', { kind: 'limited', until: NOW + reset, message: '' }, NOW);
					return away.get('a')!.until;
				});
				expect(Math.min(...untils.slice(1))).toBeGreaterThanOrEqual(NOW + 2 * MINUTE);
			}),
		);
	});
});

/** How long it is away after so many sessions in a row that ended so. */
function minutes(end: SessionEnd, times = 1): number[] {
	let away = NOBODY;
	return Array.from({ length: times }, () => {
		away = afterEnd(away, 'claude', end, NOW);
		return (away.get('claude')!.until - NOW) / MINUTE;
	});
}
