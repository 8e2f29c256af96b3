import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { describe, expect, onTestFinished, test } from 'vitest';
import { clearDeadLocks, withoutDeadLocks } from '../../../src/io/git/dead-locks.ts';
import { isGitError, openGit } from '../../../src/io/git/git.ts';
import type { Git } from '../../../src/io/git/git.ts';
import { eventually } from '../../helpers/eventually.ts';
import { scratch } from '../../helpers/scratch.ts';
import type { Scratch } from '../../helpers/scratch.ts';

const REF = 'refs/nightloop/candidate';
const LOCK = `.git/${REF}.lock`;
const LOCKS = ['HEAD.lock', 'refs/heads/main.lock'];

describe('the lock of a ref', () => {
	test('that a killed git of ours left is gone when the next one comes', async () => {
		const place = await scratch();
		await expect(dying(place, LOCK)(['update-ref', REF, 'HEAD'])).rejects.toThrow('ended by SIGKILL');
		expect(has(place, LOCK)).toBe(false);
		await place.project.git(['update-ref', REF, 'HEAD']);
		expect(await place.git('rev-parse', REF)).toBe(await place.git('rev-parse', 'HEAD'));
	});

	test.each([
		LOCK,
		'.git/HEAD.lock',
		'.git/packed-refs.lock',
		'.git/packed-refs.new',
		'.git/refs/heads/main.lock',
	])('%s that a git left which died with its loop is gone as well', async (lock) => {
		const place = await scratch();
		leave(place, lock);
		await place.project.git(['update-ref', REF, 'HEAD']);
		expect(has(place, lock)).toBe(false);
		expect(has(place, '.git/nightloop/writing-refs')).toBe(false);
	});

	test('is taken away though a git that only reads stays open, as behind a pager', async () => {
		const place = await scratch();
		const reader = spawn('git', ['cat-file', '--batch'], {
			cwd: place.project.root,
			stdio: ['pipe', 'ignore', 'ignore'],
		});
		onTestFinished(() => void reader.kill('SIGKILL'));
		await once(reader, 'spawn');
		leave(place, LOCK);
		await place.project.git(['update-ref', REF, 'HEAD']);
		expect(has(place, LOCK)).toBe(false);
	});

	test('is taken away though what is called git works in a folder that is too deep to have a path', async () => {
		const place = await scratch();
		const deep = `cp "$(command -v sleep)" ./git; git="$PWD/git"
i=0; while [ $i -lt 30 ]; do mkdir "$d" && cd -P "$d" || exit; i=$((i+1)); done; exec "$git" 600`;
		const env = { ...process.env, d: 'd'.repeat(200) };
		const git = spawn('sh', ['-c', deep], { cwd: place.around, env, stdio: 'ignore' });
		const ended = once(git, 'exit');
		try {
			await eventually(
				() => readFileSync(`/proc/${git.pid}/comm`, 'utf8') === 'git\n',
				() => 'a git',
			);
			leave(place, LOCK);
			await place.project.git(['update-ref', REF, 'HEAD']);
			expect(has(place, LOCK)).toBe(false);
		} finally {
			git.kill('SIGKILL');
			await ended;
			// node has no path for what lies in it.
			spawnSync('rm', ['-rf', path.join(place.around, 'd'.repeat(200))]);
		}
	});

	test('stays while a git lives that may hold it, and is still known for ours after that', async () => {
		const place = await scratch();
		const writer = spawn('git', ['fast-import', '--quiet'], {
			cwd: place.project.root,
			stdio: ['pipe', 'ignore', 'ignore'],
		});
		onTestFinished(() => void writer.kill('SIGKILL'));
		await once(writer, 'spawn');
		leave(place, LOCK);
		await expect(place.project.git(['update-ref', REF, 'HEAD'])).rejects.toSatisfy(isGitError);
		expect(has(place, LOCK)).toBe(true);
		writer.kill('SIGKILL');
		await once(writer, 'exit');
		await place.project.git(['update-ref', REF, 'HEAD']);
		expect(has(place, LOCK)).toBe(false);
	});

	test('that one of two at once left is known, though the other ended well', async () => {
		const place = await scratch();
		const git = dying(place, LOCK, `case $* in *other*) sleep 0.3; exit 0;; esac`);
		const both = [git(['update-ref', REF, 'HEAD']), git(['update-ref', 'refs/nightloop/other', 'HEAD'])];
		expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
		expect(has(place, LOCK)).toBe(false);
	});

	test('stays where no git of ours died', async () => {
		const place = await scratch();
		mkdirSync(path.dirname(path.join(place.project.root, LOCK)), { recursive: true });
		place.write(LOCK, '');
		await expect(place.project.git(['update-ref', REF, 'HEAD'])).rejects.toSatisfy(isGitError);
		expect(has(place, LOCK)).toBe(true);
	});

	test('stays where it is older than what a dead git of ours can have left', async () => {
		const place = await scratch();
		place.write(LOCK, '');
		// A time of its own: clocks of files tick every few milliseconds.
		await new Promise((resolve) => setTimeout(resolve, 20));
		place.write('.git/nightloop/writing-refs', '');
		await expect(place.project.git(['update-ref', REF, 'HEAD'])).rejects.toSatisfy(isGitError);
		expect(has(place, LOCK)).toBe(true);
	});
});

describe('at a start, locks that were left', () => {
	test('by a git that moved the branch for a loop are taken away, and its lock on the index last', async () => {
		const place = await scratch();
		lockIndex(place);
		for (const name of LOCKS) lock(place, name);
		const lines = await clearDeadLocks(place.project);
		expect(lines.map((line) => line.split(' ')[0])).toEqual(
			[...LOCKS, 'index.lock'].map((name) => `.git/${name}`),
		);
		expect(left(place)).toEqual([]);
	});

	test('by anybody else stay', async () => {
		const place = await scratch();
		for (const name of [...LOCKS, 'index.lock']) lock(place, name);
		expect(await clearDeadLocks(place.project)).toEqual([]);
		expect(left(place)).toEqual([...LOCKS, 'index.lock']);
	});

	test('before the loop held the index stay', async () => {
		const place = await scratch();
		lock(place, 'HEAD.lock');
		await new Promise((resolve) => setTimeout(resolve, 20));
		lockIndex(place);
		expect(await clearDeadLocks(place.project)).toHaveLength(1);
		expect(left(place)).toEqual(['HEAD.lock']);
	});

	test('on refs of the loop’s own are taken away', async () => {
		const place = await scratch();
		lock(place, 'refs/nightloop/start/today.lock');
		expect(await clearDeadLocks(place.project)).toHaveLength(1);
		expect(await clearDeadLocks(place.project)).toEqual([]);
	});
});

/** As the loop does before it moves the branch. */
function lockIndex({ project }: Scratch): void {
	const token = path.join(project.state, 'index.lock-token');
	writeFileSync(token, '');
	linkSync(token, path.join(project.gitDir, 'index.lock'));
}

function lock({ project }: Scratch, name: string): void {
	const file = path.join(project.gitDir, name);
	mkdirSync(path.dirname(file), { recursive: true });
	writeFileSync(file, '');
}

function left({ project }: Scratch): string[] {
	return [...LOCKS, 'index.lock'].filter((name) => existsSync(path.join(project.gitDir, name)));
}

function has({ project }: Scratch, name: string): boolean {
	return existsSync(path.join(project.root, name));
}

/** As a git does that dies with its loop. */
function leave(place: Scratch, lock: string): void {
	place.write('.git/nightloop/writing-refs', '');
	place.write(lock, '');
}

/** A git that is killed when it has made a lock, unless `first` ends it. */
function dying({ project, around }: Scratch, lock: string, first = ''): Git {
	const program = path.join(around, 'git');
	const file = path.join(project.root, lock);
	rmSync(program, { force: true });
	writeFileSync(program, `#!/bin/sh\n${first}\nmkdir -p "$(dirname '${file}')"\n: >'${file}'\nkill -9 $$\n`, {
		mode: 0o755,
	});
	const surroundings = { environment: {}, outside: { environment: () => ({}) } };
	return withoutDeadLocks(openGit(program, project.gitDir, project.root, surroundings), project);
}
