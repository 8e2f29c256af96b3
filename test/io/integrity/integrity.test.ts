import { execa } from 'execa';
import { execFileSync } from 'node:child_process';
import {
	appendFileSync,
	chmodSync,
	existsSync,
	linkSync,
	mkdirSync,
	readdirSync,
	readlinkSync,
	renameSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { noteBefore, putRight, recover, recoverJournal } from '../../../src/io/integrity/integrity.ts';
import { position } from '../../../src/io/git/position.ts';
import { findProject } from '../../../src/io/project.ts';
import { openMarker } from '../../../src/io/steering/marker.ts';
import type { Project } from '../../../src/io/project.ts';
import { eventually } from '../../helpers/eventually.ts';
import { quieten, scratch } from '../../helpers/scratch.ts';
import type { Scratch } from '../../helpers/scratch.ts';

let place: Scratch;

beforeEach(async () => {
	place = await scratch({ 'todo.md': '- [ ] Add\n- [!] Bend\n- [ ] Cure\n' });
	place.write('.git/hooks/pre-push', '#!/bin/sh\nexit 0\n');
	chmodSync(path.join(place.project.gitDir, 'hooks/pre-push'), 0o755);
	await noteBefore(place.project, await position(place.project), 'everything');
});

describe('after a session', () => {
	test('that touched nothing there is nothing to put right', async () => {
		place.write('a.txt', 'work\n');
		expect(await settle()).toEqual([]);
	});

	test('there is nothing either that was never noted', async () => {
		rmSync(path.join(place.project.state, 'before.json'));
		place = { ...place, project: { ...place.project } };
		expect(await settle()).toEqual([]);
	});

	test.each([
		['nothing', ': >before.json'],
		['half of it', 'truncate --size=40 before.json'],
		['more than can be read', 'truncate --size=3G before.json'],
		['a pipe', 'rm before.json; mkfifo before.json'],
		['a folder', 'rm before.json; mkdir before.json'],
	])('a start takes what the session left in the place of what was noted for none: %s', async (_, deed) => {
		await execa('sh', ['-c', deed], { cwd: place.project.state });
		const project = { ...place.project };
		expect([...(await recoverJournal(project)), ...(await recover(project))]).toEqual([]);
		await noteBefore(project, await position(project), 'everything');
		expect(await putRight(project, openMarker(project.todo).mark, false)).toEqual([]);
	});

	test.each(['reach', 'at', 'folder', 'files', 'locks', 'unfinished', 'list'])(
		'a start takes what it changed in it to something else for none: %s',
		async (part) => {
			const file = path.join(place.project.state, 'before.json');
			const whole = JSON.parse(place.read('.git/nightloop/before.json'));
			expect(whole).toHaveProperty(part);
			for (const junk of [undefined, 5, 'a\0b', {}, [null], [['a\0b', 1]]]) {
				writeFileSync(file, JSON.stringify({ ...whole, [part]: junk }));
				const project = { ...place.project };
				expect([...(await recoverJournal(project)), ...(await recover(project))]).toEqual([]);
			}
		},
	);

	test.each(['mkfifo', 'mkdir'])(
		'what a session left where it is noted is waited for by none: %s',
		async (make) => {
			await execa(make, [path.join(place.project.state, 'before.json.new')]);
			await noteBefore(place.project, await position(place.project), 'everything');
			expect(place.read('.git/nightloop/before.json')).toContain('everything');
		},
	);

	test('a folder where the loop is to write a file is put aside', async () => {
		mkdirSync(path.join(place.project.state, 'following.index/x'), { recursive: true });
		expect(await settle()).toEqual(['the session made the folder nightloop/following.index: put aside']);
		expect(existsSync(path.join(place.project.state, 'following.index'))).toBe(false);
	});

	test('what it put right once it does not put right again', async () => {
		await place.agentGit('commit', '--quiet', '--allow-empty', '--message', 'mine');
		expect(await settle()).toHaveLength(1);
		expect(await settle()).toEqual([]);
	});
});

describe('what git could be made to run programs by is put back:', () => {
	test.each([
		['config', '[core]\n\tfsmonitor = ./evil\n'],
		['info/exclude', 'a.txt\n'],
		['info/attributes', '* filter=evil\n'],
		['hooks/pre-push', 'evil\n'],
		['hooks/pre-commit', 'evil\n'],
	])('%s', async (name, more) => {
		const file = path.join(place.project.commonDir, name);
		const before = existsSync(file) ? place.read(`.git/${name}`) : null;
		appendFileSync(file, more);
		expect(await settle()).toEqual([`.git/${name} was changed by the session: put back`]);
		expect(existsSync(file) ? place.read(`.git/${name}`) : null).toBe(before);
	});

	test('after a kill too, and what a person may have written there since is kept', async () => {
		const before = place.read('.git/config');
		appendFileSync(path.join(place.project.commonDir, 'config'), '[alias]\n\tmine = log\n');
		place.write('.git/hooks/pre-commit', 'mine\n');
		const lines = await recover({ ...place.project });
		expect(lines.filter((line) => line.includes('what was there is in .nightloop/aside'))).toHaveLength(2);
		expect(place.read('.git/config')).toBe(before);
		expect(existsSync(path.join(place.project.commonDir, 'hooks/pre-commit'))).toBe(false);
		const kept = readdirSync(path.join(place.project.logs, 'aside')).map((name) =>
			place.read(`.nightloop/aside/${name}`),
		);
		expect(kept.toSorted()).toEqual([`${before}[alias]\n\tmine = log\n`, 'mine\n'].toSorted());
	});

	test('the folder of the hooks that became a file, and a file that became a folder', async () => {
		const hooks = path.join(place.project.gitDir, 'hooks');
		const exclude = place.read('.git/info/exclude');
		rmSync(hooks, { recursive: true });
		place.write('.git/hooks', 'x');
		rmSync(path.join(place.project.gitDir, 'info/exclude'));
		place.write('.git/info/exclude/deep/x', 'x');
		expect(await settle()).toContain('.git/hooks/pre-push was changed by the session: put back');
		expect(statSync(path.join(hooks, 'pre-push')).mode & 0o777).toBe(0o755);
		expect(place.read('.git/info/exclude')).toBe(exclude);
	});

	test('a hook that was removed, with its mode', async () => {
		const hook = path.join(place.project.gitDir, 'hooks/pre-push');
		rmSync(hook);
		expect(await settle()).toHaveLength(1);
		expect(statSync(hook).mode & 0o777).toBe(0o755);
	});
});

describe('commits made in a session', () => {
	test('by its agent are folded: the branch and the index are back, the files stay, a ref keeps them', async () => {
		const head = await place.git('rev-parse', 'HEAD');
		await agentCommits('theirs.txt');
		const tip = await place.git('rev-parse', 'HEAD');
		expect(await settle()).toEqual([expect.stringContaining('the session moved refs/heads/main')]);
		expect(await place.git('rev-parse', 'HEAD')).toBe(head);
		expect(await place.git('status', '--porcelain')).toBe('?? theirs.txt');
		expect(await place.git('for-each-ref', '--format=%(objectname)', 'refs/nightloop/snapshots')).toBe(tip);
	});

	test('by the person stay', async () => {
		await personCommits('mine.txt');
		const tip = await place.git('rev-parse', 'HEAD');
		expect(await settle()).toEqual([]);
		expect(await place.git('rev-parse', 'HEAD')).toBe(tip);
	});

	test('by both: the person’s stay that lie below', async () => {
		await personCommits('mine.txt');
		const tip = await place.git('rev-parse', 'HEAD');
		await agentCommits('theirs.txt');
		await agentCommits('theirs too.txt');
		expect(await settle()).toHaveLength(1);
		expect(await place.git('rev-parse', 'HEAD')).toBe(tip);
	});

	test('by its agent are folded where there is no log of moves too', async () => {
		const head = await place.git('rev-parse', 'HEAD');
		rmSync(path.join(place.project.gitDir, 'logs'), { recursive: true });
		await place.agentGit(
			'-c',
			'core.logAllRefUpdates=false',
			'commit',
			'--quiet',
			'--allow-empty',
			'-m',
			'x',
		);
		expect(await settle()).toHaveLength(2);
		expect(await place.git('rev-parse', 'HEAD')).toBe(head);
	});

	test('a reset by its agent is taken back', async () => {
		await personCommits('mine.txt');
		await noteBefore(place.project, await position(place.project), 'everything');
		const head = await place.git('rev-parse', 'HEAD');
		await place.agentGit('reset', '--quiet', '--hard', 'HEAD~1');
		expect(await settle()).toHaveLength(1);
		expect(await place.git('rev-parse', 'HEAD')).toBe(head);
	});

	test('what its agent staged is not staged any more', async () => {
		place.write('a.txt', 'work\n');
		await place.agentGit('add', 'a.txt');
		await settle();
		expect(await place.git('diff', '--cached', '--name-only')).toBe('');
		expect(place.read('a.txt')).toBe('work\n');
	});
});

describe('branches', () => {
	test('that its agent switched to, or made, are left and removed; what they held is kept', async () => {
		await place.agentGit('switch', '--quiet', '--create', 'feature/theirs');
		await agentCommits('theirs.txt');
		const lines = await settle();
		expect(lines).toEqual([
			'the session switched to refs/heads/feature/theirs: back on refs/heads/main',
			expect.stringContaining('the session made the branch feature/theirs'),
		]);
		expect(await place.git('symbolic-ref', 'HEAD')).toBe('refs/heads/main');
		expect(await place.git('branch', '--format=%(refname)')).toBe('refs/heads/main');
		expect(await place.git('show', 'refs/nightloop/snapshots/agent-feature/theirs:theirs.txt')).toBe('x');
	});

	test('that the person switched to, or made, stay', async () => {
		await place.git('switch', '--quiet', '--create', 'mine');
		expect(await settle()).toEqual([]);
		expect(await place.git('symbolic-ref', 'HEAD')).toBe('refs/heads/mine');
	});

	test('that the person switched to keep their index', async () => {
		await place.git('switch', '--quiet', '--create', 'mine');
		await personCommits('mine.txt');
		expect(await settle()).toEqual([]);
		expect(await place.git('status', '--porcelain')).toBe('');
	});

	test.each([
		['deleted under it', ['update-ref', '-d', 'refs/heads/main']],
		['left for one without a commit', ['checkout', '--quiet', '--orphan', 'fresh']],
		['left for none', ['checkout', '--quiet', '--detach']],
	])('the loop’s own, %s, is checked out again', async (_name, words) => {
		const head = await place.git('rev-parse', 'HEAD');
		await place.agentGit(...words);
		expect(await settle()).not.toEqual([]);
		expect(await place.git('symbolic-ref', 'HEAD')).toBe('refs/heads/main');
		expect(await place.git('rev-parse', 'HEAD')).toBe(head);
		expect(await place.git('status', '--porcelain')).toBe('');
	});

	test('the loop’s own, deleted by its agent, is there again', async () => {
		const head = await place.git('rev-parse', 'HEAD');
		await place.agentGit('switch', '--quiet', '--create', 'theirs');
		await place.agentGit('branch', '--quiet', '--delete', '--force', 'main');
		await settle();
		expect(await place.git('rev-parse', 'refs/heads/main', 'HEAD')).toBe(`${head}\n${head}`);
	});
});

describe('marks in the list', () => {
	test('that nobody but the loop may make are put back', async () => {
		write('- [x] Add\n- [ ] Bend\n- [ ] Cure\n');
		expect(await settle()).toEqual([
			'line 1 was ticked during the session, not by the loop: put back (Add)',
			'line 2 was un-parked during the session: put back (Bend)',
		]);
		expect(place.read('todo.md')).toBe('- [ ] Add\n- [!] Bend\n- [ ] Cure\n');
	});

	test('and edits that are a person’s to make stay', async () => {
		const edited = '- [-] Add\n- [-] Bend\n- [ ] Cure it\n- [ ] Dug\n';
		write(edited);
		expect(await settle()).toEqual([]);
		expect(place.read('todo.md')).toBe(edited);
	});

	test('a task that is reworded and ticked in one go is no way around', async () => {
		write('- [x] Add (done)\n- [!] Bend\n- [ ] Cure\n');
		expect(await settle()).toHaveLength(1);
		expect(place.read('todo.md')).toBe('- [ ] Add (done)\n- [!] Bend\n- [ ] Cure\n');
	});

	test.each([
		['a folder', (file: string) => mkdirSync(path.join(file, 'deep'), { recursive: true })],
		['a pipe', (file: string) => execFileSync('mkfifo', [file])],
		['a link to nowhere', (file: string) => symlinkSync('nowhere', file)],
	])('a list that was replaced by %s is put back, and that put aside', async (_name, make) => {
		rmSync(place.project.todo);
		make(place.project.todo);
		expect(await settle()).toEqual(['todo.md was replaced during the session: put back as it was before']);
		expect(place.read('todo.md')).toBe('- [ ] Add\n- [!] Bend\n- [ ] Cure\n');
		expect(readdirSync(path.join(place.project.logs, 'aside'))).toHaveLength(1);
	});

	test('a list that was replaced by a link to another one is put back, unless it was a link before', async () => {
		place.write('other.md', '- [x] Other\n');
		rmSync(place.project.todo);
		symlinkSync('other.md', place.project.todo);
		expect(await settle()).toEqual(['todo.md was replaced during the session: put back as it was before']);
		expect(place.read('todo.md')).toBe('- [ ] Add\n- [!] Bend\n- [ ] Cure\n');
		rmSync(place.project.todo);
		symlinkSync('other.md', place.project.todo);
		await noteBefore(place.project, await position(place.project), 'everything');
		expect(await settle()).toEqual([]);
	});

	test.each(['everything', 'work tree'] as const)(
		'a list that is a link is by that link again after a session of reach %s, and its ticks are put back',
		async (reach) => {
			place.write('notes/list.md', '- [ ] Add\n');
			place.write('theirs.md', '- [x] Theirs\n');
			relink('todo.md', 'notes/list.md');
			await noteBefore(place.project, await position(place.project), reach);
			relink('todo.md', 'theirs.md');
			const linked = 'todo.md was no longer a link to notes/list.md after the session: put back';
			expect(await settle()).toEqual([linked]);
			expect(readlinkSync(place.project.todo)).toBe('notes/list.md');
			expect(readdirSync(path.join(place.project.logs, 'aside'))).toHaveLength(1);

			await noteBefore(place.project, await position(place.project), reach);
			rmSync(place.project.todo);
			rmSync(path.join(place.project.root, 'notes/list.md'));
			place.write('notes/list.md', '- [x] Add\n');
			quieten(path.join(place.project.root, 'notes/list.md'));
			expect(await settle()).toEqual([linked, expect.stringContaining('line 1 was ticked')]);
			expect(place.read('todo.md')).toBe('- [ ] Add\n');
		},
	);

	test('a list that a link names is put back where it was', async () => {
		place.write('notes/list.md', '- [ ] Add\n');
		relink('todo.md', 'notes/list.md');
		await noteBefore(place.project, await position(place.project), 'everything');
		rmSync(path.join(place.project.root, 'notes/list.md'));
		expect(await settle()).toEqual(['todo.md was removed during the session: put back as it was before']);
		expect(readlinkSync(place.project.todo)).toBe('notes/list.md');
		expect(place.read('notes/list.md')).toBe('- [ ] Add\n');
	});

	test('a list that was closed to the loop is opened again, and its ticks are put back', async () => {
		write('- [x] Add\n- [!] Bend\n- [ ] Cure\n');
		chmodSync(place.project.todo, 0o044);
		expect(await settle()).toHaveLength(2);
		expect(statSync(place.project.todo).mode & 0o777).toBe(0o644);
		expect(place.read('todo.md')).toBe('- [ ] Add\n- [!] Bend\n- [ ] Cure\n');
	});

	test.each(['removed', 'emptied'])('a list that was %s is put back as it was', async (how) => {
		if (how === 'removed') rmSync(place.project.todo);
		else write('');
		expect(await settle()).toEqual([`todo.md was ${how} during the session: put back as it was before`]);
		expect(place.read('todo.md')).toBe('- [ ] Add\n- [!] Bend\n- [ ] Cure\n');
	});
});

test('the lock of a git that was ended with its session is removed, one that was there before is not', async () => {
	place.write('.git/HEAD.lock', '');
	await noteBefore(place.project, await position(place.project), 'everything');
	place.write('.git/index.lock', '');
	expect(await settle()).toEqual(['.git/index.lock was left by a git of the session: removed']);
	expect([existsSync(lock('index')), existsSync(lock('HEAD'))]).toEqual([false, true]);
});

test('the lock of a person’s git that is alive is left alone, and so is what they commit', async () => {
	const editor = path.join(place.around, 'editor');
	const GIT_EDITOR = `until [ -e '${editor}' ]; do sleep 0.02; done; echo mine >`;
	const commits = execa('git', ['commit', '--quiet', '--allow-empty', '--all'], {
		cwd: place.project.root,
		env: { GIT_EDITOR },
	});
	await eventually(
		() => existsSync(lock('index')),
		() => 'a git that holds the index',
	);
	expect(await settle()).toEqual([]);
	expect(existsSync(lock('index'))).toBe(true);
	writeFileSync(editor, '');
	await commits;
	expect(await place.git('log', '-1', '--format=%s')).toBe('mine');
});

test('a bisect that a session began is forgotten, one of the person’s is not', async () => {
	const states = () => readdirSync(place.project.gitDir).filter((name) => name.startsWith('BISECT'));
	await place.agentGit('bisect', 'start');
	await place.agentGit('bisect', 'bad');
	expect(await settle()).not.toEqual([]);
	expect(states()).toEqual([]);
	await place.git('bisect', 'start');
	await noteBefore(place.project, await position(place.project), 'everything');
	expect(await settle()).toEqual([]);
	expect(states()).toContain('BISECT_START');
});

test('objects that a session replaced for git are themselves again', async () => {
	const head = await place.git('rev-parse', 'HEAD');
	const other = await place.agentGit('commit-tree', '-m', 'other', 'HEAD^{tree}');
	await place.agentGit('replace', head, other);
	expect(await settle()).toEqual([expect.stringContaining('the session replaced an object')]);
	expect(await place.git('log', '-1', '--format=%s')).toBe('start');
});

describe('what a session cannot touch', () => {
	test.each(['work tree', 'nothing'] as const)(
		'is left as the person made it meanwhile (%s)',
		async (reach) => {
			await noteBefore(place.project, await position(place.project), reach);
			await personCommits('mine.txt');
			place.write('a.txt', 'staged\n');
			await place.git('add', 'a.txt');
			await place.git('config', 'alias.mine', 'log');
			await place.git('switch', '--quiet', '--create', 'mine');
			await place.git('tag', 'mine');
			place.write('todo.md', '- [x] Add\n- [ ] Bend\n- [ ] Cure\n');
			place.write('.git/hooks/pre-commit', 'mine\n');
			const state = () => place.git('for-each-ref');
			const [refs, index] = [await state(), await place.git('status', '--porcelain=v2')];
			expect(await settle()).toEqual([]);
			expect([await state(), await place.git('status', '--porcelain=v2')]).toEqual([refs, index]);
			expect(await place.git('symbolic-ref', 'HEAD')).toBe('refs/heads/mine');
			expect(await place.git('config', 'alias.mine')).toBe('log');
			expect(place.read('todo.md')).toBe('- [x] Add\n- [ ] Bend\n- [ ] Cure\n');
		},
	);

	test('is not even looked at by a git', async () => {
		const place = await withoutGit();
		for (const reach of ['work tree', 'nothing'] as const) {
			await noteBefore(place.project, place.at, reach);
			place.write('a.txt', 'work\n');
			expect(await putRight(place.project, openMarker(place.project.todo).mark, false)).toEqual([]);
		}
	});

	test('is the list only while it is the same file: in another one ticks are put back', async () => {
		await noteBefore(place.project, await position(place.project), 'work tree');
		rmSync(place.project.todo);
		write('- [x] Add\n- [ ] Bend\n- [ ] Cure\n');
		expect(await settle()).toHaveLength(2);
		expect(place.read('todo.md')).toBe('- [ ] Add\n- [!] Bend\n- [ ] Cure\n');
	});

	test('is the list only while it has no other name', async () => {
		linkSync(place.project.todo, path.join(place.project.root, 'another name'));
		await noteBefore(place.project, await position(place.project), 'work tree');
		write('- [x] Add\n- [!] Bend\n- [ ] Cure\n');
		expect(await settle()).toHaveLength(1);
	});
});

describe('files that the repository’s configuration includes', () => {
	test.each(['everything', 'work tree'] as const)(
		'are put back at reach %s, and what they said kept',
		async (reach) => {
			await place.git('config', 'include.path', '../.gitconfig');
			await place.git('config', 'includeIf.onbranch:other.path', '../planted');
			place.write('.gitconfig', '[include]\n\tpath = deep/more\n');
			place.write('deep/more', '[alias]\n\tmine = log\n');
			await noteBefore(place.project, await position(place.project), reach);
			place.write('.gitconfig', '[filter "evil"]\n\tclean = evil\n');
			place.write('deep/more', 'evil\n');
			place.write('planted', 'evil\n');
			expect(await settle()).toEqual(
				['.gitconfig', 'planted', 'deep/more'].map((name) => `${name} was changed by the session: put back`),
			);
			expect(place.read('.gitconfig')).toBe('[include]\n\tpath = deep/more\n');
			expect(await place.git('config', 'alias.mine')).toBe('log');
			expect(existsSync(path.join(place.project.root, 'planted'))).toBe(false);
			expect(readdirSync(path.join(place.project.logs, 'aside'))).toHaveLength(3);
		},
	);
});

test.each(['everything', 'work tree'] as const)(
	'a .git that is a link leads to the same repository again after a session of reach %s',
	async (reach) => {
		const { root } = place.project;
		renameSync(path.join(root, '.git'), path.join(place.around, 'x.git'));
		relink('.git', '../x.git');
		place = { ...place, project: { ...(await findProject(root, undefined)), cache: place.project.cache } };
		await noteBefore(place.project, await position(place.project), reach);
		expect(await settle()).toEqual([]);

		await noteBefore(place.project, await position(place.project), reach);
		rmSync(path.join(root, '.git'));
		await place.agentGit('init', '--quiet');
		expect(await settle()).toEqual(['.git was changed by the session: put back']);
		expect(readlinkSync(path.join(root, '.git'))).toBe('../x.git');
		expect(await place.git('log', '-1', '--format=%s')).toBe('start');
		expect(readdirSync(path.join(place.project.logs, 'aside'))).toHaveLength(1);
	},
);

/** A project whose git fails whatever it is asked. */
async function withoutGit() {
	const at = await position(place.project);
	const git: Project['git'] = async () => Promise.reject(new Error('a git was run'));
	return { ...place, at, project: { ...place.project, git } };
}

function settle(): Promise<string[]> {
	return putRight(place.project, openMarker(place.project.todo).mark, false);
}

function write(list: string): void {
	place.write('todo.md', list);
	quieten(place.project.todo);
}

/** A link, in place of what may be there. */
function relink(name: string, target: string): void {
	const file = path.join(place.project.root, name);
	rmSync(file, { force: true });
	symlinkSync(target, file);
}

function lock(name: string): string {
	return path.join(place.project.gitDir, `${name}.lock`);
}

async function agentCommits(name: string): Promise<void> {
	place.write(name, 'x\n');
	await place.agentGit('add', name);
	await place.agentGit('commit', '--quiet', '--message', name);
}

async function personCommits(name: string): Promise<void> {
	place.write(name, 'x\n');
	await place.git('add', name);
	await place.git('commit', '--quiet', '--message', name);
}
