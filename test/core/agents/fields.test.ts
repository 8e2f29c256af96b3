import { expect, test } from 'vitest';
import { lineFields, number, object, objects, string, sum } from '../../../src/core/agents/fields.ts';

test('A line that is no JSON object, or far too long, holds no fields', () => {
	expect(lineFields('{"a":1}')).toEqual({ a: 1 });
	for (const text of ['', '{', '[1]', 'null', `{"x":"${'x'.repeat(9_000_000)}"}`])
		expect(lineFields(text)).toBeNull();
});

test.each([[null], [[1]], ['x'], [undefined]])('What is no object is an empty one: %j', (value) => {
	expect(object(value)).toEqual({});
});

test('Only objects count in a list', () => {
	expect(objects([{ a: 1 }, 2, null])).toEqual([{ a: 1 }]);
	expect(objects({ a: 1 })).toEqual([]);
});

test('What is no string, or no number that counts, is null', () => {
	expect([string('x'), string(1)]).toEqual(['x', null]);
	expect([number(1.5), number(-1), number(Infinity), number('1')]).toEqual([1.5, null, null, null]);
	expect(sum({ a: 1, b: 2, c: 'x' }, ['a', 'c', 'd'])).toBe(1);
});
