import { appendFileSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openCheckLog } from '../../../src/io/session/check-log.ts';
import { scratchFolder } from '../../helpers/scratch.ts';

const LIMITS = { most: 1000, kept: 100 };

test('a short log is left as it is', async () => {
	const folder = await scratchFolder();
	const file = path.join(folder, 'a.log');
	const log = openCheckLog(file, LIMITS);
	appendFileSync(file, 'x'.repeat(1000));
	log.cut();
	expect(statSync(file).size).toBe(1000);
	expect(log.last(3)).toBe('xxx');
	log.close();
});

test('of a long one the end is kept, and what is appended afterwards follows it', async () => {
	const folder = await scratchFolder();
	const file = path.join(folder, 'a.log');
	const log = openCheckLog(file, LIMITS);
	appendFileSync(file, `${'x'.repeat(5000)}the end`);
	log.cut();
	appendFileSync(file, ' and more');
	expect(statSync(file).size).toBe(' and more'.length);
	expect(log.last(16)).toBe('the end and more');
	log.close();
	const text = readFileSync(file, 'utf8');
	expect(text).toMatch(/^\[the first 4907 bytes were cut off\]\nx+the end and more$/);
});

test('what was printed after the last look is cut at the end', async () => {
	const file = path.join(await scratchFolder(), 'a.log');
	const log = openCheckLog(file, LIMITS);
	appendFileSync(file, 'x'.repeat(5000));
	log.close();
	expect(statSync(file).size).toBeLessThan(200);
});

test('what was put in the place of a log is neither read nor cut', async () => {
	const folder = await scratchFolder();
	const file = path.join(folder, 'a.log');
	const log = openCheckLog(file, LIMITS);
	appendFileSync(file, 'the log');
	renameSync(file, `${file}.moved`);
	writeFileSync(file, 'y'.repeat(5000));
	log.cut();
	expect(statSync(file).size).toBe(5000);
	expect(log.last(100)).toBe('the log');
	log.close();
});
