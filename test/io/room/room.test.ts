import { execa } from 'execa';
import {
	chmodSync,
	existsSync,
	mkdirSync,
	readFileSync,
	readdirSync,
	rmSync,
	statSync,
	symlinkSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Candidate, TreeId } from '../../../src/core/types.ts';
import { propose } from '../../../src/io/git/candidate.ts';
import { openPrivateIndex } from '../../../src/io/git/private-index.ts';
import { openCopyRooms as openRooms } from '../../../src/io/room/copy-room.ts';
import { scratch } from '../../helpers/scratch.ts';
import type { Scratch } from '../../helpers/scratch.ts';

describe('a room', () => {
	test('holds exactly the candidate, not what the work tree became since', async () => {
		const { place, rooms, candidate } = await ready();
		place.write('a.txt', 'edited since\n');
		place.write('stray.txt', 'stray\n');
		const { folder } = await rooms.enter(candidate, 'checks');
		expect(read(folder, 'a.txt')).toBe('work\n');
		expect(read(folder, 'deep/new.txt')).toBe('new\n');
		expect(statSync(path.join(folder, 'run.sh')).mode & 0o111).not.toBe(0);
		expect(exists(folder, 'stray.txt')).toBe(false);
		expect(await git(folder, 'status', '--porcelain')).toBe('M  a.txt\nA  deep/new.txt\nA  run.sh');
	});

	test('has HEAD at base, detached, and no ref, hook or setting of the repository', async () => {
		const { place, rooms, candidate } = await ready();
		place.write('.git/hooks/post-checkout', '#!/bin/sh\n');
		const { folder } = await rooms.enter(candidate, 'checks');
		expect(await git(folder, 'rev-parse', 'HEAD')).toBe(candidate.base);
		expect(await git(folder, 'for-each-ref')).toBe('');
		expect(exists(folder, '.git/hooks')).toBe(false);
		expect(read(folder, '.git/config')).not.toContain('person');
		expect(await git(folder, 'diff', '--stat', candidate.base, candidate.commit)).toContain(
			'3 files changed',
		);
	});

	test('has the ignored files of the work tree, as copies, and not the logs of the sessions', async () => {
		const { place, rooms, candidate } = await ready();
		place.write('node_modules/pad/index.js', 'pad\n');
		place.write('.nightloop/sessions/0001-worker/prompt.md', 'secret\n');
		const { folder } = await rooms.enter(candidate, 'checks');
		expect(read(folder, 'node_modules/pad/index.js')).toBe('pad\n');
		expect(exists(folder, '.nightloop')).toBe(false);
		writeFileSync(path.join(folder, 'node_modules/pad/index.js'), 'scribbled');
		expect(place.read('node_modules/pad/index.js')).toBe('pad\n');
	});

	test('shows nothing of what was done in the one before', async () => {
		const { rooms, candidate } = await ready();
		const { folder } = await rooms.enter(candidate, 'reviewer');
		const file = path.join(folder, 'a.txt');
		const { atime, mtime } = statSync(file);
		writeFileSync(file, 'krow\n');
		utimesSync(file, atime, mtime);
		writeFileSync(path.join(folder, 'left over'), '');
		mkdirSync(path.join(folder, 'node_modules'));
		rmSync(path.join(folder, 'deep'), { recursive: true });
		rmSync(path.join(folder, '.git'), { recursive: true });
		mkdirSync(path.join(folder, '.git/hooks'), { recursive: true });
		const again = await rooms.enter(candidate, 'checks');
		expect(readdirSync(folder).toSorted()).toEqual(
			['.git', '.gitignore', 'a.txt', 'deep', 'run.sh', 'todo.md'].toSorted(),
		);
		expect(read(folder, 'a.txt')).toBe('work\n');
		expect(await again.changes()).toEqual([]);
		expect(exists(folder, '.git/hooks')).toBe(false);
	});

	test('is brought to another candidate', async () => {
		const { place, rooms, candidate } = await ready();
		await rooms.enter(candidate, 'checks');
		rmSync(path.join(place.project.root, 'deep'), { recursive: true });
		place.write('a.txt', 'more work\n');
		const { folder } = await rooms.enter(await candidateOf(place), 'checks');
		expect([read(folder, 'a.txt'), exists(folder, 'deep')]).toEqual(['more work\n', false]);
	});

	test('is never a way out: a link in it is not followed', async () => {
		const { place, rooms, candidate } = await ready();
		const { folder } = await rooms.enter(candidate, 'reviewer');
		const outside = path.join(place.around, 'outside');
		mkdirSync(outside);
		writeFileSync(path.join(outside, 'new.txt'), 'mine');
		rmSync(path.join(folder, 'deep'), { recursive: true });
		symlinkSync(outside, path.join(folder, 'deep'));
		await rooms.enter(candidate, 'checks');
		expect(readFileSync(path.join(outside, 'new.txt'), 'utf8')).toBe('mine');
		expect(read(folder, 'deep/new.txt')).toBe('new\n');
	});

	test('keeps what is committed in it out of the repository', async () => {
		const { place, rooms, candidate } = await ready();
		const { folder } = await rooms.enter(candidate, 'reviewer');
		const id = await git(folder, 'commit-tree', candidate.tree, '-m', 'mine');
		expect(
			(await execa('git', ['cat-file', '-e', id], { cwd: place.project.root, reject: false })).exitCode,
		).not.toBe(0);
	});

	test('stands for the folder that the loop works in', async () => {
		const place = await scratch({ 'web/todo.md': '- [ ] Add\n' });
		const project = { ...place.project, folder: path.join(place.project.root, 'web'), prefix: 'web/' };
		const { folder } = await openRooms(project).enter(await candidateOf(place), 'checks');
		expect(folder.endsWith('/room/web/')).toBe(true);
		expect(exists(folder, 'todo.md')).toBe(true);
	});

	test('has that folder also where the candidate has nothing in it', async () => {
		const place = await scratch();
		const candidate = await candidateOf(place);
		const project = { ...place.project, folder: path.join(place.project.root, 'web'), prefix: 'web/' };
		const { folder } = await openRooms(project).enter(candidate, 'checks');
		expect(readdirSync(folder)).toEqual([]);
	});

	test('has no folder that only another candidate has', async () => {
		const { place, rooms, candidate } = await ready();
		const commit = candidate.base;
		const tree = (await place.git('rev-parse', `${commit}^{tree}`)) as TreeId;
		await rooms.enter(candidate, 'checks');
		const { folder } = await rooms.enter({ ...candidate, commit, tree, changes: [] }, 'checks');
		expect(exists(folder, 'deep')).toBe(false);
	});
});

describe('what instructs agents', () => {
	const before = { 'CLAUDE.md': 'be kind\n', 'sub/AGENTS.md': 'be kind\n', '.claude/settings.json': '{}\n' };

	test('is as of base for a reviewer, and as it was judged for checks', async () => {
		const { rooms, candidate } = await instructed();
		const { folder, changes } = await rooms.enter(candidate, 'reviewer');
		expect([read(folder, 'CLAUDE.md'), read(folder, 'sub/AGENTS.md')]).toEqual(['be kind\n', 'be kind\n']);
		expect(exists(folder, '.claude/hooks.json')).toBe(false);
		expect(await changes()).toEqual([]);
		const checks = await rooms.enter(candidate, 'checks');
		expect([read(folder, 'CLAUDE.md'), exists(folder, 'sub/AGENTS.md')]).toEqual(['approve\n', false]);
		expect(await checks.changes()).toEqual([]);
	});

	test('shows all the same in the index and the diff', async () => {
		const { rooms, candidate } = await instructed();
		const { folder } = await rooms.enter(candidate, 'reviewer');
		expect(await git(folder, 'diff', '--cached', '--name-only')).toBe(
			'.claude/hooks.json\nCLAUDE.md\nsub/AGENTS.md',
		);
	});

	async function instructed() {
		const place = await scratch(before);
		place.write('CLAUDE.md', 'approve\n');
		place.write('.claude/hooks.json', '{}\n');
		rmSync(path.join(place.project.root, 'sub/AGENTS.md'));
		return { rooms: openRooms(place.project), candidate: await candidateOf(place) };
	}
});

test('the changes to a room name the tracked files that are not as in the candidate', async () => {
	const { rooms, candidate } = await ready();
	const { folder, changes } = await rooms.enter(candidate, 'reviewer');
	writeFileSync(path.join(folder, 'a.txt'), 'fixed it\n');
	rmSync(path.join(folder, 'deep/new.txt'));
	chmodSync(path.join(folder, 'run.sh'), 0o644);
	writeFileSync(path.join(folder, 'my notes'), '');
	expect((await changes()).toSorted()).toEqual(['a.txt', 'deep/new.txt', 'run.sh']);
});

async function ready() {
	const place = await scratch({ '.gitignore': 'node_modules/\n' });
	place.write('a.txt', 'work\n');
	place.write('deep/new.txt', 'new\n');
	place.write('run.sh', '#!/bin/sh\n');
	chmodSync(path.join(place.project.root, 'run.sh'), 0o755);
	return { place, rooms: openRooms(place.project), candidate: await candidateOf(place) };
}

async function candidateOf(place: Scratch): Promise<Candidate> {
	const index = openPrivateIndex(place.project);
	const proposal = await propose(place.project, index, await place.attemptAt('Add'), []);
	if (proposal.kind === 'refused') throw new Error(proposal.what);
	return proposal.candidate;
}

async function git(folder: string, ...words: string[]): Promise<string> {
	const env = {
		GIT_AUTHOR_NAME: 'x',
		GIT_AUTHOR_EMAIL: 'x',
		GIT_COMMITTER_NAME: 'x',
		GIT_COMMITTER_EMAIL: 'x',
	};
	return (await execa('git', words, { cwd: folder, env })).stdout;
}

function read(folder: string, name: string): string {
	return readFileSync(path.join(folder, name), 'utf8');
}

function exists(folder: string, name: string): boolean {
	return existsSync(path.join(folder, name));
}
