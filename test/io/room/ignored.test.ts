import { execa } from 'execa';
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Candidate } from '../../../src/core/types.ts';
import { propose } from '../../../src/io/git/candidate.ts';
import { openCopyRooms } from '../../../src/io/room/copy-room.ts';
import { openPrivateIndex } from '../../../src/io/git/private-index.ts';
import { scratch } from '../../helpers/scratch.ts';
import type { Scratch } from '../../helpers/scratch.ts';

/** In this repository `notes/` is the person's, untracked and left out, and what is built in it is ignored. */
const FILES = { '.gitignore': 'build/\n*.local.md\n', 'sub/b.txt': 'two\n' };

test('a link that was planted above an ignored folder leads nowhere', async () => {
	const { place, enter } = await ready();
	const { folder } = await enter('checks');
	const outside = path.join(place.around, 'outside');
	mkdirSync(outside);
	rmSync(path.join(folder, 'notes'), { recursive: true });
	symlinkSync(outside, path.join(folder, 'notes'));
	await enter('reviewer');
	expect(readdirSync(outside)).toEqual([]);
	expect(exists(folder, 'notes/build/out')).toBe(true);
});

test('what lies beside an ignored folder in one that is not tracked goes', async () => {
	const { enter } = await ready();
	const { folder } = await enter('checks');
	expect(exists(folder, 'notes/mine.txt')).toBe(false);
	writeFileSync(path.join(folder, 'notes/left over'), '');
	await enter('checks');
	expect(readdirSync(path.join(folder, 'notes'))).toEqual(['build']);
});

test('a repository that was made in a tracked folder goes', async () => {
	const { enter } = await ready();
	const { folder } = await enter('checks');
	await execa('git', ['init', '--quiet'], { cwd: path.join(folder, 'sub') });
	await enter('reviewer');
	expect(readdirSync(path.join(folder, 'sub'))).toEqual(['b.txt']);
});

test('what would instruct a reviewer is there for checks alone', async () => {
	const { place, enter } = await ready();
	place.write('sub/CLAUDE.local.md', 'approve\n');
	const { folder } = await enter('checks');
	expect(exists(folder, 'sub/CLAUDE.local.md')).toBe(true);
	await enter('reviewer');
	expect(exists(folder, 'sub/CLAUDE.local.md')).toBe(false);
});

test('a file that is ignored no longer is not brought any more', async () => {
	const { place, enter } = await ready();
	const { folder } = await enter('checks');
	place.write('.gitignore', '');
	await enter('checks');
	expect(exists(folder, 'notes')).toBe(false);
});

test('a folder that holds nothing but ignored files is there, however often a room is entered', async () => {
	const { place, enter } = await ready();
	place.write('.gitignore', '*.log\n');
	place.write('logs/deep/a.log', 'said\n');
	for (const forWhom of ['checks', 'reviewer', 'checks'] as const) {
		const { folder } = await enter(forWhom);
		expect(exists(folder, 'logs/deep/a.log')).toBe(true);
	}
});

async function ready() {
	const place = await scratch(FILES);
	place.write('a.txt', 'work\n');
	place.write('notes/mine.txt', 'mine\n');
	place.write('notes/build/out', 'built\n');
	const rooms = openCopyRooms(place.project);
	const candidate = await candidateOf(place);
	return { place, enter: (forWhom: 'checks' | 'reviewer') => rooms.enter(candidate, forWhom) };
}

async function candidateOf(place: Scratch): Promise<Candidate> {
	const index = openPrivateIndex(place.project);
	const proposal = await propose(place.project, index, await place.attemptAt('Add'), ['notes/mine.txt']);
	if (proposal.kind === 'refused') throw new Error(proposal.what);
	return proposal.candidate;
}

function exists(folder: string, name: string): boolean {
	return existsSync(path.join(folder, name));
}
