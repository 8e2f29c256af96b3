import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resetTime, usable } from '../../../src/core/agents/reset-time.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const at = (iso: string) => Date.parse(`${iso}Z`);
const noon = at('2026-11-22T12:00');

function read(text: string, now: string, zone = 'UTC'): string | null {
	const time = resetTime(text, at(now), zone);
	return time === null ? null : new Date(time).toISOString().slice(0, 16);
}

describe('A clock time', () => {
	test.each([
		['resets 5pm', '2026-11-22T17:00'],
		['resets 5 p.m. today', '2026-11-22T17:00'],
		['resets 5:30 pm', '2026-11-22T17:30'],
		['resets 5:30\u202fPM', '2026-11-22T17:30'],
		['reset at 17:30', '2026-11-22T17:30'],
		['try again at 12:05 AM', '2026-11-23T00:05'],
		['blocked until 12pm', '2026-11-22T12:00'],
		['resets 3am', '2026-11-23T03:00'],
	])('is the next one: %s', (text, expected) => expect(read(text, '2026-11-22T12:00')).toBe(expected));

	test.each(['resets 25:00', 'resets 5', 'at 5pm', 'resets soon', ''])('is not found in: %s', (text) => {
		expect(read(text, '2026-11-22T12:00')).toBeNull();
	});

	test('that has just passed is now', () => {
		expect(read('resets 11:50am', '2026-11-22T12:00')).toBe('2026-11-22T12:00');
	});

	test('that has just passed is now across midnight too', () => {
		expect(read('resets 11:55pm', '2026-11-22T00:05')).toBe('2026-11-22T00:05');
	});

	test('that passed a quarter of an hour ago is tomorrow’s', () => {
		expect(read('resets 11:44am', '2026-11-22T12:00')).toBe('2026-11-23T11:44');
	});

	test.each([
		['resets 4pm (Asia/Kuala_Lumpur)', '2026-11-23T08:00'],
		['resets 4:20am (America/New_York)', '2026-11-23T09:20'],
		['resets at 10:57 PM GMT-3.', '2026-11-23T01:57'],
		['resets 5pm (GMT+05:30)', '2026-11-23T11:30'],
		['resets 5pm GMT+0530', '2026-11-23T11:30'],
		['resets 5pm UTC', '2026-11-22T17:00'],
	])('is meant in the zone that stands beside it: %s', (text, expected) => {
		expect(read(text, '2026-11-22T12:00', 'Europe/Berlin')).toBe(expected);
	});

	test('is meant in the given zone where the one beside it is unknown', () => {
		expect(read('resets 5pm (your time)', '2026-11-22T12:00', 'Europe/Berlin')).toBe('2026-11-22T16:00');
	});

	test.each([
		['the clocks go forward, before', 'resets 1:30am', '2026-03-28T23:00', '2026-03-29T00:30'],
		['the clocks go forward, after', 'resets 3:30am', '2026-03-28T23:00', '2026-03-29T01:30'],
		['the clocks go back, before', 'resets 1:30am', '2026-10-24T22:00', '2026-10-24T23:30'],
		['the clocks go back, after', 'resets 3:30am', '2026-10-24T22:00', '2026-10-25T02:30'],
	])('is right on the night that %s', (_name, text, now, expected) => {
		expect(read(text, now, 'Europe/Berlin')).toBe(expected);
	});

	const zones = [
		'UTC',
		'Europe/Berlin',
		'America/New_York',
		'Asia/Kolkata',
		'Australia/Lord_Howe',
		'Pacific/Apia',
		'America/St_Johns',
	];

	test('is shown by the clocks of its zone when it has come, in every zone and on every day', () => {
		const times = fc.integer({ min: at('2026-01-01T00:00') / minute, max: at('2027-12-31T00:00') / minute });
		fc.assert(
			fc.property(
				times,
				fc.integer({ min: 0, max: 1439 }),
				fc.constantFrom(...zones),
				(minutes, ahead, zone) => {
					const now = minutes * minute;
					const told = shown(now + ahead * minute, zone);
					const found = resetTime(`resets ${told} (${zone})`, now, 'UTC')!;
					expect([told, shown(now, zone)]).toContain(shown(found, zone));
					expect(found - now).toBeLessThan(day + 61 * minute);
				},
			),
			{ numRuns: 300 },
		);
	});
});

function shown(time: number, timeZone: string): string {
	return new Intl.DateTimeFormat('en-US', { timeZone, hour: 'numeric', minute: '2-digit' }).format(time);
}

describe('A date', () => {
	test.each([
		['resets Nov 25 at 12am (Australia/Melbourne)', '2026-11-24T13:00'],
		['resets Nov 25, 3pm', '2026-11-25T15:00'],
		['try again at Nov 23rd, 2026 11:52 AM.', '2026-11-23T11:52'],
		['try again at November 24th 11:52', '2026-11-24T11:52'],
		['resets Nov 22 at 11:50am', '2026-11-22T12:00'],
	])('is found in: %s', (text, expected) => expect(read(text, '2026-11-22T12:00')).toBe(expected));

	test('without a year may be next year’s', () => {
		expect(read('resets Jan 2 at 9am', '2026-12-30T12:00')).toBe('2027-01-02T09:00');
	});

	test('that is past is none, and not next year’s', () => {
		expect(read('resets Nov 21 at 9am', '2026-11-22T12:00')).toBeNull();
	});
});

describe('A span', () => {
	test.each([
		['in 5 days 22 hours 11 minutes.', 5 * day + 22 * 60 * minute + 11 * minute],
		['in 2 days, 17 hours and 14 mins', 2 * day + 17 * 60 * minute + 14 * minute],
		['after 13h5m2s', 13 * 60 * minute + 5 * minute + 2000],
		['Please retry in 34.07s', 34_070],
		['retry in 900ms', 900],
		['within 24H', day],
		['"resets_in_seconds":13872', 13_872_000],
	])('is counted from now: %s', (text, ms) => expect(resetTime(text, noon, 'UTC')).toBe(noon + ms));
});

describe('A unix time', () => {
	test.each([
		'limit reached|1795370400',
		'limit reached|1795370400000',
		'"resets_at":1795370400',
		'resetsAt: 1795370400',
	])('is taken as it is: %s', (text) => expect(resetTime(text, noon, 'UTC')).toBe(1_795_370_400_000));
});

describe('A reset that may be waited for', () => {
	test('is never more than eight days away', () =>
		expect(usable(noon + 30 * day, noon)).toBe(noon + 8 * day));
	test('is now when it has just passed', () => expect(usable(noon - 14 * minute, noon)).toBe(noon));
	test('is none when it is long past', () => expect(usable(noon - 16 * minute, noon)).toBeNull());
	test('is what it is in between', () => expect(usable(noon + minute, noon)).toBe(noon + minute));
});

test('Whatever a message holds, the time read from it is neither past nor more than eight days away', () => {
	const pieces = fc.constantFrom(
		'resets',
		'in',
		'5',
		'11:59',
		'pm',
		'Dec',
		'31',
		'2026',
		'|1795370400',
		'(Asia/Tokyo)',
		'9d',
		'at',
		'GMT-3',
	);
	fc.assert(
		fc.property(fc.array(fc.oneof(pieces, fc.string())), (words) => {
			const time = resetTime(words.join(' '), noon, 'UTC');
			expect(time === null || (time >= noon && time <= noon + 8 * day)).toBe(true);
		}),
	);
});
