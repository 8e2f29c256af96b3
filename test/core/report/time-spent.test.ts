import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { timeSpent, totals } from '../../../src/core/report/time-spent.ts';
import type { Entry } from '../../../src/core/types.ts';
import { longNight } from '../../helpers/long-night.ts';
import type { Outcome } from '../../helpers/long-night.ts';
import { entry, NOW, started } from '../../helpers/parts.ts';

describe('where the time went', () => {
	test('is told of work, checks, review and the loop itself', () => {
		expect(minutes(['lands'])).toEqual({ work: 12, review: 4, checks: 2, loop: 2 });
	});

	test('is told of waits, whoever edits meanwhile', () => {
		expect(minutes(['limited', 'lands'])).toMatchObject({ wait: 40, work: 24 });
	});

	test('is told of what the machine slept through in a session', () => {
		expect(minutes(['sleeps'])).toMatchObject({ sleep: 120, work: 12 });
	});

	test('is told of waits for a person, and of the time without a loop', () => {
		const idle: Entry[] = [
			entry(started, 0),
			entry({ event: 'waiting', for: { kind: 'edits' }, until: null }, 60),
			entry({ event: 'ended', ending: { kind: 'signal', signal: 'SIGINT' }, tree: null }, 180),
			entry(started, 300),
		];
		expect(totals(timeSpent(idle, NOW + 360_000, 'nobody'))).toEqual([
			{ use: 'stopped', ms: 180_000 },
			{ use: 'idle', ms: 120_000 },
			{ use: 'loop', ms: 60_000 },
		]);
	});

	test('is nothing where nothing happened', () => {
		expect(timeSpent([], NOW, 'alive')).toEqual([]);
	});

	test('never has a gap, an overlap or an empty part, also where the clock was set back', () => {
		const outcomes = fc.constantFrom<Outcome>('lands', 'rejected', 'limited', 'sleeps', 'red');
		fc.assert(
			fc.property(fc.array(outcomes, { maxLength: 5 }), fc.array(fc.nat(99)), (all, back) => {
				const { entries, now } = longNight([{ text: 'Add', outcomes: all }]);
				const set = entries.map((each, index) =>
					back.includes(index) ? { ...each, at: entries[0]!.at } : each,
				);
				const spans = timeSpent(set, now, 'alive');
				spans.forEach(({ from, to }, index) => {
					expect(to).toBeGreaterThan(from);
					expect(from).toBe(spans[index - 1]?.to ?? from);
				});
				expect(spans.at(-1)?.to).toBe(now);
			}),
		);
	});
});

function minutes(outcomes: readonly Outcome[]): Record<string, number> {
	const { entries, now } = longNight([{ text: 'Add', outcomes }]);
	return Object.fromEntries(
		totals(timeSpent(entries, now, 'alive')).map(({ use, ms }) => [use, ms / 60_000]),
	);
}
