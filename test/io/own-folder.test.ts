import {
	existsSync,
	lstatSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { putAside } from '../../src/io/git/aside.ts';
import { ownFile, ownFolder } from '../../src/io/own-folder.ts';
import { scratch, scratchFolder } from '../helpers/scratch.ts';

test('a folder of the loop’s own is never one that a link leads to', async () => {
	const around = await scratchFolder();
	const [folder, elsewhere] = [path.join(around, 'logs'), path.join(around, 'elsewhere')];
	mkdirSync(elsewhere);
	for (const target of [elsewhere, 'nowhere']) {
		symlinkSync(target, folder);
		ownFolder(folder);
		expect(lstatSync(folder).isDirectory()).toBe(true);
		expect(existsSync(elsewhere)).toBe(true);
		writeFileSync(path.join(folder, 'kept'), '');
		ownFolder(folder);
		expect(readdirSync(folder)).toEqual(['kept']);
		rmSync(folder, { recursive: true });
	}
});

test('a file in its place is put into it', async () => {
	const folder = path.join(await scratchFolder(), 'logs');
	writeFileSync(folder, 'x');
	ownFolder(folder);
	const [name = 'none'] = readdirSync(folder);
	expect(readFileSync(path.join(folder, name), 'utf8')).toBe('x');
});

test('a file of the loop’s own is written neither through a link nor into a pipe', async () => {
	const around = await scratchFolder();
	const [file, elsewhere] = [path.join(around, 'log'), path.join(around, 'elsewhere')];
	writeFileSync(elsewhere, 'theirs');
	symlinkSync(elsewhere, file);
	ownFile(file, 'ours');
	expect([readFileSync(file, 'utf8'), readFileSync(elsewhere, 'utf8')]).toEqual(['ours', 'theirs']);
	expect(lstatSync(file).mode & 0o777).toBe(0o600);
});

test('what is put aside never leaves the work tree by a link', async () => {
	const { project, around, write } = await scratch();
	const elsewhere = path.join(around, 'elsewhere');
	mkdirSync(elsewhere);
	symlinkSync(elsewhere, path.join(project.logs, 'aside'));
	write('nested/x', 'x');
	putAside(project, path.join(project.root, 'nested'));
	expect(readdirSync(elsewhere)).toEqual([]);
	const [name = 'none'] = readdirSync(path.join(project.logs, 'aside'));
	expect(readFileSync(path.join(project.logs, 'aside', name, 'x'), 'utf8')).toBe('x');
});
