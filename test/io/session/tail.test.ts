import { appendFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openTail } from '../../../src/io/session/tail.ts';
import { scratchFolder } from '../../helpers/scratch.ts';

const MEGABYTE = 1024 * 1024;

describe('the tail of a file', () => {
	test('gives each line once, when it is complete', async () => {
		const { tail, write, lines } = await follow();
		write('one\ntw');
		expect(lines()).toEqual(['one']);
		write('o\n\nthree');
		expect(lines()).toEqual(['two', '']);
		expect(lines()).toEqual([]);
		expect(tail.last(8)).toBe('o\n\nthree'.slice(-8));
	});

	test('puts characters together that were written in two parts', async () => {
		const { write, lines } = await follow();
		const bytes = Buffer.from('二\n');
		write(bytes.subarray(0, 2));
		expect(lines()).toEqual([]);
		write(bytes.subarray(2));
		expect(lines()).toEqual(['二']);
	});

	test('splits at line feeds alone', async () => {
		const { write, lines } = await follow();
		write('{"a":"\u2028\u0085"}\r\n');
		expect(lines()).toEqual(['{"a":"\u2028\u0085"}\r']);
	});

	test('passes over a line of more than 4 MB, and goes on after it', async () => {
		const { write, lines } = await follow();
		write('before\n');
		for (let part = 0; part < 5; part++) {
			write('x'.repeat(MEGABYTE));
			expect(lines()).toEqual(part === 0 ? ['before'] : []);
		}
		write('\nafter\n');
		expect(lines()).toEqual(['after']);
	});

	test('takes NULs as they come', async () => {
		const { write, lines } = await follow();
		write('\0'.repeat(5 * MEGABYTE));
		write('\n\0\0\n');
		expect(lines()).toEqual(['\0\0']);
	});

	test('tells how much came, also where nobody wants the lines', async () => {
		const { tail, write } = await follow();
		write('12345');
		expect([tail.read(null), tail.read(null)]).toEqual([5, 0]);
	});

	test('has a last part, of the whole file at most', async () => {
		const { file, tail, write } = await follow();
		expect(tail.last(10)).toBe('');
		write('one two');
		expect([tail.last(3), tail.last(99)]).toEqual(['two', 'one two']);
		tail.read(null);
		truncateSync(file, 0);
		expect([tail.read(null), tail.last(3)]).toEqual([0, '']);
	});
});

async function follow() {
	const file = path.join(await scratchFolder(), 'log');
	writeFileSync(file, '');
	const tail = openTail(file);
	onTestFinished(() => tail.close());
	const lines = () => {
		const read: string[] = [];
		tail.read((line) => read.push(line));
		return read;
	};
	return { file, tail, lines, write: (text: string | Uint8Array) => appendFileSync(file, text) };
}
