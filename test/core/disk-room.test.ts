import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shortOf } from '../../src/core/disk-room.ts';

const GB = 1e9;
const MB = 1e6;
const PLENTY = { free: 1e6, total: 1e6 };

describe('a disk is short', () => {
	const short = (free: number, total: number, before: 'short' | 'enough' = 'enough') =>
		shortOf({ bytes: { free, total }, inodes: PLENTY }, before);

	test('of less than a gigabyte, or than a twentieth of a small one', () => {
		expect(short(0.9 * GB, 100 * GB)).toBe('900.0 MB free, 1.0 GB needed');
		expect(short(1.1 * GB, 100 * GB)).toBeNull();
		expect(short(4 * MB, 100 * MB)).toBe('4.0 MB free, 5.0 MB needed');
		expect(short(6 * MB, 100 * MB)).toBeNull();
	});

	test('until half as much again is free', () => {
		expect(short(6 * MB, 100 * MB, 'short')).toBe('6.0 MB free, 7.5 MB needed');
		expect(short(8 * MB, 100 * MB, 'short')).toBeNull();
	});

	test('of inodes likewise', () => {
		const files = (free: number, total: number) =>
			shortOf({ bytes: { free: GB * 2, total: GB * 9 }, inodes: { free, total } }, 'enough');
		expect(files(9000, 1e7)).toBe('room for 9000 files, 10000 needed');
		expect(files(40, 1000)).toBe('room for 40 files, 50 needed');
		expect(files(60, 1000)).toBeNull();
	});

	test('never of what it has no limit of', () => {
		const none = { free: 0, total: 0 };
		expect(shortOf({ bytes: none, inodes: none }, 'short')).toBeNull();
	});

	test('never when it is empty, and always when it is full, whatever its size', () => {
		fc.assert(
			fc.property(fc.integer({ min: 1000, max: 1e15 }), (total) => {
				expect(short(total, total, 'short')).toBeNull();
				expect(short(0, total)).not.toBeNull();
			}),
		);
	});
});
