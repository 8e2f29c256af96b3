import {
	appendFileSync,
	closeSync,
	openSync,
	readFileSync,
	renameSync,
	statSync,
	truncateSync,
	writeFileSync,
	writeSync,
} from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { endOf, openLog } from '../../../src/io/session/output-log.ts';
import { scratchFolder } from '../../helpers/scratch.ts';

const MB = 1024 * 1024;
const LIMITS = { most: 1000, head: 200, tail: 100, patience: 1000 };
const NOTE = /\n?\[(\d+) bytes were cut out here\]\n/;

describe('the log of a session', () => {
	test('is followed: lines once each, and how much came', async () => {
		const { log, write, lines } = await open();
		write('one\ntw');
		expect(lines()).toEqual(['one']);
		write('o\n');
		expect([lines(), lines()]).toEqual([['two'], []]);
		write('12345');
		expect([log.follow(null), log.follow(null)]).toEqual([5, 0]);
	});

	test('has a last part, of the whole at most', async () => {
		const { file, log, write } = await open();
		expect(log.last(10)).toEqual({ text: '', state: 'whole' });
		write('one two');
		expect([log.last(3).text, log.last(99).text, endOf(file, 3)]).toEqual(['two', 'one two', 'two']);
	});

	test('stays as it is while it is short', async () => {
		const { file, log, write, close } = await open();
		write('x'.repeat(1000));
		log.follow(null);
		close();
		expect([readFileSync(file, 'utf8'), log.losses()]).toEqual(['x'.repeat(1000), 0]);
	});

	test('that is long keeps its beginning, its end, and a line that says how much is missing', async () => {
		const { file, log, write, close } = await open();
		write(`the beginning${'x'.repeat(5000)}the end`);
		log.follow(null);
		expect(statSync(file).size).toBe(200);
		write(' and more');
		expect(log.last(16)).toEqual({ text: 'the end and more', state: 'in doubt' });
		close();
		const text = readFileSync(file, 'utf8');
		expect(text).toMatch(/^the beginningx{187}\n\[4729 bytes were cut out here\]\nx+the end and more$/);
		expect(text.replace(NOTE, '')).toHaveLength(300);
	});

	test('may be cut again and again', async () => {
		const { file, log, write, close } = await open();
		for (let part = 0; part < 20; part++) {
			write(`${part} `.repeat(500));
			log.follow(null);
			expect(statSync(file).size).toBeLessThanOrEqual(1000);
		}
		close();
		const text = readFileSync(file, 'utf8');
		expect(text).toMatch(/^0 0 [^]*19 $/);
		const cutOut = Number(NOTE.exec(text)?.[1]);
		expect(text.replace(NOTE, '').length + cutOut).toBe(500 * (10 * 2 + 10 * 3));
	});

	test('is certain of its last part once that came after the cut', async () => {
		const { log, write } = await open();
		write('x'.repeat(5000));
		log.follow(null);
		write('y'.repeat(50));
		expect([log.last(50).state, log.last(51).state]).toEqual(['whole', 'in doubt']);
	});

	test('is cut at its end where it grew after the last look', async () => {
		const { file, log, write, close } = await open();
		write('x'.repeat(5000));
		close();
		expect([statSync(file).size < 400, log.losses()]).toEqual([true, 0]);
	});

	test('is read to its end without a cut, once nothing writes to it', async () => {
		const { log, write } = await open();
		write('line\n'.repeat(1000));
		let count = 0;
		log.rest(() => count++);
		expect([count, log.losses()]).toEqual([1000, 0]);
	});

	test('has no line of which the rest may have been cut out', async () => {
		const { write, lines } = await open();
		write(`${'line\n'.repeat(300)}{"half`);
		expect(lines()).toHaveLength(300);
		write('":1}\nnext\n');
		expect(lines()).toEqual(['next']);
	});

	test('that is written faster than it is read has no line of which the beginning was not read', async () => {
		const { log, write, lines } = await open({ ...LIMITS, patience: 0 });
		write('0123456789\n'.repeat(100));
		expect([lines(), log.losses()]).toEqual([
			Array.from({ length: 8 }, () => '0123456789').concat('0123456789'),
			2,
		]);
	});

	test('that its writer empties is followed from there', async () => {
		const { file, write, lines } = await open();
		write('one\ntwo\n');
		lines();
		truncateSync(file, 0);
		expect(lines()).toEqual([]);
		write('3\n');
		expect(lines()).toEqual(['3']);
	});

	test('takes little of the disk where its writer opened it anew and does not append', async () => {
		const { file, log } = await open({ most: MB, head: 4096, tail: 4096, patience: 1000 });
		const own = openSync(file, 'r+');
		for (let part = 0; part < 40; part++) {
			writeSync(own, Buffer.alloc(MB / 4, 'x'));
			log.follow(null);
		}
		writeSync(own, 'the end');
		closeSync(own);
		expect(statSync(file).blocks * 512).toBeLessThan(2 * MB);
		expect(log.last(7).text).toBe('the end');
	});

	test('is the file that was opened, whatever is put in its place', async () => {
		const { file, log, write } = await open();
		write('the log');
		renameSync(file, `${file}.moved`);
		writeFileSync(file, 'y'.repeat(5000));
		log.follow(null);
		expect([statSync(file).size, log.last(100).text]).toEqual([5000, 'the log']);
	});

	test('tells every line once, and keeps both ends, however it is written and looked at', async () => {
		const file = path.join(await scratchFolder(), 'log');
		const parts = fc.array(fc.tuple(fc.nat(400), fc.boolean()), { maxLength: 40 });
		fc.assert(
			fc.property(parts, (all) => {
				writeFileSync(file, '');
				const log = openLog(file, LIMITS);
				const [written, read]: string[][] = [[], []];
				for (const [length, isLooked] of all) {
					written!.push(`${written!.length} ${'x'.repeat(length)}`);
					appendFileSync(file, `${written!.at(-1)}\n`);
					if (isLooked) log.follow((line) => read!.push(line));
				}
				log.rest((line) => read!.push(line));
				log.close();
				const whole = written!.map((line) => `${line}\n`).join('');
				const [head, tail = ''] = readFileSync(file, 'utf8')
					.split(NOTE)
					.filter((_, index) => index !== 1);
				expect(read).toEqual(written);
				expect([whole.startsWith(head!), whole.endsWith(tail)]).toEqual([true, true]);
				expect(head === whole || (head!.length === 200 && tail.length === 100)).toBe(true);
			}),
		);
	});
});

test('the log of a check keeps its end alone', async () => {
	const { file, log, write, close } = await open({ ...LIMITS, head: 0 });
	write(`${'x'.repeat(5000)}the end`);
	log.follow(null);
	write(' and more');
	expect(statSync(file).size).toBe(' and more'.length);
	close();
	expect(readFileSync(file, 'utf8')).toMatch(/^\[4916 bytes were cut out here\]\nx+the end and more$/);
});

async function open(limits = LIMITS) {
	const file = path.join(await scratchFolder(), 'log');
	writeFileSync(file, '');
	const log = openLog(file, limits);
	let isOpen = true;
	const close = () => {
		if (isOpen) log.close();
		isOpen = false;
	};
	onTestFinished(close);
	const lines = () => {
		const read: string[] = [];
		log.follow((line) => read.push(line));
		return read;
	};
	return { file, log, lines, close, write: (text: string) => appendFileSync(file, text) };
}
