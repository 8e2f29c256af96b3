import { describe, expect, test } from 'vitest';
import { openLines } from '../../../src/io/session/lines.ts';

const MEGABYTE = 1024 * 1024;

describe('lines of bytes as they come', () => {
	test('are handed over once each, when they are complete', () => {
		const { take } = collect();
		expect(take('one\ntw')).toEqual(['one']);
		expect(take('o\n\nthree')).toEqual(['two', '']);
		expect(take('')).toEqual([]);
	});

	test('may have a character of which the bytes come in two parts', () => {
		const { take } = collect();
		const bytes = Buffer.from('二\n');
		expect(take(bytes.subarray(0, 2))).toEqual([]);
		expect(take(bytes.subarray(2))).toEqual(['二']);
	});

	test('end with line feeds alone', () => {
		expect(collect().take('{"a":"\u2028\u0085"}\r\n')).toEqual(['{"a":"\u2028\u0085"}\r']);
	});

	test('of more than 4 MB are passed over, and those after them are not', () => {
		const { lines, take } = collect();
		expect(take('before\n')).toEqual(['before']);
		expect(lines.passed()).toBe(0);
		for (let part = 0; part < 5; part++) expect(take('x'.repeat(MEGABYTE))).toEqual([]);
		expect(lines.passed()).toBe(1);
		expect(take('\nafter\n')).toEqual(['after']);
		expect(lines.passed()).toBe(1);
	});

	test('may be of NULs', () => {
		const { take } = collect();
		expect(take('\0'.repeat(5 * MEGABYTE))).toEqual([]);
		expect(take('\n\0\0\n')).toEqual(['\0\0']);
	});

	test('in which bytes are missing are none', () => {
		const { lines, take } = collect();
		expect([take('whole\n{"half'), lines.isOpen()]).toEqual([['whole'], true]);
		lines.passOver();
		expect([take('":1}\nnext\n'), lines.isOpen()]).toEqual([['next'], false]);
	});

	test('hold what was in memory that is written again meanwhile', () => {
		const { take } = collect();
		const chunk = Buffer.from('one');
		expect(take(chunk)).toEqual([]);
		chunk.fill('x');
		expect(take('\n')).toEqual(['one']);
	});
});

function collect() {
	const lines = openLines();
	const take = (text: string | Buffer) => {
		const taken: string[] = [];
		lines.take(typeof text === 'string' ? Buffer.from(text) : text, (line) => taken.push(line));
		return taken;
	};
	return { lines, take };
}
