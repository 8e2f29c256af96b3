import { execa } from 'execa';
import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tellStory } from '../../src/core/audit/story.ts';
import { replay } from '../../src/core/run/run.ts';
import type { Entry } from '../../src/core/types.ts';
import { openJournal, readJournal, readWhole } from '../../src/io/journal.ts';

const PROGRAM = path.join(process.cwd(), 'test/fixtures/programs/appends-to-a-journal.mjs');
const CALLS = ['openat', 'write', 'fsync', 'fdatasync', 'ftruncate', 'rename', 'unlink'];
const hasStrace = spawnSync('strace', ['-V']).status === 0;

/** 1.04 MB, of a limit of 1.05: the next notice makes it long. */
const LENGTH = 20_000;
const THERE = 52;
let scratch = '';
beforeAll(async () => {
	scratch = await mkdtemp(path.join(await realpath(os.tmpdir()), 'nightloop-points-'));
	await execa('mkdir', [path.join(scratch, 'template')]);
	await append(path.join(scratch, 'template'), [], THERE);
	// What crashes before had left: half a line, half a part.
	appendFileSync(path.join(scratch, 'template/journal.jsonl'), '12345678 {"v":2,"event":"not');
	writeFileSync(path.join(scratch, 'template/journal.0001.jsonl'), '12345678 {"v":2');
});
afterAll(() => rm(scratch, { recursive: true }));

describe.skipIf(!hasStrace)('while a journal is written to and closed as a part (where strace is)', () => {
	test.concurrent.each(CALLS)(
		'SIGKILL at any %s loses nothing that was on disk',
		async (call) => {
			await atEachPoint(call, 'signal=SIGKILL', async ({ folder, told }) => {
				const count = await expectWhole(folder, numbersOf(told).length);
				const journal = await openJournal(folder);
				await journal.append({ event: 'notice', text: `${count} and on` });
				await journal.close();
				expect(await expectWhole(folder, 0)).toBe(count + 1);
				expect(readdirSync(folder).filter((name) => !/^journal\.(?:\d+\.)?jsonl$/.test(name))).toEqual(
					expect.toSatisfy((names: string[]) => names.every((name) => name.endsWith('.new'))),
				);
			});
		},
		110_000,
	);

	test.concurrent.each(CALLS.flatMap((call) => ['ENOSPC', 'EIO'].map((error) => [error, call] as const)))(
		'%s from any %s is told and tried again, and nothing is there twice',
		async (error, call) => {
			await atEachPoint(call, `error=${error}`, async ({ folder, told, exitCode }) => {
				// It may not even be opened: nothing is appended then.
				expect(told.length === 0 ? 'refused' : [exitCode, numbersOf(told).length]).toSatisfy(
					(end: unknown) => end === 'refused' || String(end) === `0,${ADDED}`,
				);
				await expectWhole(folder, numbersOf(told).length);
			});
		},
		110_000,
	);

	test('a disk that stays full is told once, and the line is whole when there is room', async () => {
		const folder = await copy();
		const { told } = await append(folder, inject(folder, 'write', 'error=ENOSPC:when=1..2'), ADDED);
		expect(told.filter((line) => !line.startsWith('on disk'))).toEqual([
			expect.stringContaining('trouble ENOSPC'),
			'over',
		]);
		expect(numbersOf(told)).toHaveLength(ADDED);
		await expectWhole(folder, ADDED);
	});
});

interface Point {
	readonly folder: string;
	/** What the program said until it ended. */
	readonly told: readonly string[];
	readonly exitCode: number | undefined;
}

const ADDED = 3;

/** Lets the program meet that at the first, second, third ... call of that kind on the journal's files, until there are none. */
async function atEachPoint(call: string, how: string, expectAll: (point: Point) => Promise<void>) {
	for (let point = 1, isMet = true; isMet; point++) {
		const folder = await copy();
		const run = await append(folder, inject(folder, call, `${how}:when=${point}`), ADDED);
		isMet = /INJECTED|killed by SIGKILL/.test(readFileSync(`${folder}.strace`, 'utf8'));
		await expectAll({ folder, ...run }).catch((error: unknown) => {
			throw new Error(`${call} ${point}: ${run.told.join(', ')}`, { cause: error });
		});
		expect(isMet || numbersOf(run.told).length === ADDED).toBe(true);
		await rm(folder, { recursive: true });
	}
}

function inject(folder: string, call: string, how: string): string[] {
	const names = ['journal.jsonl', 'journal.0001.jsonl'].flatMap((name) => [name, `${name}.new`]);
	const paths = [folder, ...names.map((name) => path.join(folder, name))].flatMap((file) => ['-P', file]);
	const which = ['-e', `trace=${call}`, '-e', `inject=${call}:${how}`];
	return ['strace', '-f', '-qq', '-o', `${folder}.strace`, ...paths, ...which];
}

async function append(folder: string, by: readonly string[], count: number) {
	const own = [process.execPath, PROGRAM, folder, `${count}`, `${LENGTH}`];
	const { stdout, exitCode } = await execa('env', [...by, ...own], {
		reject: false,
		stdin: 'ignore',
		// strace counts the calls of each thread.
		env: { UV_THREADPOOL_SIZE: '1' },
	});
	return { told: stdout.split('\n').filter((line) => line !== ''), exitCode };
}

let copies = 0;
async function copy(): Promise<string> {
	const folder = path.join(scratch, `${copies++}`);
	cpSync(path.join(scratch, 'template'), folder, { recursive: true });
	return folder;
}

function numbersOf(told: readonly string[]): string[] {
	return told.filter((line) => line.startsWith('on disk'));
}

/** All that was there, all that was said to be on disk, at most one more, each once and in order. How many. */
async function expectWhole(folder: string, added: number): Promise<number> {
	const { entries, lost } = await readWhole(folder);
	expect(lost).toEqual([]);
	expect(tellStory(entries).faults).toEqual([]);
	const recorded = entries.filter(({ event }) => event !== 'summed');
	expect(recorded.map(numberOf)).toEqual([...recorded.keys()]);
	expect(recorded.length).toBeGreaterThanOrEqual(THERE + added);
	expect(replay(await readJournal(folder))).toEqual(replay(recorded));
	expect(existsSync(path.join(folder, 'journal.jsonl'))).toBe(true);
	return recorded.length;
}

function numberOf(entry: Entry): number {
	return entry.event === 'notice' ? Number.parseInt(entry.text, 10) : Number.NaN;
}
