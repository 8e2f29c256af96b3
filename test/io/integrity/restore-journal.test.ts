import {
	appendFileSync,
	mkdirSync,
	readFileSync,
	rmSync,
	statSync,
	truncateSync,
	writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { noteBefore, noteRecorded, recoverJournal } from '../../../src/io/integrity/integrity.ts';
import { shadowOf } from '../../../src/io/integrity/shadow.ts';
import { openJournal, readWhole } from '../../../src/io/journal.ts';
import { position } from '../../../src/io/git/position.ts';
import { scratch } from '../../helpers/scratch.ts';
import type { Scratch } from '../../helpers/scratch.ts';

/** More than what a journal is closed as a part at. */
const LONG = 'x'.repeat(1_100_000);
let place: Scratch;

beforeEach(async () => {
	place = await scratch();
	await record('one', 'two');
	await begin('everything');
});

describe('a journal that a session can write to', () => {
	test.each([
		['nothing was recorded since', []],
		['more was', ['three']],
		['it was closed as a part since', ['three', LONG, 'four']],
	])('is left as it is where it is whole: %s', async (_, more) => {
		await record(...more);
		await expectLeft();
	});

	test('is left as it is where its shadow could not follow', async () => {
		rmSync(shadow());
		mkdirSync(shadow());
		await record('three');
		await expectLeft();
	});

	test('is left as it is where a crash tore its last line', async () => {
		appendFileSync(file(), '12345678 {"v":2,"event":"not');
		await expectLeft();
	});

	test('has again what the session changed, and in between what only the journal has', async () => {
		await record('three');
		const followed = readFileSync(shadow());
		await record('four', 'five');
		writeFileSync(shadow(), followed);
		change('two', '222');
		change('four', '4444');
		await expectBack('one', 'two', 'three', 'five');
	});

	test('has again what its shadow has where it became longer than can be read', async () => {
		await record('three');
		truncateSync(file(), 3 * 1024 ** 3);
		await expectBack('one', 'two', 'three');
	});

	test('is left as it is where its shadow became so', async () => {
		truncateSync(shadow(), 3 * 1024 ** 3);
		await expectLeft();
	});

	test('has again all up to where its shadow was torn', async () => {
		await record('three');
		appendFileSync(shadow(), '12345678 {"v":2,"event":"not');
		change('one', '111');
		await expectBack('one', 'two', 'three');
	});

	test.each([
		['the sum', () => change('summed', 'sunned')],
		['what came after it', () => change('four', '4444')],
		['the part', () => rmSync(path.join(place.project.state, 'journal.0001.jsonl'))],
	])('is whole again where it was closed as a part, and %s is not as it was', async (_, deed) => {
		await record(LONG);
		await record('four', 'five');
		deed();
		await expectBack('one', 'two', LONG, 'four', 'five');
	});

	test('is whole again where its shadow knows nothing of what was closed as a part', async () => {
		const cast = readFileSync(shadow());
		await record(LONG);
		await record('four', 'five', 'six');
		writeFileSync(shadow(), cast);
		change('five', '5555');
		await expectBack('one', 'two', LONG, 'four', 'six');
	});
});

test.each(['work tree', 'nothing'] as const)(
	'one that no session could write to (%s) is left for a person to see',
	async (reach) => {
		await begin(reach);
		change('one', '111');
		await expectLeft();
	},
);

test('one without a shadow is left for a person to see', async () => {
	rmSync(shadowOf(place.project), { recursive: true });
	change('one', '111');
	await expectLeft();
});

async function begin(reach: Parameters<typeof noteBefore>[2]): Promise<void> {
	await noteBefore(place.project, await position(place.project), reach);
}

async function record(...texts: string[]): Promise<void> {
	const journal = await openJournal(place.project.state);
	for (const text of texts) noteRecorded(place.project, await journal.append({ event: 'notice', text }));
	await journal.close();
}

function change(from: string, to: string): void {
	writeFileSync(file(), readFileSync(file(), 'latin1').replace(from, to), 'latin1');
}

async function expectLeft(): Promise<void> {
	const before = [statSync(file()).ino, readFileSync(file(), 'latin1')];
	// As the next start sees it.
	expect(await recoverJournal({ ...place.project })).toEqual([]);
	expect([statSync(file()).ino, readFileSync(file(), 'latin1')]).toEqual(before);
}

async function expectBack(...texts: string[]): Promise<void> {
	expect(await recoverJournal({ ...place.project })).toEqual([
		'nightloop/journal.jsonl was changed by the session: put back',
	]);
	const { entries, lost } = await readWhole(place.project.state);
	expect(lost).toEqual([]);
	expect(entries.flatMap((entry) => (entry.event === 'notice' ? [entry.text] : []))).toEqual(texts);
	await expectLeft();
}

function file(): string {
	return path.join(place.project.state, 'journal.jsonl');
}

function shadow(): string {
	return shadowOf(place.project, file());
}
