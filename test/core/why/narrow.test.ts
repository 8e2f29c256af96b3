import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COLUMNS, narrow, narrowBlock, whole } from '../../../src/core/why/narrow.ts';

describe('a narrow text', () => {
	test('is broken between words, under its lead', () => {
		expect(narrow('the tests of the parser were weakened, and nobody asked for it', '  - ')).toEqual([
			'  - the tests of the parser were',
			'    weakened, and nobody asked for it',
		]);
	});

	test('leaves a path that is longer whole, on a line of its own', () => {
		const path = 'src/a/very/long/path/to/some/module/of/the/parser.ts';
		expect(narrow(`see ${path} first`)).toEqual(['see', path, 'first']);
	});

	test('does not break an empty box', () => {
		expect(narrow('put [ ] in the place of what is there [ ] now')).toEqual([
			'put [ ] in the place of what is there',
			'[ ] now',
		]);
	});

	test('counts what is wide twice, and breaks it where it must, but no path', () => {
		const words = '数'.repeat(25);
		expect(narrow(words, '- ')).toEqual([`- ${'数'.repeat(19)}`, `  ${'数'.repeat(6)}`]);
		expect(narrow(`${words}/a`)).toEqual([`${words}/a`]);
		expect(narrow('é'.repeat(39))).toHaveLength(1);
		expect(narrow(`${'e\u0301'.repeat(20)} ${'e\u0301'.repeat(19)}`)).toHaveLength(1);
	});

	test('is one line that a terminal can show, whatever an agent wrote', () => {
		expect(narrow('\u001B[31mred\u0007 \u202Eflip')).toEqual(['red flip']);
		expect(whole('\u001B]0;title\u0007git show\r\nrm', '  ')).toBe('  git show');
	});

	test('loses no word, and is too wide only where one word is', () => {
		fc.assert(
			fc.property(fc.array(fc.stringMatching(/^[a-z/]{1,50}$/), { minLength: 1 }), (words) => {
				const lines = narrow(words.join(' '), '  · ');
				expect(lines.join(' ').slice(4).split(/\s+/)).toEqual(words);
				const wide = lines.filter((line) => line.length > COLUMNS);
				expect(wide.filter((line) => line.slice(4).includes(' '))).toEqual([]);
			}),
		);
	});
});

describe('a narrow block', () => {
	test('holds the last lines that say anything, with their indent as far as it is sensible', () => {
		const text = `first\r\n\n  second\n\t\t\t\t\t\tthird\n\u001B[0m\n`;
		expect(narrowBlock(text, '| ', 2)).toEqual(['| …', '|   second', '|         third']);
		expect(narrowBlock(text, '| ', 3)).toEqual(['| first', '|   second', '|         third']);
		expect(narrowBlock('', '| ', 3)).toEqual([]);
	});
});
