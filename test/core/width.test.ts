import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutToWidth, widthOf } from '../../src/core/width.ts';

describe('the width of a text', () => {
	test('counts what stands in two columns twice, and what is combined once', () => {
		expect(widthOf('plain')).toBe(5);
		expect(widthOf('日本語')).toBe(6);
		expect(widthOf('e\u0301')).toBe(1);
	});

	test('is never passed by what is cut to it, and what fits stays whole', () => {
		expect(cutToWidth('日本語', 6)).toBe('日本語');
		expect(cutToWidth('日本語', 5)).toBe('日本…');
		fc.assert(
			fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 30 }), (text, columns) => {
				expect(widthOf(cutToWidth(text, columns))).toBeLessThanOrEqual(columns);
			}),
		);
	});
});
