import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytes, clockTime, duration, money, tokens } from '../../src/core/format.ts';

const minute = 60_000;

test.each([
	[0, '0s'],
	[-5, '0s'],
	[320, '0.3s'],
	[4210, '4.2s'],
	[9949, '9.9s'],
	[9960, '10s'],
	[42_400, '42s'],
	[59_600, '1m'],
	[31 * minute, '31m'],
	[59.6 * minute, '1h'],
	[65 * minute, '1h 5m'],
	[8 * 60 * minute, '8h'],
	[26.5 * 60 * minute, '26h 30m'],
])('%d ms is %s', (ms, words) => expect(duration(ms)).toBe(words));

test('no duration says 60 of anything', () => {
	fc.assert(
		fc.property(fc.integer({ min: 0, max: 1e9 }), (ms) => {
			expect(duration(ms)).not.toMatch(/\b60[sm]/);
		}),
	);
});

describe('figures', () => {
	test('money has cents', () =>
		expect([money(0), money(4.015), money(25)]).toEqual(['$0.00', '$4.01', '$25.00']));
	test('money that a subscription paid is an estimate', () =>
		expect([money(1, 'subscription'), money(1, 'key')]).toEqual(['≈$1.00', '$1.00']));
	test('tokens are rounded', () =>
		expect([950, 1000, 12_345, 999_499, 999_500, 1_234_567, 30_000_000].map(tokens)).toEqual([
			'950',
			'1k',
			'12k',
			'999k',
			'1M',
			'1.2M',
			'30M',
		]));
	test('data is told in the largest unit', () =>
		expect([0, 999, 1000, 34_567, 1e6, 2.5e9, 7e12].map(bytes)).toEqual([
			'0 B',
			'999 B',
			'1.0 kB',
			'34.6 kB',
			'1.0 MB',
			'2.5 GB',
			'7000.0 GB',
		]));
});

describe('a clock time', () => {
	const at = (hours: number, day = 24) => new Date(2026, 10, day, hours, 10).getTime();
	test('is that of this machine', () => expect(clockTime(at(0), at(20, 23))).toBe('00:10'));
	test('has its day where another one could be meant', () =>
		expect(clockTime(at(21), at(0))).toBe('Tue Nov 24 21:10'));
});
