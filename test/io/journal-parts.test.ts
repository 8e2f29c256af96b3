import {
	existsSync,
	lstatSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tellStory } from '../../src/core/audit/story.ts';
import { replay } from '../../src/core/run/run.ts';
import type { Entry, Event } from '../../src/core/types.ts';
import { openJournal, readJournal, readWhole } from '../../src/io/journal.ts';
import { opened, settled, started, taskIn, worked } from '../helpers/parts.ts';
import { scratchFolder } from '../helpers/scratch.ts';

const TASK = taskIn('- [ ] Add\n', 'Add').id;
/** Somewhat more than a tenth of what makes a journal long. */
const LONG = 'x'.repeat(120_000);

let template = '';
beforeAll(async () => {
	template = await mkdtemp(path.join(os.tmpdir(), 'nightloop-journal-'));
	await fill(template, 25);
});
afterAll(() => rm(template, { recursive: true }));

describe('a journal that has grown long', () => {
	test('is closed as a part and begun anew with its sum, while it is written to', () => {
		expect(readdirSync(template).toSorted()).toEqual([
			'journal.0001.jsonl',
			'journal.0002.jsonl',
			'journal.jsonl',
		]);
		expect(statSync(path.join(template, 'journal.0001.jsonl')).mode & 0o777).toBe(0o600);
		expect(statSync(path.join(template, 'journal.jsonl')).size).toBeLessThan(1_200_000);
	});

	test('adds up to the same by its live file as by all that was recorded, which is all there', async () => {
		const live = await readJournal(template);
		const { entries, lost } = await readWhole(template);
		expect(lost).toEqual([]);
		expect(live[0]).toMatchObject({ event: 'summed', parts: 2 });
		expect(textsOf(entries)).toEqual(Array.from({ length: 25 }, (_, index) => `${index}`));
		const recorded = entries.filter(({ event }) => event !== 'summed');
		expect(replay(live)).toEqual(replay(recorded));
		expect(replay(live)).toMatchObject({ sessions: 1, attempt: { task: TASK } });
		expect(tellStory(entries).faults).toEqual([]);
	});

	test('gives a reader that wants the last few no more than it needs', async () => {
		const { entries } = await readWhole(template, 12);
		expect(entries.length).toBeGreaterThanOrEqual(12);
		expect(textsOf(entries)).not.toContain('0');
	});

	test('of before there were parts is closed at the next start', async () => {
		const folder = await scratchFolder();
		const all = readFileSync(path.join(template, 'journal.0001.jsonl'));
		writeFileSync(path.join(folder, 'journal.jsonl'), all);
		const journal = await openJournal(folder);
		expect(journal.entries).toMatchObject([{ event: 'summed', parts: 1 }]);
		await journal.close();
		expect(readFileSync(path.join(folder, 'journal.0001.jsonl')).equals(all)).toBe(true);
	});

	test('is summed up more rarely the larger its sum is', async () => {
		const folder = await scratchFolder();
		const journal = await openJournal(folder);
		const settings = { file: 'todo.md', text: 'y'.repeat(4_000_000) };
		await journal.append({ event: 'accepted', by: 'accept', settings, prompts: [] });
		for (let index = 0; index < 15; index++) await journal.append(notice(index));
		await journal.close();
		// Less than half of the sum.
		expect(readdirSync(folder)).toHaveLength(2);
	});

	test('that a session got at is written again from its sum on, and the next part is as recorded', async () => {
		const folder = await copy();
		const journal = await openJournal(folder);
		writeFileSync(path.join(folder, 'journal.jsonl'), 'x\n');
		for (let index = 25; index < 36; index++) await journal.append(notice(index));
		await journal.close();
		const { entries, lost } = await readWhole(folder);
		expect(lost).toEqual([]);
		expect(existsSync(path.join(folder, 'journal.0003.jsonl'))).toBe(true);
		expect(textsOf(entries)).toEqual(Array.from({ length: 36 }, (_, index) => `${index}`));
	});
});

describe('a part that is not as it was closed is told, and stops nothing:', () => {
	const one = 'journal.0001.jsonl';
	const two = 'journal.0002.jsonl';
	test.each<readonly [string, (file: string) => void, string, string]>([
		['missing', (file) => rmSync(file), one, 'part 1 of the journal is missing'],
		['missing in the midst', (file) => rmSync(file), two, 'part 2 of the journal is missing'],
		['a folder', (file) => (rmSync(file), mkdirSync(file)), two, 'part 2 of the journal is missing'],
		['cut short', (file) => cut(file), one, 'part 1 of the journal is not as it was closed'],
		['emptied', (file) => writeFileSync(file, ''), two, 'part 2 of the journal is not as it was closed'],
		['changed', (file) => change(file), one, 'part 1 of the journal is damaged at line 3'],
		['another one', (file) => swap(file), one, 'part 1 of the journal is not as it was closed'],
	])('%s', async (_name, harm, name, told) => {
		const folder = await copy();
		harm(path.join(folder, name));
		const { entries, lost } = await readWhole(folder);
		expect(lost[0]).toContain(told);
		expect(replay(entries)).toEqual(replay(await readJournal(template)));
		expect(tellStory(entries, lost).faults.length).toBeGreaterThan(0);
		const few = await readWhole(folder, 1);
		expect(few.lost.length).toBe(told.includes('missing') ? 1 : 0);
		const journal = await openJournal(folder);
		await journal.append(notice(25));
		await journal.close();
		expect(textsOf(await readJournal(folder)).at(-1)).toBe('25');
	});
});

test('a sum in which a byte was flipped is refused, also where nothing stands after it', async () => {
	const folder = await copy();
	const file = path.join(folder, 'journal.jsonl');
	const bytes = readFileSync(file);
	const sum = bytes.subarray(0, bytes.indexOf(10) + 1);
	sum[200] = sum[200]! ^ 4;
	writeFileSync(file, sum);
	await expect(readJournal(folder)).rejects.toThrow('damaged at line 1');
	await expect(openJournal(folder)).rejects.toThrow('damaged at line 1');
	expect(existsSync(path.join(folder, 'journal.0002.jsonl'))).toBe(true);
});

describe('what lies beside a journal and does not count:', () => {
	test('a part that a crash left is cleared away', async () => {
		const folder = await copy();
		writeFileSync(path.join(folder, 'journal.0003.jsonl'), 'half a pa');
		const journal = await openJournal(folder);
		await journal.close();
		expect(existsSync(path.join(folder, 'journal.0003.jsonl'))).toBe(false);
		expect((await readWhole(folder)).lost).toEqual([]);
	});

	test('the parts of one that was moved aside are kept, and are no parts of the next one', async () => {
		const folder = await copy();
		renameSync(path.join(folder, 'journal.jsonl'), path.join(folder, 'journal.jsonl.damaged'));
		const journal = await openJournal(folder);
		expect(journal.entries).toEqual([]);
		await journal.append(notice(0));
		await journal.close();
		expect(textsOf((await readWhole(folder)).entries)).toEqual(['0']);
		const kept = readdirSync(folder).filter((name) => name.includes('.before-'));
		expect(kept.map((name) => name.slice(0, 18))).toEqual(['journal.0001.jsonl', 'journal.0002.jsonl']);
	});
});

/** What a loop records, and notices of a length that make parts of it. */
async function fill(folder: string, count: number): Promise<void> {
	const journal = await openJournal(folder);
	for (const event of [started, opened(TASK), worked(TASK), settled]) await journal.append(event);
	for (let index = 0; index < count; index++) await journal.append(notice(index));
	await journal.close();
}

async function copy(): Promise<string> {
	const folder = await scratchFolder();
	for (const name of readdirSync(template)) {
		const file = path.join(template, name);
		if (lstatSync(file).isFile()) writeFileSync(path.join(folder, name), readFileSync(file));
	}
	return folder;
}

function notice(index: number): Event {
	return { event: 'notice', text: `${index} ${LONG}` };
}

function textsOf(entries: readonly Entry[]): string[] {
	return entries.flatMap((entry) => (entry.event === 'notice' ? [entry.text.split(' ')[0]!] : []));
}

/** At the end of a line: each that is left holds. */
function cut(file: string): void {
	const bytes = readFileSync(file);
	writeFileSync(file, bytes.subarray(0, bytes.lastIndexOf(10, bytes.length - 2) + 1));
}

function change(file: string): void {
	writeFileSync(file, readFileSync(file, 'utf8').replace('"worked"', '"wOrked"'));
}

function swap(file: string): void {
	writeFileSync(file, readFileSync(path.join(path.dirname(file), 'journal.0002.jsonl')));
}
