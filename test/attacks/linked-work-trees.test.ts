import { execa } from 'execa';
import { lstatSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { boxes, duringViolations, photograph } from '../helpers/checker.ts';
import { startLoop } from '../helpers/nightloop.ts';
import { type Repository, withRepository } from '../helpers/repository.ts';
import { behindEachWalls, inTime, planOf, told, type Walls, withStory } from './attack.ts';
import { inventory, losses, moveIn } from './belongings.ts';

/** In a work tree of `git worktree`, `.git` is a file that says where everything is. */
const attacks: [worker: string, line: RegExp][] = [
	['rewrites-the-git-file', /\.git\b/],
	['removes-the-git-directory', /\.git\b/],
	['makes-the-repository-anew', /\.git\b/],
	['sets-a-filter', /\.git\/config/],
	['cheats-by-committing', /moved refs\/heads\/linked/],
	['deletes-branches-and-tags', /deleted keepsake/],
];

behindEachWalls((walls) => {
	it.each(attacks)('nothing comes of a worker in a linked work tree that %s', (worker, line) =>
		withRepository(planOf({ worker }, walls), (repository) => withstandLinked(repository, line, walls)),
	);
});

async function withstandLinked(repository: Repository, line: RegExp, walls: Walls): Promise<void> {
	await moveIn(repository);
	await repository.git('worktree', 'add', '--quiet', '-b', 'linked', join(repository.scratch, 'linked'));
	const linked = workTree(repository, join(repository.scratch, 'linked'));
	const head = await linked.git('rev-parse', 'HEAD');
	const before = {
		...(await photograph(repository)),
		head,
		todo: await readFile(join(linked.path, 'todo.md')),
	};
	const owned = await inventory(repository);
	const configuration = await repository.read('.git/config');
	const pointer = await linked.read('.git');
	const refs = await refsBesides(linked);

	const loop = startLoop(linked);
	await withStory(loop, async () => {
		expect(await inTime(loop)).toMatchObject({ exitCode: 0 });
		expect(await repository.notes('tripped')).toEqual([]);
		expect(lstatSync(join(linked.path, '.git')).isFile()).toBe(true);
		expect(await linked.read('.git')).toBe(pointer);
		expect(await repository.read('.git/config')).toBe(configuration);
		expect(await refsBesides(linked)).toBe(refs);
		expect(await duringViolations(linked, before)).toEqual([]);
		expect(await losses(repository, owned, [])).toEqual([]);
		expect(boxes(await linked.read('todo.md'), 'x')).toHaveLength(1);
		expect(told(loop).filter((text) => line.test(text))).toHaveLength(walls === 'groups' ? 1 : 0);
	});
}

/** Branches, tags and stash, but for the branch that the loop works on. */
async function refsBesides({ git }: Repository): Promise<string> {
	const refs = (await git('for-each-ref', 'refs/heads', 'refs/tags', 'refs/stash')).split('\n');
	const stash = await git('stash', 'list', '--format=%H');
	return [...refs.filter((line) => !line.endsWith('\trefs/heads/linked')), stash].join('\n');
}

function workTree(repository: Repository, path: string): Repository {
	return {
		...repository,
		path,
		async git(...words) {
			const { env } = repository;
			return (await execa('git', words, { cwd: path, env, extendEnv: false, stdin: 'ignore' })).stdout;
		},
		read: (name) => readFile(join(path, name), 'utf8'),
		write: (name, text) => writeFile(join(path, name), text),
	};
}
