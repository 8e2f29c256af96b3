import { execa } from 'execa';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { noteBefore, putRight } from '../../../src/io/integrity/integrity.ts';
import { castShadow, shadowOf } from '../../../src/io/integrity/shadow.ts';
import { openMarker } from '../../../src/io/steering/marker.ts';
import { position } from '../../../src/io/git/position.ts';
import { findProject, prepareFolders } from '../../../src/io/project.ts';
import { scratch } from '../../helpers/scratch.ts';
import type { Scratch } from '../../helpers/scratch.ts';

// What is the person's, and is to be there after any session: two branches and a tag with commits of their own, two
// entries of the stash, a commit that only a reflog knows.

const EXPIRE = 'git reflog expire --expire=now --expire-unreachable=now --all';
const EMPTY = 'find .git/objects -type f | while read -r file; do chmod u+w $file; : > $file; done';
const PIPE = 'rm -f .git/$each; mkfifo .git/$each';
let place: Scratch;
let before: Treasure;

beforeEach(async () => {
	place = await scratch();
	await branchWith('other', 'other.txt');
	await branchWith('third', 'third.txt');
	await place.git('tag', 'v1', 'third');
	await commit('mistake.txt');
	await place.git('reset', '--quiet', '--hard', 'HEAD~1');
	for (const text of ['first', 'second']) {
		place.write('a.txt', `${text}\n`);
		await place.git('stash', 'push', '--quiet', '--message', text);
	}
	before = await treasure();
	await begin();
});

describe('nothing of the person’s is lost to a session that', () => {
	test.each([
		['removes the git directory', 'rm -rf .git'],
		['makes the repository anew', 'rm -rf .git && git init -q && git add -A && git commit -qm mine'],
		['empties the git directory', 'rm -rf .git/* && git init -q'],
		['puts a file in its place', 'rm -rf .git && echo "gitdir: /nowhere" > .git'],
		['removes all refs', 'rm -rf .git/refs .git/packed-refs'],
		['removes HEAD', 'rm .git/HEAD'],
		['scribbles into HEAD', 'echo nonsense > .git/HEAD'],
		['removes the loop’s state', 'rm -rf .git/nightloop'],
		['closes the git directory', 'chmod 000 .git'],
		['deletes branches and tags', 'git branch -qD other third && git tag -d v1'],
		['deletes refs one by one', 'git update-ref -d refs/heads/other; git update-ref -d refs/tags/v1'],
		['deletes packed refs', 'git pack-refs --all && git branch -qD other third && git tag -d v1'],
		['makes the packed refs unreadable', 'git pack-refs --all && echo nonsense >> .git/packed-refs'],
		['moves branches and tags', 'git branch -qf other HEAD && git tag -f v1 HEAD'],
		[
			'writes into files of refs',
			'git rev-parse HEAD > .git/refs/heads/other; echo x > .git/refs/heads/third',
		],
		['drops an entry of the stash', 'git stash drop -q "stash@{1}"'],
		['clears the stash', 'git stash clear'],
		['pops the stash', 'git stash pop -q'],
		['expires and prunes all', `${EXPIRE}; git gc -q --prune=now`],
		['clears the stash, then prunes', `git stash clear; ${EXPIRE}; git gc -q --prune=now`],
		['removes objects', 'rm -rf .git/objects/??'],
		['empties objects in place', EMPTY],
		['replaces letters in all files of git', "find .git -type f -exec sed -i 's/e/a/g' {} +"],
		[
			'makes pipes of what git reads',
			`for each in config HEAD index refs/heads/main refs/new; do ${PIPE}; done`,
		],
		[
			'leaves locks',
			'for each in config packed-refs refs/stash refs/heads/other; do : > .git/$each.lock; done',
		],
		['removes the logs', 'rm -rf .git/logs'],
		['puts a branch below another one', 'git branch -qD other && git branch -q other/below'],
		['links the git directory away', 'mv .git ../moved && ln -s ../moved .git'],
	])('%s', async (_name, script) => {
		await agent(script);
		expect(await settle()).not.toEqual([]);
		expect(await treasure()).toEqual(before);
		expect(await place.git('fsck', '--connectivity-only')).not.toContain('missing');
		await begin();
		expect(await settle()).toEqual([]);
	});
});

test('while a git prunes objects, the shadow is cast all the same', async () => {
	const blobs = path.join(place.around, 'blobs');
	mkdirSync(blobs);
	for (let count = 0; count < 400; count++) writeFileSync(path.join(blobs, `${count}`), `${count}`);
	const deeds = 'ls -d ../blobs/* | git hash-object -w --stdin-paths >/dev/null; git prune --expire=now';
	const git = execa('sh', ['-c', `while :; do ${deeds}; done`], { cwd: place.project.root, reject: false });
	try {
		for (let count = 0; count < 40; count++) castShadow({ ...place.project });
	} finally {
		git.kill('SIGKILL');
		await git;
	}
	expect(existsSync(path.join(shadowOf(place.project), 'HEAD'))).toBe(true);
});

test.each([
	['a file', 'rm -r "$0"; : >"$0"'],
	['a file in the place of the whole cache', 'cd ..; rm -r "${0%/*}"; : >"${0%/*}"'],
	['without refs', 'rm -r "$0/refs"'],
	['a file in the place of its objects', 'rm -r "$0/objects"; : >"$0/objects"'],
	['a file in the place of its refs', 'rm -r "$0/refs"; : >"$0/refs"'],
])('a shadow that is no repository any more is none, and nothing is lost by it: %s', async (_, deed) => {
	await execa('sh', ['-c', deed, shadowOf(place.project)]);
	expect(await settle()).toEqual([expect.stringContaining('the shadow of the git directory was removed')]);
	expect(await treasure()).toEqual(before);
	await begin();
	expect(await settle()).toEqual([]);
});

describe('what is no loss', () => {
	test('is no line: nothing happened, or git collected what it may', async () => {
		expect(await settle()).toEqual([]);
		await begin();
		await place.git('gc', '--quiet');
		expect(await settle()).toEqual([]);
		expect(existsSync(path.join(place.project.commonDir, 'objects', 'info', 'packs'))).toBe(true);
		expect(await treasure()).toEqual(before);
	});

	test('is what a person did meanwhile: their commits, branches, moves and stash stay', async () => {
		await place.git('branch', '--quiet', '--force', 'other', 'third');
		await place.git('branch', '--quiet', 'mine');
		place.write('a.txt', 'third\n');
		await place.git('stash', 'push', '--quiet', '--message', 'third');
		await commit('mine.txt');
		const now = await treasure();
		expect(await settle()).toEqual([]);
		expect(await treasure()).toEqual(now);
		expect(now.stash).toHaveLength(3);
	});

	test('is what a loop in another work tree holds meanwhile', async () => {
		const refs = ['refs/nightloop/candidate', 'refs/nightloop/sealed'];
		for (const ref of refs) await place.git('update-ref', ref, 'HEAD');
		await begin();
		for (const ref of refs) await place.git('update-ref', ref, 'other');
		expect(await settle()).toEqual([]);
	});

	test('is a merge that a person ends in another work tree, and what a loop there has for a while', async () => {
		const root = path.join(place.around, 'linked');
		await place.git('worktree', 'add', '--quiet', '-b', 'linked', root, 'other');
		await place.git('-C', root, 'merge', '--quiet', '--no-commit', '--no-ff', 'third');
		const sign = path.join(place.project.commonDir, 'worktrees/linked/nightloop/writing-refs');
		mkdirSync(path.dirname(sign));
		writeFileSync(sign, '');
		await begin();
		await place.git('-C', root, 'commit', '--quiet', '--message', 'merged');
		rmSync(sign);
		expect(await settle()).toEqual([]);
		expect(existsSync(path.join(place.project.commonDir, 'worktrees/linked/MERGE_HEAD'))).toBe(false);
		expect(existsSync(sign)).toBe(false);
	});

	test('what was deleted between sessions stays deleted', async () => {
		await settle();
		await place.git('branch', '--quiet', '-D', 'other');
		await place.git('stash', 'drop', '--quiet');
		const now = await treasure();
		await begin();
		await agent('rm -rf .git');
		await settle();
		expect(await treasure()).toEqual(now);
	});
});

test('a session’s own stash entries are taken off, and kept under refs', async () => {
	place.write('a.txt', 'theirs\n');
	await place.agentGit('stash', 'push', '--quiet', '--message', 'theirs');
	const id = await place.git('rev-parse', 'stash@{0}');
	expect(await settle()).toEqual([expect.stringContaining('the session put 1 on the stash')]);
	expect(await treasure()).toMatchObject(withoutMoves());
	const kept = await place.git('for-each-ref', '--format=%(objectname)', 'refs/nightloop/snapshots');
	expect(kept).toBe(id);
});

test('what branches were moved to is kept under refs', async () => {
	await agent(
		'git switch -q other && echo x > x && git add x && git commit -qm theirs && git switch -q main',
	);
	const tip = await place.git('rev-parse', 'other');
	expect(await settle()).toEqual(['the session moved other: put back']);
	expect(await place.git('for-each-ref', '--format=%(objectname)', 'refs/nightloop/snapshots')).toBe(tip);
	expect(await treasure()).toMatchObject(withoutMoves());
});

test('what stood in place of the git directory is put aside', async () => {
	await agent('rm -rf .git && git init -q && echo x > .git/theirs');
	expect(await settle()).toEqual(['.git was destroyed by the session: rebuilt as it was before it']);
	const [name = 'none'] = readdirSync(path.join(place.project.logs, 'aside'));
	expect(existsSync(path.join(place.project.logs, 'aside', name, 'theirs'))).toBe(true);
	expect(await place.git('status', '--porcelain')).toBe('');
});

test('a linked work tree’s own folder is rebuilt, and so is the whole repository from there', async () => {
	const root = path.join(place.around, 'linked');
	await place.git('worktree', 'add', '--quiet', '-b', 'linked', root);
	const project = {
		...(await findProject(root, undefined)),
		cache: path.join(place.around, 'cache of linked'),
	};
	await prepareFolders(project);
	const linked = (...words: string[]) => execa('git', words, { cwd: root }).then(({ stdout }) => stdout);
	const head = await linked('rev-parse', 'HEAD');
	for (const gone of [project.gitDir, project.commonDir]) {
		await noteBefore(project, await position(project), 'everything');
		rmSync(gone, { recursive: true });
		writeFileSync(path.join(root, '.git'), 'gitdir: /nowhere\n');
		expect(await putRight(project, openMarker(project.todo).mark, false)).toHaveLength(2);
		expect(await linked('rev-parse', 'HEAD', '--symbolic-full-name', 'HEAD')).toContain(head);
		expect(await treasure()).toMatchObject({ stash: before.stash });
	}
});

test('a submodule’s repository is put back', async () => {
	place.write('.git/modules/lib/objects/ab/cdef0123456789abcdef0123456789abcdef01', 'object');
	place.write('.git/modules/lib/refs/heads/main', 'tip\n');
	await begin();
	rmSync(path.join(place.project.gitDir, 'modules'), { recursive: true });
	expect(await settle()).not.toEqual([]);
	expect(place.read('.git/modules/lib/refs/heads/main')).toBe('tip\n');
	expect(place.read('.git/modules/lib/objects/ab/cdef0123456789abcdef0123456789abcdef01')).toBe('object');
});

test('objects that are all in one pack are there again, and so are what pipes and links took the place of', async () => {
	await place.git('gc', '--quiet');
	await begin();
	const pack = path.join(place.project.gitDir, 'objects', 'pack');
	rmSync(pack, { recursive: true });
	mkdirSync(pack);
	await agent('rm .git/config .git/info/exclude && mkfifo .git/config && ln -s /dev/zero .git/info/exclude');
	expect(await settle()).not.toEqual([]);
	expect(await treasure()).toEqual(before);
});

test('a loop that was ended meanwhile puts right what its session did, at the next start', async () => {
	await agent('git stash clear; git branch -qD other');
	const project = { ...place.project };
	expect(await putRight(project, openMarker(project.todo).mark, false)).toHaveLength(3);
	expect(await treasure()).toEqual(before);
});

test('what lies too deep to have a path is in nobody’s way', async () => {
	const name = 'abcdefghij';
	onTestFinished(() => agent(`rm -rf .git/${name}`));
	await agent(`cd .git && for i in $(seq 600); do mkdir ${name} && cd -P ${name} || exit; done; echo x > x`);
	expect(existsSync(path.join(place.project.gitDir, ...Array<string>(300).fill(name)))).toBe(true);
	await agent('git branch -qD other');
	expect(await settle()).toContain('the session deleted other: put back');
	expect(await treasure()).toEqual(before);
	await begin();
	expect(await settle()).toEqual([]);
});

test('without its shadow a repository is left as it is', async () => {
	rmSync(path.join(place.project.cache, 'shadow'), { recursive: true });
	await agent('git branch -qD other');
	expect(await settle()).toEqual([expect.stringContaining('the shadow of the git directory was removed')]);
});

interface Treasure {
	readonly head: string;
	readonly refs: string;
	readonly stash: readonly string[];
	readonly reflog: readonly string[];
}

async function treasure(): Promise<Treasure> {
	const lines = async (...words: string[]) => (await place.git(...words)).split('\n');
	const reflog = await lines('reflog', '--format=%H %gs');
	return {
		head: await place.git('symbolic-ref', 'HEAD'),
		refs: await place.git('for-each-ref', '--format=%(refname) %(objectname)', 'refs/heads', 'refs/tags'),
		stash: await lines('stash', 'list', '--format=%H %gs'),
		reflog: reflog.filter((line) => !/nightloop|checkout/.test(line)),
	};
}

/** A session moves HEAD as well, and its moves are told by the log. */
function withoutMoves(): Partial<Treasure> {
	return { head: before.head, refs: before.refs, stash: before.stash };
}

async function begin(): Promise<void> {
	await noteBefore(place.project, await position(place.project), 'everything');
}

function settle(): Promise<string[]> {
	return putRight(place.project, openMarker(place.project.todo).mark, false);
}

/** Runs a script in the work tree as an agent does. */
async function agent(script: string): Promise<void> {
	const who = { NAME: 'nightloop agent', EMAIL: 'agent@nightloop.invalid' };
	const pairs = Object.entries(who).flatMap(([name, value]) =>
		['AUTHOR', 'COMMITTER'].map((role) => [`GIT_${role}_${name}`, value]),
	);
	const env = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', ...Object.fromEntries(pairs) };
	await execa('sh', ['-c', script], { cwd: place.project.root, env, reject: false });
}

async function branchWith(branch: string, file: string): Promise<void> {
	await place.git('switch', '--quiet', '--create', branch);
	await commit(file);
	await place.git('switch', '--quiet', 'main');
}

async function commit(file: string): Promise<void> {
	place.write(file, `${file}\n`);
	await place.git('add', file);
	await place.git('commit', '--quiet', '--message', file);
}
