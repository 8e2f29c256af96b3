import { execFileSync } from 'node:child_process';
import {
	chmodSync,
	existsSync,
	lstatSync,
	mkdirSync,
	readFileSync,
	readdirSync,
	readlinkSync,
	rmSync,
	statSync,
	symlinkSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { beforeEach, describe, expect, test } from 'vitest';
import { openMirror } from '../../../src/io/room/mirror.ts';
import type { Mirror } from '../../../src/io/room/mirror.ts';
import { scratchFolder } from '../../helpers/scratch.ts';

let from: string;
let to: string;
let mirror: Mirror;

beforeEach(async () => {
	const folder = await scratchFolder();
	[from, to] = [path.join(folder, 'from'), path.join(folder, 'rooms/to')];
	mirror = openMirror(from, to);
	mkdirSync(path.join(from, 'deep/empty'), { recursive: true });
	writeFileSync(path.join(from, 'deep/file'), 'one');
	chmodSync(path.join(from, 'deep/file'), 0o755);
	symlinkSync('../nowhere', path.join(from, 'link'));
	await mirror.bring(NAMES);
});

describe('a mirror', () => {
	test('has folders, files with their modes and times, and links as they are', () => {
		const [source, copy] = [from, to].map((folder) => statSync(path.join(folder, 'deep/file')));
		expect(read('deep/file')).toBe('one');
		expect(copy).toMatchObject({ mode: source!.mode, size: 3 });
		expect(Math.abs(copy!.mtimeMs - source!.mtimeMs)).toBeLessThan(1);
		expect(readlinkSync(path.join(to, 'link'))).toBe('../nowhere');
		expect(existsSync(path.join(to, 'deep/empty'))).toBe(true);
	});

	test('shares nothing with what it was made from', () => {
		writeFileSync(path.join(to, 'deep/file'), 'scribbled');
		expect(readFileSync(path.join(from, 'deep/file'), 'utf8')).toBe('one');
		expect(lstatSync(path.join(to, 'deep/file')).ino).not.toBe(lstatSync(path.join(from, 'deep/file')).ino);
	});

	test('loses what is not in it, and gets what is new or changed', async () => {
		writeFileSync(path.join(to, 'deep/left over'), '');
		mkdirSync(path.join(to, 'deep/empty/left over'));
		writeFileSync(path.join(to, 'deep/file'), 'scribbled');
		writeFileSync(path.join(from, 'deep/new'), 'new');
		await mirror.bring(NAMES);
		expect(read('deep/file')).toBe('one');
		expect(read('deep/new')).toBe('new');
		expect(existsSync(path.join(to, 'deep/left over'))).toBe(false);
		expect(existsSync(path.join(to, 'deep/empty/left over'))).toBe(false);
	});

	test('follows a change of kind, both ways', async () => {
		rmSync(path.join(from, 'deep'), { recursive: true });
		writeFileSync(path.join(from, 'deep'), 'a file now');
		rmSync(path.join(from, 'link'));
		mkdirSync(path.join(from, 'link'));
		await mirror.bring(NAMES);
		expect(read('deep')).toBe('a file now');
		expect(lstatSync(path.join(to, 'link')).isDirectory()).toBe(true);
	});

	test('never writes through a link that was planted in it', async () => {
		const victim = path.join(from, '../victim');
		writeFileSync(victim, 'mine');
		rmSync(path.join(to, 'deep/file'));
		symlinkSync(victim, path.join(to, 'deep/file'));
		await mirror.bring(NAMES);
		expect([readFileSync(victim, 'utf8'), read('deep/file')]).toEqual(['mine', 'one']);
		expect(lstatSync(path.join(to, 'deep/file')).isFile()).toBe(true);
	});

	test('goes when what it was made from is gone', async () => {
		rmSync(path.join(from, 'deep'), { recursive: true });
		await mirror.bring(NAMES);
		expect(existsSync(path.join(to, 'deep'))).toBe(false);
	});

	test('is left as it is where nothing was done on either side', async () => {
		const { ino } = statSync(path.join(to, 'deep/file'));
		await mirror.bring(NAMES);
		expect(statSync(path.join(to, 'deep/file')).ino).toBe(ino);
	});

	test.each([
		['the copy', () => to],
		['what it was made from', () => from],
	])('is brought up to date although the times of %s were put back', async (_, side) => {
		const file = path.join(side(), 'deep/file');
		const { atime, mtime } = statSync(file);
		writeFileSync(file, 'two');
		utimesSync(file, atime, mtime);
		await mirror.bring(NAMES);
		expect(read('deep/file')).toBe(readFileSync(path.join(from, 'deep/file'), 'utf8'));
	});

	test('is the same for so many files that it takes threads', async () => {
		for (let n = 0; n < 2100; n++) writeFileSync(path.join(from, `deep/${n}`), `${n}`);
		await mirror.bring(NAMES);
		writeFileSync(path.join(from, 'deep/7'), 'changed');
		writeFileSync(path.join(to, 'deep/8'), 'changed');
		rmSync(path.join(to, 'deep/9'));
		writeFileSync(path.join(to, 'deep/left over'), '');
		await mirror.bring(NAMES);
		expect(['deep/7', 'deep/8', 'deep/9'].map(read)).toEqual(['changed', '8', '9']);
		expect(readdirSync(path.join(to, 'deep'))).toHaveLength(2102);
	});

	test.runIf(process.getuid?.() !== 0)('passes over what may not be read', async () => {
		chmodSync(path.join(from, 'deep/file'), 0o000);
		await mirror.bring(NAMES);
		expect(existsSync(path.join(to, 'deep/file'))).toBe(false);
	});

	test('passes over what is no file, link or folder', async () => {
		execFileSync('mkfifo', [path.join(from, 'deep/pipe')]);
		await mirror.bring(NAMES);
		expect(existsSync(path.join(to, 'deep/pipe'))).toBe(false);
	});

	test('says its own folder where a text or a link says the other', async () => {
		writeFileSync(path.join(from, 'deep/run'), `#!${from}/bin/python\n-I${from} ${from}2\n`, { mode: 0o755 });
		writeFileSync(path.join(from, 'deep/binary'), `\0${from}/bin`);
		symlinkSync(`${from}/deep/file`, path.join(from, 'deep/absolute'));
		await mirror.bring(NAMES);
		expect(read('deep/run')).toBe(`#!${to}/bin/python\n-I${to} ${from}2\n`);
		expect(statSync(path.join(to, 'deep/run')).mode & 0o777).toBe(0o755);
		expect(read('deep/binary')).toBe(`\0${from}/bin`);
		expect(readlinkSync(path.join(to, 'deep/absolute'))).toBe(`${to}/deep/file`);
	});
});

const NAMES = ['deep', 'link'];

function read(name: string): string {
	return readFileSync(path.join(to, name), 'utf8');
}
