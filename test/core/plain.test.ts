import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { cut, plainLine } from '../../src/core/plain.ts';

const plain = (text: string, expected: string) => expect(plainLine(text)).toBe(expected);

test('an ordinary line stays as it is', () => plain('Add login (é, 日本, 👩‍💻)', 'Add login (é, 日本, 👩‍💻)'));
test('only the first line that holds anything is kept', () => plain('\n \r\n  one\ntwo', 'one'));
test('a carriage return ends a line: it cannot overwrite what was printed', () => plain('red\rgreen', 'red'));
test('a tab inside a line stays', () => plain('a\tb', 'a\tb'));
test('colours are taken out', () => plain('\u001B[31mred\u001B[0m alert', 'red alert'));
test('cursor movements and 8-bit sequences are taken out', () => plain('\u001B[2J\u009B1;1Hx', 'x'));
test('a window title is taken out, whichever way it ends', () =>
	plain('\u001B]0;title\u0007a\u001B]8;;http://x\u001B\\b', 'ab'));
test('an escape sequence that never ends is taken out', () => plain('a\u001B', 'a'));
test('NUL, backspace and delete are taken out', () => plain('a\0b\bc\u007Fd', 'abcd'));
test('text cannot be turned round', () => plain('a\u202Eb\u2066c', 'abc'));
test('an empty text is an empty line', () => plain('', ''));

test('a long line is cut at 200 characters', () => {
	expect(plainLine('x'.repeat(300))).toBe(`${'x'.repeat(199)}…`);
	expect(plainLine('abcdef', 4)).toBe('abc…');
});

test('a cut never leaves half of a character', () => {
	expect(cut('ab😀cd', 4)).toBe('ab…');
	expect(cut('ab😀cd', 5)).toBe('ab😀…');
	expect(cut('abcd', 4)).toBe('abcd');
});

test('whatever comes in, one printable line comes out', () => {
	fc.assert(
		fc.property(fc.string({ unit: 'binary' }), fc.string(), (a, b) => {
			const line = plainLine(`${a}\u001B[${b}`);
			expect(line.length).toBeLessThanOrEqual(200);
			expect(line.replaceAll('\t', '')).not.toMatch(/\p{Cc}|[\u2028-\u202E]/u);
		}),
	);
});
