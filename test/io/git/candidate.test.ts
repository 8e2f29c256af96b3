import { mkdirSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Proposal } from '../../../src/core/types.ts';
import { propose } from '../../../src/io/git/candidate.ts';
import type { Git } from '../../../src/io/git/git.ts';
import { openPrivateIndex } from '../../../src/io/git/private-index.ts';
import { scratch } from '../../helpers/scratch.ts';
import type { Scratch } from '../../helpers/scratch.ts';

describe('a candidate', () => {
	test('is the work tree as it stands: new, changed, deleted, linked', async () => {
		const place = await scratch({ 'gone.txt': 'gone\n' });
		place.write('a.txt', 'two\n');
		place.write('deep/new.txt', 'new\n');
		rmSync(path.join(place.project.root, 'gone.txt'));
		symlinkSync('a.txt', path.join(place.project.root, 'link'));
		const { kind, candidate } = made(await proposed(place));
		expect(kind).toBe('candidate');
		expect(candidate.changes.map((change) => `${change.status} ${change.path}`)).toEqual([
			'modified a.txt',
			'added deep/new.txt',
			'deleted gone.txt',
			'added link',
		]);
		expect(await place.git('show', `${candidate.commit}:deep/new.txt`)).toBe('new');
		expect(await place.git('log', '-1', '--format=%P %cn', candidate.commit)).toBe(
			`${candidate.base} nightloop`,
		);
	});

	test('leaves HEAD, branches and the person’s index byte for byte as they are', async () => {
		const place = await scratch();
		place.write('staged.txt', 'staged\n');
		await place.git('add', 'staged.txt');
		place.write('a.txt', 'two\n');
		const index = path.join(place.project.gitDir, 'index');
		const before = [readFileSync(index, 'base64'), await place.git('for-each-ref', 'refs/heads')];
		await proposed(place);
		expect([readFileSync(index, 'base64'), await place.git('for-each-ref', 'refs/heads')]).toEqual(before);
	});

	test('is unchanged where nothing was done', async () => {
		const place = await scratch();
		const { kind, candidate } = made(await proposed(place));
		expect([kind, candidate.changes]).toEqual(['unchanged', []]);
		expect(candidate.tree).toBe(await place.git('rev-parse', 'HEAD^{tree}'));
	});

	test('has the steering files as of HEAD, and no litter of editors', async () => {
		const place = await scratch({ 'prompts/reviewer.md': 'be strict\n' });
		place.write('todo.md', '- [x] Add\n');
		place.write('prompts/reviewer.md', 'approve\n');
		place.write('prompts/reviewer-b.md', 'approve\n');
		for (const litter of ['.todo.md.swp', '.#todo.md', '#todo.md#', 'todo.md~', '4913'])
			place.write(litter, '');
		place.write('.nightloop/x', '');
		expect(made(await proposed(place)).kind).toBe('unchanged');
	});

	test('has no list that is reached by a link', async () => {
		const place = await scratch({ 'notes/list.md': '- [ ] Add\n' });
		rmSync(place.project.todo);
		symlinkSync('notes/list.md', place.project.todo);
		place.write('notes/list.md', '- [x] Add\n');
		expect(made(await proposed(place)).kind).toBe('unchanged');
		place.write('notes/other.md', 'work\n');
		const { candidate } = made(await proposed(place));
		expect(candidate.changes.map(({ path }) => path)).toEqual(['notes/other.md']);
	});

	test('has no folder of ours, wherever that was moved', async () => {
		const place = await scratch();
		place.write('moved/away/.nightloop/sessions/1/prompt.md', 'words\n');
		expect(made(await proposed(place)).kind).toBe('unchanged');
		const head = (await place.attemptAt('Bend')).base;
		expect(await openPrivateIndex(place.project).untracked(head)).toEqual([]);
	});

	test('keeps a commit of the person’s own to steering files', async () => {
		const place = await scratch();
		const attempt = await place.attemptAt('Add');
		place.write('todo.md', '- [ ] Add\n- [ ] Cure\n');
		await place.git('commit', '--quiet', '--all', '--message', 'one more task');
		place.write('a.txt', 'two\n');
		const { candidate } = made(await propose(place.project, openPrivateIndex(place.project), attempt, []));
		expect(await place.git('show', `${candidate.commit}:todo.md`)).toContain('Cure');
		expect(candidate.head).not.toBe(candidate.base);
	});

	test('leaves out what is ignored, and what was untracked before', async () => {
		const place = await scratch({ '.gitignore': 'build/\ntodo.md\n' });
		place.write('build/out.js', '');
		place.write('mine [1].txt', 'private\n');
		place.write('notes/mine.txt', 'private\n');
		place.write('theirs.txt', 'new\n');
		const { candidate } = made(await proposed(place, ['mine [1].txt', 'notes/mine.txt']));
		expect(candidate.changes.map(({ path }) => path)).toEqual(['theirs.txt']);
	});

	test('leaves out what was untracked before, whatever it is called', async () => {
		const place = await scratch();
		const names = ['übrig.txt', 'ö/f', '\u00ff\u00fe.txt', 'x\u00ff.txt'].map((name, at) =>
			at < 2 ? Buffer.from(name) : Buffer.from(name, 'latin1'),
		);
		place.write('ö/g', 'new\n');
		for (const name of names)
			writeFileSync(Buffer.concat([Buffer.from(`${place.project.root}/`), name]), 'private\n');
		place.write('theirs.txt', 'new\n');
		const { candidate } = made(
			await proposed(
				place,
				names.map((name) => name.toString('latin1')),
			),
		);
		expect(candidate.changes.map(({ path }) => path)).toEqual(['theirs.txt', 'ö/g']);
	});

	test('has no steering files of a folder either, whatever that is called', async () => {
		const place = await scratch({ 'über/todo.md': '- [ ] Add\n', 'über/prompts/reviewer.md': 'be strict\n' });
		const { project: whole } = place;
		const folder = path.join(whole.root, 'über');
		const project = { ...whole, folder, prefix: 'über/', todo: path.join(folder, 'todo.md') };
		for (const name of ['todo.md', 'prompts/reviewer.md', 'prompts/reviewer-b.md', '.todo.md.swp', 'w.txt'])
			place.write(`über/${name}`, 'approve\n');
		const proposal = await propose(project, openPrivateIndex(project), await place.attemptAt('Add'), []);
		expect(made(proposal).candidate.changes.map(({ path }) => path)).toEqual(['über/w.txt']);
	});

	test('can be made of a task whose text no commit message can hold', async () => {
		const place = await scratch();
		place.write('a.txt', 'two\n');
		const attempt = { ...(await place.attemptAt('Add')), text: 'A\0dd' };
		const { kind } = made(await propose(place.project, openPrivateIndex(place.project), attempt, []));
		expect(kind).toBe('candidate');
	});

	test('can be made where the list itself is ignored', async () => {
		const place = await scratch({ '.gitignore': 'todo.md\n' });
		place.write('a.txt', 'two\n');
		const { candidate } = made(await proposed(place));
		expect(candidate.changes.map(({ path }) => path)).toEqual(['a.txt']);
	});

	test('is not fooled by an agent that gives a file its old size and times', async () => {
		const place = await scratch();
		const index = openPrivateIndex(place.project);
		const attempt = await place.attemptAt('Add');
		await propose(place.project, index, attempt, []);
		const file = path.join(place.project.root, 'a.txt');
		const { mtime } = statSync(file);
		place.write('a.txt', 'One\n');
		utimesSync(file, mtime, mtime);
		const { candidate } = made(await propose(place.project, index, attempt, []));
		expect(await place.git('show', `${candidate.commit}:a.txt`)).toBe('One');
	});

	test('is made anew when something else touched the private index', async () => {
		const place = await scratch();
		const index = openPrivateIndex(place.project);
		const attempt = await place.attemptAt('Add');
		await propose(place.project, index, attempt, []);
		writeFileSync(path.join(place.project.state, 'index'), 'rubbish');
		place.write('a.txt', 'two\n');
		expect(made(await propose(place.project, index, attempt, [])).kind).toBe('candidate');
	});

	test('is made where a power cut left a lock on the private index', async () => {
		const place = await scratch();
		place.write('.git/nightloop/index.lock', '');
		place.write('a.txt', 'two\n');
		expect(made(await proposed(place)).kind).toBe('candidate');
	});

	test('takes what a person has committed for no new file', async () => {
		const place = await scratch({ 'venv/lib.py': '' });
		const index = openPrivateIndex(place.project);
		expect(made(await propose(place.project, index, await place.attemptAt('Add'), [])).kind).toBe(
			'unchanged',
		);
		place.write('web/node_modules/vendored.js', '');
		await place.git('add', '--all', '--force');
		await place.git('commit', '--quiet', '--message', 'vendored');
		expect(made(await propose(place.project, index, await place.attemptAt('Add'), [])).kind).toBe(
			'unchanged',
		);
	});
});

describe('no candidate is made of', () => {
	test('installed dependencies that are not ignored', async () => {
		const place = await scratch();
		place.write('web/node_modules/left-pad/index.js', '');
		expect(await proposed(place)).toMatchObject({
			kind: 'refused',
			what: expect.stringContaining('dependencies'),
			evidence: 'web/node_modules/left-pad/index.js',
		});
	});

	test('a repository inside the repository', async () => {
		const place = await scratch();
		mkdirSync(path.join(place.project.root, 'vendor/it'), { recursive: true });
		await place.git('init', '--quiet', 'vendor/it');
		await place.git(
			'-C',
			'vendor/it',
			'-c',
			'user.name=a',
			'-c',
			'user.email=a@b.c',
			'commit',
			'--quiet',
			'--allow-empty',
			'-m',
			'x',
		);
		expect(await proposed(place)).toMatchObject({ kind: 'refused', evidence: 'vendor/it/' });
	});

	test('more than five thousand new files', async () => {
		const place = await scratch();
		mkdirSync(path.join(place.project.root, 'many'));
		for (let n = 0; n <= 5000; n++) writeFileSync(path.join(place.project.root, 'many', String(n)), '');
		expect(await proposed(place)).toMatchObject({
			kind: 'refused',
			what: expect.stringContaining('5001 new files'),
		});
	});
});

describe('what a person commits between two attempts', () => {
	test.each([
		['taken back', 'one\n'],
		['removed', null],
	])('is not %s unseen: no candidate, and the path is named', async (_, left) => {
		const { place, again } = await committedSince({ [left === null ? 'b.txt' : 'a.txt']: 'mine\n' });
		if (left === null) rmSync(path.join(place.project.root, 'b.txt'));
		else place.write('a.txt', left);
		expect(await again()).toMatchObject({
			kind: 'refused',
			what: expect.stringContaining('takes back what was committed'),
			evidence: left === null ? 'b.txt' : 'a.txt',
		});
	});

	test('is in the candidate where it is kept, also where more is made of it', async () => {
		const { place, again } = await committedSince({ 'a.txt': 'mine\n', 'b.txt': 'mine\n' });
		expect(made(await again()).kind).toBe('candidate');
		place.write('b.txt', 'mine\nand more\n');
		const { candidate } = made(await again());
		expect(candidate.changes.map(({ path }) => path)).toEqual(['a.txt', 'b.txt', 'work.txt']);
		expect(candidate.head).not.toBe(candidate.base);
	});

	test('to steering files is not taken back by what lies on disk', async () => {
		const { place, again } = await committedSince({
			'todo.md': '- [ ] Add\n- [ ] Cure\n',
			'prompts/reviewer.md': 'be strict\n',
		});
		place.write('todo.md', '- [ ] Add\n- [ ] Bend\n');
		rmSync(path.join(place.project.root, 'prompts/reviewer.md'));
		const { candidate } = made(await again());
		expect(await place.git('show', `${candidate.commit}:prompts/reviewer.md`)).toBe('be strict');
	});

	/** Work of a first attempt in the tree, and a commit of the person's that holds other files alone. */
	async function committedSince(files: Readonly<Record<string, string>>) {
		const place = await scratch();
		const attempt = await place.attemptAt('Add');
		place.write('work.txt', 'work\n');
		for (const [name, text] of Object.entries(files)) place.write(name, text);
		await place.git('add', ...Object.keys(files));
		await place.git('commit', '--quiet', '--message', 'by hand', '--', ...Object.keys(files));
		const index = openPrivateIndex(place.project);
		return { place, again: () => propose(place.project, index, attempt, []) };
	}
});

describe('objects that git collects in the middle', () => {
	test.each(['add', 'write-tree', 'diff-tree', 'commit-tree'])(
		'are made again: after %s',
		async (command) => {
			const place = await scratch();
			place.write('a.txt', 'two\n');
			place.write('deep/new.txt', 'new\n');
			const collect = () => place.git('gc', '--quiet', '--prune=now');
			const { candidate } = made(await proposed(oneAfter(place, command, collect)));
			expect(await place.git('show', `${candidate.commit}:deep/new.txt`)).toBe('new');
			expect(await place.git('fsck', '--connectivity-only', '--no-dangling')).toBe('');
		},
	);

	test('are made again where it began before a ref led to them', async () => {
		const place = await scratch();
		place.write('deep/new.txt', 'new\n');
		const lose = async () => {
			const id = await place.git('hash-object', 'deep/new.txt');
			rmSync(path.join(place.project.commonDir, 'objects', id.slice(0, 2), id.slice(2)));
		};
		const { candidate } = made(await proposed(oneAfter(place, 'update-ref', lose)));
		expect(await place.git('show', `${candidate.commit}:deep/new.txt`)).toBe('new');
	});
});

/** Something happens once, right after the first git of that kind. */
function oneAfter(place: Scratch, kind: string, act: () => Promise<unknown>): Scratch {
	let hasActed = false;
	const git: Git = async (args, options) => {
		const answer = await place.project.git(args, options);
		if (!hasActed && args.includes(kind)) {
			hasActed = true;
			await act();
		}
		return answer;
	};
	return { ...place, project: { ...place.project, git } };
}

async function proposed(place: Scratch, leaveOut: readonly string[] = []): Promise<Proposal> {
	return propose(place.project, openPrivateIndex(place.project), await place.attemptAt('Add'), leaveOut);
}

function made(proposal: Proposal) {
	if (proposal.kind === 'refused') throw new Error(`refused: ${proposal.what}\n${proposal.evidence}`);
	return proposal;
}
