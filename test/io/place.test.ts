import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import { findPlace } from '../../src/io/place.ts';
import { findProject } from '../../src/io/project.ts';
import { scratch, scratchFolder } from '../helpers/scratch.ts';

test('a place is what the project is, found without a git', async () => {
	const { project } = await scratch({ 'sub/b.txt': 'b\n' });
	for (const [folder, todo] of [[project.root], [path.join(project.root, 'sub'), '../other.md']] as const)
		expect(await findProject(folder, todo)).toMatchObject(await findPlace(folder, todo));
});

test('a linked work tree, and a submodule, has a record of its own', async () => {
	const { project, git, around } = await scratch();
	const linked = path.join(around, 'linked');
	await git('worktree', 'add', '--quiet', linked);
	const inside = await findProject(linked, undefined);
	expect(inside.state).not.toBe(project.state);
	expect(inside).toMatchObject(await findPlace(linked, undefined));
	await git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', project.root, 'module');
	const module = path.join(project.root, 'module');
	expect(await findProject(module, undefined)).toMatchObject(await findPlace(module, undefined));
});

test('without a -C folder and a list, the nearest folder that a loop worked in is meant', async () => {
	const { project } = await scratch({ 'sub/deep/b.txt': 'b\n' });
	const deep = path.join(project.root, 'sub/deep');
	const from = async (folder: string, given?: string, todo?: string) => {
		const before = process.cwd();
		process.chdir(folder);
		try {
			return (await findPlace(given, todo)).folder;
		} finally {
			process.chdir(before);
		}
	};
	expect(await from(deep)).toBe(project.root);
	expect(await from(deep, '.')).toBe(deep);
	expect(await from(deep, undefined, 'list.md')).toBe(deep);
	mkdirSync(path.join(project.root, 'sub/.nightloop'));
	expect(await from(deep)).toBe(path.join(project.root, 'sub'));
});

test('where there is no repository, a person is told', async () => {
	const folder = await scratchFolder();
	await expect(findPlace(folder, undefined)).rejects.toThrow(UserError);
	await expect(findPlace(path.join(folder, 'absent'), undefined)).rejects.toThrow(/no folder/);
	mkdirSync(path.join(folder, '.git'));
	await expect(findPlace(folder, undefined)).rejects.toThrow(UserError);
});

test('what is no folder is told from one that is not there', async () => {
	const { project } = await scratch({ 'b.txt': 'b\n' });
	for (const find of [findPlace, findProject]) {
		await expect(find(path.join(project.root, 'b.txt'), undefined)).rejects.toThrow(/b\.txt is no folder/);
		await expect(find(path.join(project.root, 'b.txt/c'), undefined)).rejects.toThrow(/There is no folder/);
	}
});
