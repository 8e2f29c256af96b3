import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nearest } from '../../../src/core/rules/nearest.ts';

describe('nearest', () => {
	test.each([
		['atempts', 'attempts'],
		['attemptss', 'attempts'],
		['PUSH', 'push'],
		['chekcs', 'checks'],
		['', 'push'],
	])('takes %j for %j', (word, known) => expect(nearest(word, ['attempts', 'checks', 'push'])).toBe(known));

	test('finds a known word itself', () =>
		fc.assert(
			fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z]+$/), { minLength: 1 }), (words) => {
				expect(words.map((word) => nearest(word, words))).toEqual(words);
			}),
		));
});
