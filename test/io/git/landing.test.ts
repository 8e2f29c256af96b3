import { execa } from 'execa';
import { linkSync, rmSync, symlinkSync, renameSync, writeFileSync, existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Attempt, Candidate, CommitId, Sealed } from '../../../src/core/types.ts';
import { propose } from '../../../src/io/git/candidate.ts';
import type { Git } from '../../../src/io/git/git.ts';
import { land, seal } from '../../../src/io/git/landing.ts';
import { openPrivateIndex } from '../../../src/io/git/private-index.ts';
import { openMarker } from '../../../src/io/steering/marker.ts';
import { quieten, scratch } from '../../helpers/scratch.ts';
import type { Scratch } from '../../helpers/scratch.ts';

const MESSAGE = 'Add\n\nNightloop-Task: 1\n';

describe('what lands', () => {
	test('is the candidate, the ticked list, and nothing else', async () => {
		const place = await scratch();
		const { attempt, candidate, sealed } = await sealedWork(place);
		expect(await land(place.project, attempt, candidate, sealed, false)).toEqual({ kind: 'landed' });
		expect(await place.git('rev-parse', 'refs/heads/main')).toBe(sealed.commit);
		expect(await place.git('diff', '--name-only', candidate.tree, 'HEAD')).toBe('todo.md');
		expect(await place.git('show', 'HEAD:todo.md')).toBe('- [x] Add\n- [ ] Bend');
		expect(await place.git('log', '-1', '--format=%an, %cn, %P, %B')).toBe(
			`A Person, nightloop, ${candidate.base}, ${MESSAGE}`,
		);
	});

	test('leaves the work tree clean once the box is ticked', async () => {
		const place = await scratch({ 'gone.txt': '' });
		rmSync(path.join(place.project.root, 'gone.txt'));
		place.write('new.txt', 'new\n');
		const { attempt, candidate, sealed } = await sealedWork(place);
		await land(place.project, attempt, candidate, sealed, false);
		expect(await place.git('status', '--porcelain')).toBe(' M todo.md');
		quieten(place.project.todo);
		await openMarker(place.project.todo).mark(attempt.task, 'x', false);
		expect(await place.git('status', '--porcelain')).toBe('');
	});

	test('has the list as it is on disk, with the edits of a person', async () => {
		const place = await scratch();
		place.write('todo.md', '- [ ] Dig\n- [ ] Add\n');
		const { attempt, candidate, sealed } = await sealedWork(place);
		await land(place.project, attempt, candidate, sealed, false);
		expect(await place.git('show', 'HEAD:todo.md')).toBe('- [ ] Dig\n- [x] Add');
	});

	test.each(['ignored', 'a link'])('leaves the list alone where it is %s', async (how) => {
		const place = await scratch(how === 'ignored' ? { '.gitignore': 'todo.md\n' } : {});
		if (how === 'a link') {
			renameSync(place.project.todo, path.join(place.around, 'list.md'));
			symlinkSync('../list.md', place.project.todo);
			await place.git('commit', '--quiet', '--all', '--message', 'a link');
		}
		const { attempt, candidate, sealed } = await sealedWork(place);
		expect(await land(place.project, attempt, candidate, sealed, false)).toEqual({ kind: 'landed' });
		expect(await place.git('rev-parse', 'HEAD^{tree}')).toBe(candidate.tree);
	});

	test('may have any name', async () => {
		const place = await scratch();
		const name = Buffer.concat([
			Buffer.from(`${place.project.root}/caf`),
			Buffer.from([0xe9]),
			Buffer.from('\n"'),
		]);
		writeFileSync(name, 'x');
		const { attempt, candidate, sealed } = await sealedWork(place);
		await land(place.project, attempt, candidate, sealed, false);
		expect(await place.git('status', '--porcelain', '--', ':!todo.md')).toBe('');
	});
});

describe('of the person', () => {
	test('staged and unstaged changes, and the stash, are as before', async () => {
		const place = await scratch({ 'b.txt': 'b\n', 'c.txt': 'c\n' });
		place.write('b.txt', 'stashed\n');
		await place.git('stash', '--quiet');
		place.write('b.txt', 'staged\n');
		await place.git('add', 'b.txt');
		const { attempt, candidate, sealed } = await sealedWork(place);
		place.write('a.txt', 'edited later\n');
		place.write('c.txt', 'edited later\n');
		await land(place.project, attempt, candidate, sealed, false);
		expect(await place.git('show', ':b.txt')).toBe('staged');
		expect(await place.git('show', 'HEAD:a.txt')).toBe('work');
		expect(await place.git('diff', '--name-only')).toBe('a.txt\nc.txt\ntodo.md');
		expect(place.read('a.txt')).toBe('edited later\n');
		expect(await place.git('stash', 'list')).toContain('stash@{0}');
	});

	test('a file staged otherwise than it landed stays staged so', async () => {
		const place = await scratch();
		place.write('a.txt', 'staged\n');
		await place.git('add', 'a.txt');
		const { attempt, candidate, sealed } = await sealedWork(place);
		await land(place.project, attempt, candidate, sealed, false);
		expect([await place.git('show', ':a.txt'), await place.git('show', 'HEAD:a.txt')]).toEqual([
			'staged',
			'work',
		]);
	});

	test('a git that is killed when it has moved the branch has not failed to: nothing lands twice', async () => {
		const place = await scratch();
		const { attempt, candidate, sealed } = await sealedWork(place);
		const git: Git = async (args, options) => {
			const output = await place.project.git(args, options);
			if (args[0] !== 'update-ref') return output;
			const died = { name: 'GitError' as const, stderr: '', exitCode: null };
			throw Object.assign(new Error('killed'), died);
		};
		const dying = land({ ...place.project, git }, attempt, candidate, sealed, false);
		await expect(dying).rejects.toThrow('killed');
		expect(await land(place.project, attempt, candidate, sealed, false)).toEqual({ kind: 'landed' });
		expect(await place.git('rev-parse', 'HEAD')).toBe(sealed.commit);
	});

	test('a git that a killed loop left moves the branch at the same moment: it has landed, and is not judged anew', async () => {
		const place = await scratch();
		const { attempt, candidate, sealed } = await sealedWork(place);
		const git: Git = async (args, options) => {
			if (args[0] === 'update-ref') await place.git('update-ref', sealed.branch, sealed.commit, sealed.head);
			return place.project.git(args, options);
		};
		const landing = await land({ ...place.project, git }, attempt, candidate, sealed, false);
		expect(landing).toEqual({ kind: 'landed' });
		expect(await place.git('rev-parse', 'HEAD')).toBe(sealed.commit);
		expect(await place.git('diff', '--cached', '--name-only')).toBe('');
	});

	test('a commit in between is not reverted', async () => {
		const place = await scratch();
		const { attempt, candidate } = await work(place);
		await commitBeside(place);
		expect(await seal(place.project, attempt, candidate, MESSAGE, false)).toMatchObject({ kind: 'stale' });
		const anew = await sealedWork(place, attempt);
		expect(await land(place.project, anew.attempt, anew.candidate, anew.sealed, false)).toEqual({
			kind: 'landed',
		});
		expect(await place.git('show', 'HEAD:beside.txt')).toBe('beside');
		expect(await place.git('show', 'HEAD:a.txt')).toBe('work');
	});
});

describe('nothing lands', () => {
	test('while another git holds the index', async () => {
		const place = await scratch();
		const { attempt, candidate, sealed } = await sealedWork(place);
		place.write('.git/index.lock', '');
		expect(await land(place.project, attempt, candidate, sealed, false)).toMatchObject({ kind: 'busy' });
		expect(await place.git('rev-parse', 'HEAD')).toBe(candidate.head);
		expect(existsSync(lockOf(place))).toBe(true);
		rmSync(lockOf(place));
		expect(await land(place.project, attempt, candidate, sealed, false)).toEqual({ kind: 'landed' });
		expect(existsSync(lockOf(place))).toBe(false);
	});

	test('where the branch moved after the seal', async () => {
		const place = await scratch();
		const { attempt, candidate, sealed } = await sealedWork(place);
		await commitBeside(place);
		const head = await place.git('rev-parse', 'HEAD');
		expect(await land(place.project, attempt, candidate, sealed, false)).toMatchObject({
			kind: 'stale',
			why: expect.stringContaining('the branch moved'),
		});
		expect(await place.git('rev-parse', 'HEAD')).toBe(head);
	});

	test('where another branch is checked out', async () => {
		const place = await scratch();
		const { attempt, candidate, sealed } = await sealedWork(place);
		await place.git('switch', '--quiet', '--create', 'topic');
		expect(await land(place.project, attempt, candidate, sealed, false)).toMatchObject({ kind: 'stale' });
		expect(await seal(place.project, attempt, candidate, MESSAGE, false)).toMatchObject({ kind: 'stale' });
		expect(await place.git('rev-parse', 'main', 'topic')).toBe(`${candidate.head}\n${candidate.head}`);
	});

	test('that holds more than what was judged', async () => {
		const place = await scratch();
		const { attempt, candidate, sealed } = await sealedWork(place);
		place.write('more.txt', '');
		const { candidate: more } = await work(place);
		const commit = await place.git('commit-tree', more.tree, '-p', candidate.head, '-m', 'more');
		expect(
			await land(place.project, attempt, candidate, { ...sealed, commit: commit as CommitId }, false),
		).toMatchObject({
			kind: 'stale',
			why: expect.stringContaining('more than what was judged'),
		});
		expect(await place.git('rev-parse', 'HEAD')).toBe(candidate.head);
	});

	test.each([
		['has no parent', []],
		['has another parent', ['HEAD~1']],
		['has two parents', ['HEAD', 'HEAD~1']],
	])('of a sealed commit that %s', async (_, parents) => {
		const place = await scratch();
		await commitBeside(place);
		const { attempt, candidate, sealed } = await sealedWork(place);
		const from = parents.flatMap((parent) => ['-p', parent]);
		const commit = await place.git('commit-tree', `${sealed.commit}^{tree}`, ...from, '-m', 'forged');
		const forged = { ...sealed, commit: commit as CommitId };
		expect(await land(place.project, attempt, candidate, forged, false)).toMatchObject({
			kind: 'stale',
			why: expect.stringContaining('more than what was judged'),
		});
		expect(await place.git('rev-parse', 'HEAD')).toBe(candidate.head);
	});

	test.each([
		['is gone from the list', '- [ ] Bend\n'],
		['has no list any more', null],
	])('of a task that %s', async (_name, list) => {
		const place = await scratch();
		const { attempt, candidate } = await work(place);
		if (list === null) rmSync(place.project.todo);
		else place.write('todo.md', list);
		expect(await seal(place.project, attempt, candidate, MESSAGE, false)).toMatchObject({ kind: 'stale' });
	});
});

describe('the list in a sealed commit', () => {
	const LIST = '- [ ] House\n  - [ ] Add\n  - [x] Cut\n- [ ] Dig\n- [ ] Eat\n';
	/** House is ticked with its last leaf. */
	const TICKED = '- [x] House\n  - [x] Add\n  - [x] Cut\n- [ ] Dig\n- [ ] Eat\n';

	test.each([
		['ticks what goes with the task alone', TICKED, LIST],
		[
			'ticks what is ticked on disk as well',
			TICKED.replace('[ ] Dig', '[x] Dig'),
			LIST.replace('[ ] Dig', '[x] Dig'),
		],
		['has a tick of its parent’s that a person took away since', TICKED, LIST.replace('[x] Cut', '[ ] Cut')],
		['is about a task that a person took away since', TICKED, '- [ ] Dig\n'],
		['ticks nothing', LIST, LIST],
		['is none that could be read', '```\n', LIST],
	])('lands where it %s', async (_, list, onDisk) => {
		const { place, landing } = await sealedWith(list, onDisk);
		expect(await landing()).toEqual({ kind: 'landed' });
		expect(`${await place.git('show', 'HEAD:todo.md')}\n`).toBe(list);
	});

	test.each([
		['ticks another box', TICKED.replace('[ ] Dig', '[x] Dig'), LIST],
		[
			'ticks another one than on disk',
			TICKED.replace('[ ] Dig', '[x] Dig'),
			LIST.replace('[ ] Eat', '[x] Eat'),
		],
		['ticks a parent that is not done', TICKED.replace('[x] Cut', '[ ] Cut'), LIST],
		['brings a ticked box', `${TICKED}- [x] Fly\n`, LIST],
	])('does not where it %s', async (_, list, onDisk) => {
		const { landing } = await sealedWith(list, onDisk);
		expect(await landing()).toMatchObject({
			kind: 'stale',
			why: expect.stringContaining('a tick that nobody made'),
		});
	});

	test('waits for the one on disk where only that can tell', async () => {
		const { place, landing } = await sealedWith(TICKED.replace('[ ] Dig', '[x] Dig'), '');
		expect(await landing()).toMatchObject({ kind: 'busy' });
		rmSync(place.project.todo);
		expect(await landing()).toMatchObject({ kind: 'busy' });
		place.write('todo.md', LIST.replace('[ ] Dig', '[x] Dig'));
		expect(await landing()).toEqual({ kind: 'landed' });
	});

	test('is not asked again once it is on the branch', async () => {
		const { place, landing } = await sealedWith(TICKED.replace('[ ] Dig', '[x] Dig'), LIST);
		await place.git('update-ref', 'HEAD', await place.git('rev-parse', 'forged'));
		expect(await landing()).toEqual({ kind: 'landed' });
	});

	/** Work on the task that is sealed with another list than the loop would put in. */
	async function sealedWith(list: string, onDisk: string) {
		const place = await scratch({ 'todo.md': LIST });
		const { attempt, candidate, sealed } = await sealedWork(place);
		place.write('todo.md', list);
		const blob = await place.git('hash-object', '-w', 'todo.md');
		const index = path.join(place.around, 'other.index');
		const git = async (...words: string[]) =>
			(await execa('git', words, { cwd: place.project.root, env: { GIT_INDEX_FILE: index } })).stdout;
		await git('read-tree', candidate.tree);
		await git('update-index', '--cacheinfo', `100644,${blob},todo.md`);
		const commit = await place.git('commit-tree', await git('write-tree'), '-p', sealed.head, '-m', 'forged');
		await place.git('tag', 'forged', commit);
		place.write('todo.md', onDisk);
		const forged = { ...sealed, commit: commit as CommitId };
		return { place, landing: () => land(place.project, attempt, candidate, forged, false) };
	}
});

describe('a landing that is asked for again', () => {
	test('lands once', async () => {
		const place = await scratch();
		const { attempt, candidate, sealed } = await sealedWork(place);
		for (let time = 0; time < 3; time++)
			expect(await land(place.project, attempt, candidate, sealed, false)).toEqual({ kind: 'landed' });
		expect(await place.git('rev-list', '--count', 'HEAD')).toBe('2');
	});

	test('is done where a person committed on top meanwhile', async () => {
		const place = await scratch();
		const { attempt, candidate, sealed } = await sealedWork(place);
		await land(place.project, attempt, candidate, sealed, false);
		await commitBeside(place);
		expect(await land(place.project, attempt, candidate, sealed, false)).toEqual({ kind: 'landed' });
		expect(await place.git('rev-list', '--count', 'HEAD')).toBe('3');
		expect(await place.git('status', '--porcelain', '--', ':!todo.md')).toBe('');
	});

	test('after a crash between the branch and the index does the rest, under its own stale lock', async () => {
		const place = await scratch();
		const first = await sealedWork(place);
		await land(place.project, first.attempt, first.candidate, first.sealed, false);
		place.write('todo.md', '- [ ] Add\n');
		const { attempt, candidate, sealed } = await sealedWork(place, undefined, 'more work\n');
		linkSync(path.join(place.project.state, 'index.lock-token'), lockOf(place));
		await execa('git', ['update-ref', sealed.branch, sealed.commit, sealed.head], {
			cwd: place.project.root,
		});
		expect(await land(place.project, attempt, candidate, sealed, false)).toEqual({ kind: 'landed' });
		expect(await place.git('status', '--porcelain', '--', ':!todo.md')).toBe('');
		expect(existsSync(lockOf(place))).toBe(false);
	});

	test('finds its way where a power cut left locks on its own indexes', async () => {
		const place = await scratch();
		for (const name of ['index', 'landing.index', 'following.index'])
			place.write(`.git/nightloop/${name}.lock`, '');
		const { attempt, candidate, sealed } = await sealedWork(place);
		expect(await land(place.project, attempt, candidate, sealed, false)).toEqual({ kind: 'landed' });
	});
});

describe('a sealed commit that git collected', () => {
	test('is held, so that this does not happen', async () => {
		const place = await scratch();
		const { attempt, candidate, sealed } = await sealedWork(place);
		await place.git('gc', '--quiet', '--prune=now');
		expect(await land(place.project, attempt, candidate, sealed, false)).toEqual({ kind: 'landed' });
	});

	test.each(['itself', 'a file in it'])('does not land, and is made again: %s', async (what) => {
		const place = await scratch();
		const { attempt, candidate, sealed } = await sealedWork(place);
		const lost = what === 'itself' ? sealed.commit : await place.git('rev-parse', `${sealed.commit}:a.txt`);
		rmSync(path.join(place.project.commonDir, 'objects', lost.slice(0, 2), lost.slice(2)));
		expect(await land(place.project, attempt, candidate, sealed, false)).toMatchObject({
			kind: 'stale',
			why: expect.stringContaining('git collected what was to land'),
		});
		expect(await place.git('rev-parse', 'refs/heads/main')).toBe(candidate.head);

		const again = await sealedWork(place, attempt);
		const { sealed: second } = again;
		expect(await land(place.project, attempt, again.candidate, second, false)).toEqual({ kind: 'landed' });
		expect(await place.git('fsck', '--connectivity-only', '--no-dangling')).toBe('');
	});
});

async function work(place: Scratch, text = 'work\n', earlier?: Attempt) {
	place.write('a.txt', text);
	const attempt = earlier ?? (await place.attemptAt('Add'));
	const proposal = await propose(place.project, openPrivateIndex(place.project), attempt, []);
	if (proposal.kind === 'refused') throw new Error(proposal.what);
	return { attempt, candidate: proposal.candidate };
}

async function sealedWork(
	place: Scratch,
	earlier?: Attempt,
	text?: string,
): Promise<{ attempt: Attempt; candidate: Candidate; sealed: Sealed }> {
	const done = await work(place, text, earlier);
	const sealing = await seal(place.project, done.attempt, done.candidate, MESSAGE, false);
	if (sealing.kind === 'stale') throw new Error(sealing.why);
	return { ...done, sealed: sealing.sealed };
}

/** A commit of the person's that touches nothing else. */
async function commitBeside(place: Scratch): Promise<void> {
	place.write('beside.txt', 'beside\n');
	await place.git('add', 'beside.txt');
	await place.git('commit', '--quiet', '--message', 'beside', '--', 'beside.txt');
}

function lockOf(place: Scratch): string {
	return path.join(place.project.gitDir, 'index.lock');
}
