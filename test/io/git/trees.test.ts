import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Git } from '../../../src/io/git/git.ts';
import { openObjects } from '../../../src/io/git/objects.ts';
import { openTrees, Unreadable } from '../../../src/io/git/trees.ts';
import { scratchFolder } from '../../helpers/scratch.ts';

const FILES = ['README', 'a-b', 'a.b', 'a/x', 'a0', 'plans/deep/todo.md', 'sub/other.md', 'sub/todo.md', 'z'];

describe.each(['sha1', 'sha256'])('trees of %s', (format) => {
	const repository = async () => {
		const folder = await scratchFolder();
		const run = (...words: string[]) =>
			execFileSync('git', words, {
				cwd: folder,
				encoding: 'utf8',
				env: { PATH: process.env['PATH'] },
			}).trim();
		const git: Git = async (args, options) =>
			execFileSync('git', args, {
				cwd: folder,
				encoding: 'latin1',
				input: options?.input ?? '',
				maxBuffer: 1e8,
			});
		run('init', '--quiet', `--object-format=${format}`);
		const treeOf = (files: Readonly<Record<string, string>>) => {
			rmSync(path.join(folder, '.git/index'), { force: true });
			for (const [name, text] of Object.entries(files)) {
				mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
				writeFileSync(path.join(folder, name), text);
				run('add', '--force', name);
			}
			return run('write-tree');
		};
		return { treeOf, trees: openTrees(openObjects(git)) };
	};
	const all = (text: string) => Object.fromEntries(FILES.map((name) => [name, text]));

	test.each(FILES)('with %s as in another one are the trees that git makes', async (name) => {
		const { treeOf, trees } = await repository();
		const { [name]: _, ...others } = all('new\n');
		const [before, after, mixed, none] = [
			treeOf(all('old\n')),
			treeOf(all('new\n')),
			treeOf({ ...all('new\n'), [name]: 'old\n' }),
			treeOf(others),
		];
		expect(await trees.withPathOf(after, before, name)).toBe(mixed);
		expect(await trees.withPathOf(after, none, name)).toBe(none);
		expect(await trees.withPathOf(none, after, name)).toBe(after);
		expect([...(await trees.difference(before, mixed)).keys()].toSorted()).toEqual(
			FILES.filter((each) => each !== name),
		);
		expect(await trees.at(none, name)).toBeNull();
		expect(await trees.at(after, name)).toMatchObject({ mode: '100644' });
	});

	test('that are left with nothing are the empty one', async () => {
		const { treeOf, trees } = await repository();
		const [only, empty] = [treeOf({ 'plans/todo.md': 'x' }), treeOf({})];
		expect(await trees.withPathOf(only, empty, 'plans/todo.md')).toBe(empty);
	});

	test('that are not here are unreadable', async () => {
		const { treeOf, trees } = await repository();
		const missing = 'a'.repeat(format === 'sha1' ? 40 : 64);
		await expect(trees.difference(treeOf({ a: 'x' }), missing)).rejects.toThrow(Unreadable);
	});
});
