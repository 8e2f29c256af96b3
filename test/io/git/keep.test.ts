import { execa } from 'execa';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Proposal, TaskId } from '../../../src/core/types.ts';
import { propose } from '../../../src/io/git/candidate.ts';
import { clear } from '../../../src/io/git/keep.ts';
import { openRejected } from '../../../src/io/git/rejected.ts';
import { openPrivateIndex } from '../../../src/io/git/private-index.ts';
import { findProject } from '../../../src/io/project.ts';
import { attempt } from '../../helpers/parts.ts';
import { scratch } from '../../helpers/scratch.ts';
import type { Scratch } from '../../helpers/scratch.ts';

const TASK = '00000000000001' as TaskId;

describe('clearing the work tree', () => {
	test('takes out what was changed, added and deleted, and keeps it under a ref', async () => {
		const { place, ref } = await cleared();
		expect(ref).toMatch(/^refs\/nightloop\/snapshots\/00000000000001-[0-9a-f]{8}$/);
		expect(place.read('a.txt')).toBe('one\n');
		expect(place.read('gone.txt')).toBe('back\n');
		expect(exists(place, 'deep')).toBe(false);
		expect(await place.git('show', `${ref}:deep/new.txt`)).toBe('new');
	});

	test('gives a command that brings it all back, and touches nothing else', async () => {
		const { place, restore } = await cleared();
		place.write('todo.md', '- [ ] mine, not committed\n');
		await execa('sh', ['-c', restore!], { cwd: path.join(place.project.root, 'sub') });
		expect(place.read('a.txt')).toBe('work\n');
		expect(place.read('deep/new.txt')).toBe('new\n');
		expect(exists(place, 'gone.txt')).toBe(false);
		expect(place.read('todo.md')).toBe('- [ ] mine, not committed\n');
		expect(place.read('mine.txt')).toBe('private\n');
	});

	test('gives one that holds in a -C folder, for names with spaces, quotes and stars, and a list of another name', async () => {
		const files = { "deep folder/it's *.txt": 'was\n', "deep folder/my 'list'.md": '- [ ] Add\n' };
		const place = await scratch(files);
		const folder = path.join(place.project.root, 'deep folder');
		const found = await findProject(folder, "my 'list'.md");
		const project = { ...found, cache: place.project.cache };
		for (const name of Object.keys(files)) place.write(name, 'work\n');
		place.write('deep folder/new one.txt', 'new\n');
		const { restore } = await clear(project, openPrivateIndex(project), TASK, 'parked', []);
		expect(place.read("deep folder/it's *.txt")).toBe('was\n');
		place.write("deep folder/my 'list'.md", '- [ ] mine\n');
		await execa('sh', ['-c', restore!], { cwd: folder });
		expect(place.read("deep folder/it's *.txt")).toBe('work\n');
		expect(place.read('deep folder/new one.txt')).toBe('new\n');
		expect(place.read("deep folder/my 'list'.md")).toBe('- [ ] mine\n');
	});

	test('leaves ignored files, the person’s own, and the steering files', async () => {
		const { place } = await cleared();
		expect(place.read('build/out.js')).toBe('built\n');
		expect(place.read('mine.txt')).toBe('private\n');
		expect(place.read('todo.md')).toBe('- [ ] Add\n- [ ] Dig\n');
	});

	test.each([[], ['commit', '--quiet', '--allow-empty', '--message', 'x']])(
		'puts a repository inside the repository aside (%s)',
		async (...words) => {
			const place = await scratch();
			await place.git('init', '--quiet', 'nested');
			if (words.length > 0)
				await place.git('-C', 'nested', '-c', 'user.name=x', '-c', 'user.email=x', ...words);
			place.write('nested/x', 'x\n');
			place.write('a.txt', 'work\n');
			await clear(place.project, openPrivateIndex(place.project), TASK, 'parked', []);
			const aside = path.join(place.project.logs, 'aside');
			const [name = 'none'] = readdirSync(aside);
			expect(readFileSync(path.join(aside, name, 'x'), 'utf8')).toBe('x\n');
			expect([exists(place, 'nested'), place.read('a.txt')]).toEqual([false, 'one\n']);
		},
	);

	test('of nothing does nothing, also when it is asked for again', async () => {
		const { place } = await cleared();
		expect(await clear(place.project, openPrivateIndex(place.project), TASK, 'parked', ['mine.txt'])).toEqual(
			{
				ref: null,
				restore: null,
			},
		);
	});
});

test('a rejected candidate is kept under a ref, one that never was is not', async () => {
	const place = await scratch();
	place.write('a.txt', 'work\n');
	const at = await place.attemptAt('Add');
	const proposal = await propose(place.project, openPrivateIndex(place.project), at, []);
	if (proposal.kind !== 'candidate') throw new Error(proposal.kind);
	const ref = await openRejected(place.project).keep({ ...at, proposal });
	expect(ref).toMatch(new RegExp(`^refs/nightloop/rejected/${at.task}-1-`));
	expect(await place.git('rev-parse', ref!)).toBe(proposal.candidate.commit);
	const others: (Proposal | null)[] = [null, { ...proposal, kind: 'unchanged' }];
	for (const other of others)
		expect(await openRejected(place.project).keep(attempt({ proposal: other }))).toBeNull();
});

describe('rejected candidates', () => {
	test('are let go of when they are older than 14 days, and nothing else is', async () => {
		const place = await scratch();
		const before = await place.git('for-each-ref');
		await candidateRef(place, 'refs/nightloop/rejected/old', 15);
		await candidateRef(place, 'refs/nightloop/rejected/old-too', 300);
		await candidateRef(place, 'refs/nightloop/rejected/new', 13);
		await candidateRef(place, 'refs/nightloop/parked/old', 300);
		await openRejected(place.project).expire();
		expect(await place.git('for-each-ref', '--format=%(refname)', 'refs/nightloop')).toBe(
			'refs/nightloop/parked/old\nrefs/nightloop/rejected/new',
		);
		expect(await place.git('for-each-ref', 'refs/heads')).toBe(before);
		await openRejected(place.project).expire();
	});

	test('stay where one of them is damaged', async () => {
		const place = await scratch();
		await candidateRef(place, 'refs/nightloop/rejected/old', 15);
		const damaged = path.join(place.project.gitDir, 'refs/nightloop/rejected/damaged');
		writeFileSync(damaged, `${'1'.repeat(40)}\n`);
		await openRejected(place.project).expire();
		expect(existsSync(damaged)).toBe(true);
	});
});

async function candidateRef(place: Scratch, ref: string, days: number): Promise<void> {
	const made = `${Math.floor(Date.now() / 1000) - days * 24 * 3600} +0000`;
	const { stdout } = await execa('git', ['commit-tree', 'HEAD^{tree}', '-m', ref], {
		cwd: place.project.root,
		env: { GIT_COMMITTER_DATE: made },
	});
	await place.git('update-ref', ref, stdout);
}

async function cleared() {
	const place = await scratch({ 'gone.txt': 'back\n', 'sub/b.txt': 'b\n', '.gitignore': 'build/\n' });
	place.write('a.txt', 'work\n');
	place.write('deep/new.txt', 'new\n');
	place.write('build/out.js', 'built\n');
	place.write('mine.txt', 'private\n');
	place.write('todo.md', '- [ ] Add\n- [ ] Dig\n');
	rmSync(path.join(place.project.root, 'gone.txt'));
	const index = openPrivateIndex(place.project);
	return { place, ...(await clear(place.project, index, TASK, 'snapshots', ['mine.txt'])) };
}

function exists(place: Scratch, name: string): boolean {
	return existsSync(path.join(place.project.root, name));
}
