import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDuration } from '../../../src/core/rules/duration.ts';

describe('parseDuration', () => {
	test.each([
		['8h', 28_800_000],
		['90m', 5_400_000],
		['1h30m', 5_400_000],
		['1h 30m', 5_400_000],
		['30s', 30_000],
		['1.5s', 1500],
		['200ms', 200],
		['2d', 172_800_000],
		[' 3S ', 3000],
		['0', 0],
		['0s', 0],
	])('reads %j as %i ms', (text, ms) => expect(parseDuration(text)).toBe(ms));

	test.each(['', '5', 'h', '5 minutes', '-5m', '5m!', '1.m', '07:00', '5x'])('does not read %j', (text) =>
		expect(parseDuration(text)).toBeNull(),
	);

	test('adds up its parts', () =>
		fc.assert(
			fc.property(fc.nat(99), fc.nat(99), fc.nat(99), (hours, minutes, seconds) => {
				expect(parseDuration(`${hours}h${minutes}m${seconds}s`)).toBe(
					((hours * 60 + minutes) * 60 + seconds) * 1000,
				);
			}),
		));
});
