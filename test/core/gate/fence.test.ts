import { describe, expect, test } from 'vitest';
import { countFences, lastFence } from '../../../src/core/gate/fence.ts';

describe('the fence that ends a text', () => {
	const holds = (text: string, expected: string | null) => expect(lastFence(text, 'x 1')).toBe(expected);

	test('is read', () => holds('a\n```x 1\nb\nc\n```\n\n', 'b\nc'));
	test('may be empty', () => holds('```x 1\n```', ''));
	test('must be opened', () => holds('b\n```', null));
	test('must be closed', () => holds('```x 1\nb', null));
	test('must be closed on a line of its own', () => holds('```x 1\nb```', null));
	test('must be opened by exactly its name', () => holds('```x 12\nb\n```', null));
	test('must be opened by exactly three marks', () => holds('````x 1\nb\n```', null));
	test('must be opened at the start of a line', () => holds(' ```x 1\nb\n```', null));
	test('must stand at the end', () => holds('```x 1\nb\n```\nc', null));
});

describe('lines that seem to open a fence', () => {
	const counts = (text: string, expected: number) => expect(countFences(text, 'x 1')).toBe(expected);

	test('are counted', () => counts('```x 1\n```\n```x 1\n', 2));
	test('count when quoted, indented or longer', () => counts('> ```x 1\n\t```x 1\n````x 1\n~~~x 1', 4));
	test('count whatever the white space', () => counts('``` x  1 \r\n```x\t1\r```x 1', 3));
	test('count when text follows', () => counts('```x 1 {"a":1}```', 1));
	test('do not count with another name', () => counts('```x 12\n```x\n```y 1\n```\n', 0));
	test('do not count within a line', () => counts('it ends with ```x 1', 0));
});
