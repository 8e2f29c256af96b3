import {
	chmodSync,
	existsSync,
	lstatSync,
	mkdirSync,
	readFileSync,
	readlinkSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { mirror } from '../../src/io/mirror.ts';
import { quieten, scratchFolder } from '../helpers/scratch.ts';

let from: string;
let to: string;

beforeEach(async () => {
	const folder = await scratchFolder();
	[from, to] = [path.join(folder, 'from'), path.join(folder, 'rooms/to')];
	mkdirSync(path.join(from, 'deep/empty'), { recursive: true });
	writeFileSync(path.join(from, 'deep/file'), 'one');
	chmodSync(path.join(from, 'deep/file'), 0o755);
	symlinkSync('../nowhere', path.join(from, 'link'));
	await mirror(from, to);
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
		writeFileSync(path.join(to, 'left over'), '');
		mkdirSync(path.join(to, 'deep/empty/left over'));
		writeFileSync(path.join(to, 'deep/file'), 'scribbled');
		writeFileSync(path.join(from, 'deep/new'), 'new');
		await mirror(from, to);
		expect(read('deep/file')).toBe('one');
		expect(read('deep/new')).toBe('new');
		expect(existsSync(path.join(to, 'left over'))).toBe(false);
		expect(existsSync(path.join(to, 'deep/empty/left over'))).toBe(false);
	});

	test('follows a change of kind, both ways', async () => {
		rmSync(path.join(from, 'deep'), { recursive: true });
		writeFileSync(path.join(from, 'deep'), 'a file now');
		rmSync(path.join(from, 'link'));
		mkdirSync(path.join(from, 'link'));
		await mirror(from, to);
		expect(read('deep')).toBe('a file now');
		expect(lstatSync(path.join(to, 'link')).isDirectory()).toBe(true);
	});

	test('never writes through a link that was planted in it', async () => {
		const victim = path.join(from, '../victim');
		writeFileSync(victim, 'mine');
		rmSync(path.join(to, 'deep/file'));
		symlinkSync(victim, path.join(to, 'deep/file'));
		await mirror(from, to);
		expect([readFileSync(victim, 'utf8'), read('deep/file')]).toEqual(['mine', 'one']);
		expect(lstatSync(path.join(to, 'deep/file')).isFile()).toBe(true);
	});

	test('goes when what it was made from is gone', async () => {
		await mirror(path.join(from, 'never'), to);
		expect(existsSync(to)).toBe(false);
	});

	test('takes a file of the same size and time for the same', async () => {
		for (const folder of [from, to]) quieten(path.join(folder, 'deep/file'));
		const { ino } = statSync(path.join(to, 'deep/file'));
		await mirror(from, to);
		expect(statSync(path.join(to, 'deep/file')).ino).toBe(ino);
	});
});

function read(name: string): string {
	return readFileSync(path.join(to, name), 'utf8');
}
