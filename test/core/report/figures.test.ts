import { describe, expect, test } from 'vitest';
import { gateFigures } from '../../../src/core/report/gate-figures.ts';
import { nightOf } from '../../../src/core/report/night.ts';
import { spending } from '../../../src/core/report/spending.ts';
import type { Event, TaskId } from '../../../src/core/types.ts';
import { longNight } from '../../helpers/long-night.ts';
import { entry, NOW, opened, reviewed, started, worked } from '../../helpers/parts.ts';

const ADD = 'add' as TaskId;

describe('the figures of the gate', () => {
	test('tell what turned attempts down, what approved, and what was cut off', () => {
		const { entries } = longNight([
			{ text: 'Add', outcomes: ['red', 'rejected', 'lands'] },
			{ text: 'Bend', outcomes: ['flaky'] },
			{ text: 'Cut', outcomes: ['refused', 'unchanged', 'unreadable', 'limited', 'red', 'parked'] },
		]);
		expect(gateFigures(entries)).toEqual({
			candidates: 6,
			landed: 2,
			atOnce: 1,
			rejected: [
				{ against: 'a check', times: 2 },
				{ against: 'a reviewer', times: 1 },
				{ against: 'no candidate', times: 1 },
				{ against: 'nothing changed', times: 1 },
				{ against: 'no verdict', times: 1 },
			],
			verdicts: { approved: 2, rejected: 1, unreadable: 1 },
			flaky: 1,
			cutOff: [{ how: 'limited', times: 1 }],
		});
	});

	test('know a worker that could not go on, and an attempt of which the reason is not on record', () => {
		const rejected = {
			event: 'rejected',
			task: ADD,
			text: 'Add',
			attempt: 1,
			findings: [],
			ref: null,
		} as const;
		const events: Event[] = [
			opened(ADD),
			opened(ADD, 'reviewer'),
			{ ...rejected, blocked: 'no key' },
			{ ...rejected, blocked: null },
		];
		expect(gateFigures(events.map(entry)).rejected).toEqual([
			{ against: 'blocked', times: 1 },
			{ against: 'other', times: 1 },
		]);
	});
});

describe('what was used', () => {
	test('rises as the night goes on, and is told by who used it, most first', () => {
		const events = [
			opened(ADD),
			worked(ADD),
			opened(ADD, 'reviewer'),
			reviewed(ADD),
			opened(ADD),
			worked(ADD),
		];
		const { points, shares } = spending(events.map(entry));
		expect(points.map(({ usd }) => usd)).toEqual([1, 2, 3]);
		expect(shares).toEqual([
			{ who: 'worker · claude', sessions: 2, ms: 10, usd: 2, tokens: 20 },
			{ who: 'reviewer · claude', sessions: 1, ms: 5, usd: 1, tokens: 10 },
		]);
	});

	test('is sorted by tokens, then by time, where no price is known', () => {
		const free = (event: Event, tokens: number): Event => ({ ...event, usage: { usd: 0, tokens } }) as Event;
		const events = [opened(ADD), free(worked(ADD), 1), opened(ADD, 'reviewer'), free(reviewed(ADD), 5)];
		expect(spending(events.map(entry)).shares.map(({ who }) => who)).toEqual([
			'reviewer · claude',
			'worker · claude',
		]);
		const equal = [
			opened(ADD),
			free(worked(ADD), 5),
			opened(ADD, 'reviewer'),
			{ ...free(reviewed(ADD), 5), ms: 9 } as Event,
		];
		expect(spending(equal.map(entry)).shares[0]!.who).toBe('reviewer · claude');
	});

	test('counts a session of which the beginning is not in the night', () => {
		expect(spending([entry(worked(ADD), 0)]).shares[0]!.who).toBe('unknown');
	});
});

describe('the night', () => {
	const again: Event = { ...started, mode: 'again' } as Event;
	const HOUR = 3600;
	const night = (...at: readonly [Event, hours: number][]) =>
		nightOf(
			at.map(([event, hours]) => entry(event, hours * HOUR)),
			NOW + 48 * HOUR * 1000,
		).map((each) => (Date.parse(each.at) - NOW) / HOUR / 1000);

	test('is the last run, with all its restarts, however long it is gone', () => {
		expect(night([started, 0], [started, 1], [again, 2])).toEqual([1, 2]);
	});

	test('is every run that went on in the last 24 hours, from its own start', () => {
		expect(night([started, 0], [started, 20], [again, 30], [started, 40])).toEqual([20, 30, 40]);
	});

	test('is everything where no start is on record', () => {
		expect(night([again, 2])).toEqual([2]);
		expect(night()).toEqual([]);
	});
});
