import { execa } from 'execa';
import fc from 'fast-check';
import { existsSync, lstatSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Landing } from '../../../src/core/run/landings.ts';
import { asLanding } from '../../../src/core/run/landings.ts';
import type { CommitId, Sealed } from '../../../src/core/types.ts';
import { commitNamed, commitsTouching, landingsOnBranch } from '../../../src/io/git/loop-commits.ts';
import { obstaclesTo, takeBack, treeAfter } from '../../../src/io/git/take-back.ts';
import { sealUndo } from '../../../src/io/git/undo.ts';
import { idOf, scratch } from '../../helpers/scratch.ts';
import type { Scratch } from '../../helpers/scratch.ts';

describe('an undo', () => {
	test('is one commit on HEAD, without the code and with the list as it is on disk', async () => {
		const place = await scratch();
		const landing = await land(place, () => place.write('new.txt', 'new\n'));
		await commit(place, () => place.write('later.txt', 'later\n'));
		place.write('todo.md', '- [x] Add\n- [ ] Bend\n- [ ] Cure\n');
		const sealed = await sealedUndo(place, landing);
		expect(sealed).toMatchObject({ branch: 'refs/heads/main', list: 'todo.md', head: await head(place) });
		expect(await takeBack(place.project, sealed)).toEqual({ kind: 'taken back', theirs: [] });
		expect(await head(place)).toBe(sealed.commit);
		expect(await place.git('show', '--format=', '--name-status')).toBe('D\tnew.txt\nM\ttodo.md');
		expect(await place.git('show', 'HEAD:todo.md')).toBe('- [ ] Add\n- [ ] Bend\n- [ ] Cure');
		expect(await place.git('status', '--porcelain')).toBe(' M todo.md');
		expect(await place.git('reflog', '-1', '--format=%gs')).toBe('nightloop: undo');
	});

	test('follows a file that was renamed since', async () => {
		const place = await scratch({ 'long.txt': LINES });
		const landing = await land(place, () => place.write('long.txt', LINES.replace('line 5', 'line five')));
		await commit(place, () => renameSync(file(place, 'long.txt'), file(place, 'other.txt')));
		await takeBack(place.project, await sealedUndo(place, landing));
		expect(place.read('other.txt')).toBe(LINES);
	});

	test('keeps what came later in the same file', async () => {
		const place = await scratch({ 'long.txt': LINES });
		const landing = await land(place, () => place.write('long.txt', LINES.replace('line 5', 'line five')));
		await commit(place, () =>
			place.write('long.txt', place.read('long.txt').replace('line 20', 'line twenty')),
		);
		await takeBack(place.project, await sealedUndo(place, landing));
		expect(place.read('long.txt')).toBe(LINES.replace('line 20', 'line twenty'));
	});

	test('conflicts where the same lines were changed again, and moves nothing', async () => {
		const place = await scratch();
		const landing = await land(place, () => place.write('a.txt', 'two\n'));
		await commit(place, () => place.write('a.txt', 'three\n'));
		const before = await place.git('for-each-ref');
		expect(await undoOf(place, landing)).toEqual({ kind: 'conflict', files: ['a.txt'] });
		expect(await place.git('for-each-ref')).toBe(before);
		expect(await place.git('status', '--porcelain')).toBe('');
		expect(await commitsTouching(place.project, landing.commit, ['a.txt'])).toMatchObject([
			{ subject: 'more' },
		]);
	});

	test('never conflicts over steering files', async () => {
		const place = await scratch({ 'prompts/worker.md': 'one\n' });
		const landing = await land(place, () => {
			place.write('new.txt', 'new\n');
			place.write('todo.md', '- [x] Add\n- [ ] Bend\n');
			place.write('prompts/worker.md', 'two\n');
		});
		await commit(place, () => {
			place.write('todo.md', '# Another list\n');
			place.write('prompts/worker.md', 'three\n');
		});
		const sealed = await sealedUndo(place, landing);
		expect(await place.git('diff', '--name-status', sealed.head, sealed.commit)).toBe('D\tnew.txt');
	});

	test('has nothing to take back where it was reverted by hand, and says so with its list', async () => {
		const place = await scratch();
		const landing = await land(place, () => place.write('a.txt', 'two\n'));
		await commit(place, () => place.write('a.txt', 'one\n'));
		place.write('todo.md', '- [x] Add\n- [ ] Bend\n');
		const sealed = await sealedUndo(place, landing);
		expect(await place.git('diff', '--name-only', sealed.head, sealed.commit)).toBe('');
		expect(await takeBack(place.project, sealed)).toEqual({ kind: 'taken back', theirs: [] });
	});

	test('takes files of any name', async () => {
		const place = await scratch();
		const name = Buffer.concat([
			Buffer.from(`${place.project.root}/caf`),
			Buffer.from([0xe9]),
			Buffer.from('\n"'),
		]);
		const landing = await land(place, () => writeFileSync(name, 'x'));
		expect(lstatSync(name).isFile()).toBe(true);
		await takeBack(place.project, await sealedUndo(place, landing));
		expect(lstatSync(name, { throwIfNoEntry: false })).toBeUndefined();
		expect(await place.git('status', '--porcelain')).toBe('');
	});

	test('brings a submodule’s entry back, and leaves the submodule itself alone', async () => {
		const place = await scratch();
		const old = await head(place);
		await commit(place, async () => {
			await place.git('update-index', '--add', '--cacheinfo', `160000,${old},module`);
			mkdirSync(file(place, 'module'));
		});
		const next = await head(place);
		const landing = await land(place, async () => {
			await place.git('update-index', '--cacheinfo', `160000,${next},module`);
		});
		expect(await takeBack(place.project, await sealedUndo(place, landing))).toMatchObject({
			kind: 'taken back',
		});
		expect(await place.git('ls-files', '-s', 'module')).toContain(old);
		expect(existsSync(file(place, 'module'))).toBe(true);
	});
});

describe('what conflicts', () => {
	test('is named as it is in the tree, also where a file and a folder are in each other’s way', async () => {
		const place = await scratch({ plain: 'plain\n' });
		const landing = await land(place, () => rmSync(file(place, 'plain')));
		await commit(place, () => place.write('plain/inside.txt', 'in a folder now\n'));
		expect(await undoOf(place, landing)).toEqual({ kind: 'conflict', files: ['plain'] });
	});
});

describe('in its way', () => {
	test.each<[string, (place: Scratch) => unknown, string[]]>([
		['is a file that was changed', (place) => place.write('kept.txt', 'mine\n'), ['kept.txt']],
		['is a file that was removed', (place) => rmSync(file(place, 'kept.txt')), ['kept.txt']],
		[
			'is a change that is staged alone',
			async (place) => {
				place.write('kept.txt', 'mine\n');
				await place.git('add', 'kept.txt');
				place.write('kept.txt', 'after\n');
			},
			['kept.txt'],
		],
		['is a file where one is to be', (place) => place.write('gone/one.txt', 'mine\n'), ['gone/one.txt']],
		['is a file where a folder is to be', (place) => place.write('gone', 'mine\n'), ['gone']],
		['is a folder where a file is to be', (place) => place.write('alone.txt/mine', ''), ['alone.txt/mine']],
		['is no empty folder', (place) => mkdirSync(file(place, 'alone.txt')), []],
		['is no change elsewhere', (place) => place.write('a.txt', 'mine\n'), []],
	])('%s', async (_name, act, expected) => {
		const place = await scratch({ 'kept.txt': 'before\n', 'gone/one.txt': 'one\n', 'alone.txt': 'alone\n' });
		const landing = await land(place, () => {
			place.write('kept.txt', 'after\n');
			rmSync(file(place, 'gone'), { recursive: true });
			rmSync(file(place, 'alone.txt'));
		});
		const sealed = await sealedUndo(place, landing);
		await act(place);
		expect(await obstaclesTo(place.project, sealed)).toEqual(expected);
		expect(await takeBack(place.project, sealed)).toMatchObject(
			expected.length === 0 ? { kind: 'taken back', theirs: [] } : { kind: 'stale' },
		);
		expect(await head(place)).toBe(expected.length === 0 ? sealed.commit : sealed.head);
	});
});

describe('asked for again', () => {
	test('whatever was done of it, and whatever not, it does the rest', async () => {
		const { place, sealed } = await shuffled();
		const names = (await place.git('diff', '--name-only', '--no-renames', sealed.head, sealed.commit)).split(
			'\n',
		);
		const begin = async () => {
			await place.git('update-ref', 'refs/heads/main', sealed.head);
			await place.git('reset', '--quiet', '--hard');
			await place.git('clean', '-fdq');
		};
		const subset = fc.subarray(names.filter((name) => name !== 'todo.md'));
		await fc.assert(
			fc.asyncProperty(subset, fc.boolean(), async (brought, isFollowed) => {
				await begin();
				await place.git('update-ref', 'refs/heads/main', sealed.commit);
				if (isFollowed) await place.git('reset', '--quiet', '--mixed');
				for (const name of brought) await bring(place, sealed, name);
				for (let time = 0; time < 2; time++)
					expect(await takeBack(place.project, sealed)).toEqual({ kind: 'taken back', theirs: [] });
				await isWhole(place);
			}),
			{ numRuns: 25 },
		);
	});

	test('it leaves what a person changed meanwhile, and names it', async () => {
		const { place, sealed } = await shuffled();
		await place.git('update-ref', 'refs/heads/main', sealed.commit);
		place.write('changed.txt', 'mine\n');
		expect(await takeBack(place.project, sealed)).toEqual({ kind: 'taken back', theirs: ['changed.txt'] });
		expect(await place.git('status', '--porcelain')).toBe(' M changed.txt');
	});

	test('it leaves what a person committed on top', async () => {
		const { place, sealed } = await shuffled();
		await takeBack(place.project, sealed);
		await commit(place, () => place.write('changed.txt', 'mine\n'));
		expect(await takeBack(place.project, sealed)).toEqual({ kind: 'taken back', theirs: [] });
		expect(await place.git('status', '--porcelain')).toBe('');
		expect(place.read('changed.txt')).toBe('mine\n');
	});

	test('it is stale where the branch went on without it', async () => {
		const { place, sealed } = await shuffled();
		await commit(place, () => place.write('b.txt', ''));
		expect(await takeBack(place.project, sealed)).toMatchObject({ kind: 'stale' });
	});

	test('it is busy while another git holds the index, or the branch', async () => {
		const { place, sealed } = await shuffled();
		for (const name of ['index.lock', 'refs/heads/main.lock']) {
			place.write(`.git/${name}`, '');
			expect(await takeBack(place.project, sealed)).toMatchObject({ kind: 'busy' });
			rmSync(file(place, `.git/${name}`));
		}
		expect(await takeBack(place.project, sealed)).toMatchObject({ kind: 'taken back' });
	});
});

test('a work tree that was known is known with what an undo changed in it', async () => {
	const { place, sealed } = await shuffled();
	place.write('unlanded.txt', 'half\n');
	await place.git('add', '--all');
	const before = await place.git('write-tree');
	await place.git('reset', '--quiet');
	await takeBack(place.project, sealed);
	const after = await treeAfter(place.project, before as Parameters<typeof treeAfter>[1], sealed);
	expect(await place.git('diff', '--name-status', sealed.commit, after)).toBe('A\tunlanded.txt');
});

describe('what landed is told by trailers', () => {
	test('of commits that have one parent and one task', async () => {
		const place = await scratch();
		const landing = await land(place, () => place.write('a.txt', 'two\n'));
		const { standing, undoneBy } = await landingsOnBranch(place.project, landing.task);
		expect([standing, undoneBy.size]).toEqual([[landing], 0]);
		await takeBack(place.project, await sealedUndo(place, landing));
		const after = await landingsOnBranch(place.project, landing.task);
		expect([after.standing, [...after.undoneBy.keys()]]).toEqual([[], [landing.commit]]);
	});

	test('whatever a message says elsewhere, or a person configured', async () => {
		const place = await scratch();
		await place.git('config', 'log.showSignature', 'true');
		await place.git('config', 'grep.patternType', 'perl');
		const { task } = await land(place, () => place.write('a.txt', 'two\n'));
		await place.git(
			'commit',
			'--quiet',
			'--allow-empty',
			'-m',
			`Quote\n\n> Nightloop-Task: ${task}\n\nand more`,
		);
		expect((await landingsOnBranch(place.project, task)).standing).toHaveLength(1);
		expect(await commitNamed(place.project, 'HEAD')).toMatchObject({ subject: 'Quote', tasks: [] });
		expect(await commitNamed(place.project, 'no such')).toBeNull();
	});
});

const LINES = Array.from({ length: 30 }, (_, index) => `line ${index}\n`).join('');

/** An undo of a task that did all that can be done to files. */
async function shuffled(): Promise<{ place: Scratch; sealed: Sealed }> {
	const place = await scratch({
		'changed.txt': 'before\n',
		'gone.txt': 'gone\n',
		'run.sh': 'true\n',
		'folder/one.txt': 'one\n',
		'folder/deep/two.txt': 'two\n',
		plain: 'plain\n',
		'to-link': 'a file\n',
	});
	const landing = await land(place, async () => {
		place.write('changed.txt', 'after\n');
		for (const name of ['gone.txt', 'folder', 'plain', 'to-link'])
			rmSync(file(place, name), { recursive: true });
		place.write('folder', 'a file now\n');
		place.write('plain/inside.txt', 'in a folder now\n');
		place.write('new/deep/file.txt', 'new\n');
		symlinkSync('run.sh', file(place, 'to-link'));
		await place.git('add', '--chmod=+x', 'run.sh');
		await place.git('checkout-index', '--force', 'run.sh');
	});
	return { place, sealed: await sealedUndo(place, landing) };
}

async function isWhole(place: Scratch): Promise<void> {
	expect(await place.git('status', '--porcelain', '--untracked-files=all')).toBe('');
	expect(await place.git('diff', 'HEAD~2', 'HEAD')).toBe('');
	expect([lstatSync(file(place, 'run.sh')).mode & 0o111, lstatSync(file(place, 'to-link')).isFile()]).toEqual(
		[0, true],
	);
	expect([existsSync(file(place, 'new')), place.read('folder/deep/two.txt')]).toEqual([false, 'two\n']);
}

/** One file as the commit has it, as far as nothing is in its way. */
async function bring(place: Scratch, sealed: Sealed, name: string): Promise<void> {
	if (isBlocked(place, name)) return;
	const isThere = (await place.git('ls-tree', sealed.commit, '--', name)).includes(' blob ');
	if (!isThere) return rmSync(file(place, name), { force: true });
	const index = path.join(place.around, 'one.index');
	const env = { GIT_INDEX_FILE: index };
	await execa('git', ['read-tree', sealed.commit], { cwd: place.project.root, env });
	await execa('git', ['checkout-index', '--force', name], { cwd: place.project.root, env });
}

function isBlocked(place: Scratch, name: string): boolean {
	const found = (each: string) => lstatSync(file(place, each), { throwIfNoEntry: false });
	const above = name.includes('/') ? [name.slice(0, name.indexOf('/'))] : [];
	return above.some((each) => found(each)?.isDirectory() === false) || found(name)?.isDirectory() === true;
}

/** A commit with the trailer of the task `Add`. */
async function land(place: Scratch, act: () => unknown): Promise<Landing> {
	const task = idOf(place.read('todo.md'), 'Add');
	await act();
	await place.git('add', '--all', '--', ':!module');
	await place.git(
		'commit',
		'--quiet',
		'--allow-empty',
		'-m',
		`Add\n\nNightloop-Task: ${task}\nNightloop-Attempt: 1`,
	);
	const landing = asLanding((await commitNamed(place.project, 'HEAD'))!);
	if (!landing) throw new Error('it did not land');
	return landing;
}

async function commit(place: Scratch, act: () => unknown): Promise<void> {
	await act();
	await place.git('add', '--all', '--', ':!module');
	await place.git('commit', '--quiet', '--allow-empty', '-m', 'more');
}

function undoOf(place: Scratch, landing: Landing): ReturnType<typeof sealUndo> {
	return sealUndo(place.project, landing, {
		why: '',
		ownList: null,
		marking: {
			as: ' ',
			optional: false,
			boxes: ({ tasks }) => tasks.filter(({ id }) => id === landing.task),
		},
	});
}

async function sealedUndo(place: Scratch, landing: Landing): Promise<Sealed> {
	const reversal = await undoOf(place, landing);
	if (reversal.kind === 'conflict') throw new Error(reversal.files.join());
	return reversal.sealed;
}

async function head(place: Scratch): Promise<CommitId> {
	return (await place.git('rev-parse', 'HEAD')) as CommitId;
}

function file(place: Scratch, name: string): string {
	return path.join(place.project.root, name);
}
