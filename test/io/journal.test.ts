import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import {
	appendFileSync,
	existsSync,
	lstatSync,
	mkdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	symlinkSync,
	truncateSync,
	writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import type { Event } from '../../src/core/types.ts';
import { openJournal, readJournal } from '../../src/io/journal.ts';
import { scratchFolder } from '../helpers/scratch.ts';

describe('the journal', () => {
	test('gives back what was recorded, to whoever opens or reads it', async () => {
		const { folder, file } = await journalOf('one', 'zwei · 二\nlines');
		const journal = await openJournal(folder);
		expect(textsOf(journal.entries)).toEqual(['one', 'zwei · 二\nlines']);
		expect(journal.entries[0]?.at).toMatch(/^\d{4}-\d\d-\d\dT/);
		await journal.append(notice('three'));
		expect(textsOf(await readJournal(folder))).toEqual(['one', 'zwei · 二\nlines', 'three']);
		await journal.close();
		expect(statSync(file).mode & 0o777).toBe(0o600);
	});

	test('is empty where there is none, and a reader makes none', async () => {
		const folder = await scratchFolder();
		expect(await readJournal(folder)).toEqual([]);
		expect(existsSync(path.join(folder, 'journal.jsonl'))).toBe(false);
	});

	test('keeps the order of events that are recorded at the same moment', async () => {
		const folder = await scratchFolder();
		const journal = await openJournal(folder);
		const texts = Array.from({ length: 50 }, (_, index) => `${index} ${'x'.repeat(index * 100)}`);
		await Promise.all(texts.map((text) => journal.append(notice(text))));
		await journal.close();
		expect(textsOf(await readJournal(folder))).toEqual(texts);
	});
});

describe('a journal whose last line was torn by a crash', () => {
	test('loses that line and no other, wherever it was torn', async () => {
		const { folder, file } = await journalOf('one', 'two · 二');
		const whole = readFileSync(file);
		const first = whole.indexOf(10) + 1;
		for (let length = first; length < whole.length; length++) {
			writeFileSync(file, whole.subarray(0, length));
			expect(textsOf(await readJournal(folder))).toEqual(['one']);
			const journal = await openJournal(folder);
			expect(textsOf(journal.entries)).toEqual(['one']);
			await journal.close();
			expect(readFileSync(file).equals(whole.subarray(0, first))).toBe(true);
		}
	});

	test.each([
		['NULs', '\0'.repeat(4096)],
		['NULs and a line end', `${'\0'.repeat(100)}\n`],
		['a line whose checksum does not hold', '00000000 {"v":1,"event":"notice","text":"forged"}\n'],
	])('or that ends in %s, goes on after what is whole', async (_name, tail) => {
		const { folder, file } = await journalOf('one');
		writeFileSync(file, tail, { flag: 'a' });
		const journal = await openJournal(folder);
		await journal.append(notice('two'));
		await journal.close();
		expect(textsOf(await readJournal(folder))).toEqual(['one', 'two']);
	});
});

describe('a journal is refused, and left as it is,', () => {
	test('when a byte of an earlier line was changed', async () => {
		const { folder, file } = await journalOf('one', 'two', 'three');
		const whole = readFileSync(file, 'utf8');
		writeFileSync(file, whole.replace('two', 'too'));
		await expect(openJournal(folder)).rejects.toThrow(UserError);
		await expect(readJournal(folder)).rejects.toThrow('damaged at line 2');
		expect(readFileSync(file, 'utf8')).toBe(whole.replace('two', 'too'));
	});

	test('or else read as far as it can be believed, whatever byte of it was flipped', async () => {
		const texts = ['one', 'two', 'three', 'four'];
		const { folder, file } = await journalOf(...texts);
		const whole = readFileSync(file);
		for (const at of whole.keys()) {
			const flipped = Buffer.from(whole);
			flipped[at] = flipped[at]! ^ 4;
			writeFileSync(file, flipped);
			const read = await readJournal(folder).then(textsOf, (error: unknown) => error);
			if (read instanceof UserError) continue;
			expect(read).toEqual(texts.slice(0, (read as string[]).length));
			// Only a flipped line end makes two of the last line.
			expect((read as string[]).length).toBeGreaterThanOrEqual(2);
		}
	});

	test('when a newer version wrote it', async () => {
		const { folder, file } = await journalOf('one');
		const json = '{"v":3,"event":"omen"}';
		const checksum = createHash('sha256').update(json).digest('hex').slice(0, 8);
		writeFileSync(file, `${checksum} ${json}\n`, { flag: 'a' });
		await expect(openJournal(folder)).rejects.toThrow('newer nightloop (format 3');
	});
});

describe('a journal that a session got at is written again, whole, before the next event:', () => {
	test.each([
		['removed', (file: string) => rmSync(file)],
		['replaced', (file: string) => (rmSync(file), writeFileSync(file, 'x\n'))],
		['truncated', (file: string) => truncateSync(file, 10)],
		['emptied', (file: string) => truncateSync(file, 0)],
		['forged', (file: string) => appendFileSync(file, readFileSync(file))],
		[
			'changed in place',
			(file: string) => writeFileSync(file, readFileSync(file, 'utf8').replace('one', 'eno')),
		],
		['a folder', (file: string) => (rmSync(file), mkdirSync(path.join(file, 'deep'), { recursive: true }))],
		['a link', (file: string) => (renameSync(file, `${file}.moved`), symlinkSync(`${file}.moved`, file))],
		['a pipe', (file: string) => (rmSync(file), execFileSync('mkfifo', [file]))],
	])('%s', async (_name, harm) => {
		const { folder, file } = await journalOf('one', 'two');
		const journal = await openJournal(folder);
		harm(file);
		await journal.append(notice('three'));
		expect(textsOf(await readJournal(folder))).toEqual(['one', 'two', 'three']);
		await journal.append(notice('four'));
		await journal.close();
		expect(textsOf(await readJournal(folder))).toEqual(['one', 'two', 'three', 'four']);
		expect(lstatSync(file).isFile()).toBe(true);
	});

	test('where its folder is gone, as soon as that is there again', async () => {
		const { folder } = await journalOf('one');
		const journal = await openJournal(folder);
		rmSync(folder, { recursive: true });
		await journal.append(notice('two'));
		expect(existsSync(folder)).toBe(false);
		mkdirSync(folder);
		await journal.append(notice('three'));
		await journal.close();
		expect(textsOf(await readJournal(folder))).toEqual(['one', 'two', 'three']);
	});
});

test.each([
	['a pipe', (file: string) => (rmSync(file), execFileSync('mkfifo', [file]))],
	['longer than any text', (file: string) => truncateSync(file, 3 * 1024 ** 3)],
])('a journal is refused with words where it is %s', async (_name, harm) => {
	const { folder, file } = await journalOf('one');
	harm(file);
	for (const read of [openJournal, readJournal])
		await expect(read(folder)).rejects.toThrow('Something else stands in the place of the journal.');
});

async function journalOf(...texts: string[]) {
	const folder = await scratchFolder();
	const journal = await openJournal(folder);
	for (const text of texts) await journal.append(notice(text));
	await journal.close();
	return { folder, file: path.join(folder, 'journal.jsonl') };
}

function notice(text: string): Event {
	return { event: 'notice', text };
}

function textsOf(entries: Awaited<ReturnType<typeof readJournal>>): string[] {
	return entries.map((entry) => (entry.event === 'notice' ? entry.text : entry.event));
}
