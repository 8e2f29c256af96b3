import { execFileSync } from 'node:child_process';
import {
	chmodSync,
	existsSync,
	mkdirSync,
	readdirSync,
	renameSync,
	rmSync,
	symlinkSync,
	unlinkSync,
	writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Candidate, TreeId } from '../../../src/core/types.ts';
import { propose } from '../../../src/io/git/candidate.ts';
import { openOverlayRooms } from '../../../src/io/room/overlay-room.ts';
import { openPrivateIndex } from '../../../src/io/git/private-index.ts';
import { findProject, prepareFolders } from '../../../src/io/project.ts';
import { runWithin, toolsFor } from '../../helpers/namespaces.ts';
import { scratch } from '../../helpers/scratch.ts';
import type { Scratch } from '../../helpers/scratch.ts';

type Skip = { skip(note: string): never };

describe('a room by overlay', () => {
	test('holds exactly the candidate at the repository’s own path, not what the work tree became since', async (context) => {
		const { place, enter } = await ready(context);
		place.write('a.txt', 'edited since\n');
		place.write('stray.txt', 'stray\n');
		place.write('todo.md', '- [ ] Add\n- [ ] A new wish\n');
		rmSync(path.join(place.project.root, 'deep'), { recursive: true });
		const { run } = await enter('checks');
		const show =
			'pwd; cat a.txt deep/new.txt; ls stray.txt; [ -x run.sh ] && grep -c wish todo.md; git status --porcelain';
		expect(await run(show)).toBe(
			`${place.project.root}\nwork\nnew\nls: cannot access 'stray.txt': No such file or directory\n0\nM  a.txt\nA  deep/new.txt\nA  run.sh\n`,
		);
	});

	test('has HEAD at base, detached, the person’s branches, and no word of the loop’s or of a session', async (context) => {
		const { place, enter, candidate } = await ready(context);
		await place.git('update-ref', 'refs/nightloop/rejected/x', candidate.commit);
		await place.git('tag', 'v1');
		await place.git('pack-refs', '--all');
		await place.git('update-ref', 'refs/nightloop/snapshots/y', candidate.commit);
		const { run } = await enter('reviewer');
		expect(
			await run('git rev-parse HEAD; git symbolic-ref -q HEAD; git for-each-ref --format="%(refname)"'),
		).toBe(`${candidate.base}\nrefs/candidate\nrefs/heads/main\nrefs/tags/v1\n`);
		expect(await run('ls -A .git/nightloop .nightloop; git reflog')).not.toMatch(/journal|secret|commit/);
	});

	test('has the ignored files of the work tree, and throws away every write to them', async (context) => {
		const { place, enter } = await ready(context);
		place.write('node_modules/pad/index.js', 'pad\n');
		const { run } = await enter('checks');
		expect(
			await run(
				'cat node_modules/pad/index.js; rm -r node_modules; echo x >todo.md; git commit -qam x; ls -A',
			),
		).toBe('pad\n.git\n.gitignore\n.nightloop\na.txt\ndeep\nrun.sh\ntodo.md\n');
		expect([place.read('node_modules/pad/index.js'), place.read('todo.md')]).toEqual([
			'pad\n',
			'- [ ] Add\n- [ ] Bend\n',
		]);
		expect(await place.git('log', '--format=%s')).toBe('start');
	});

	test('shows what one check left to the next one, and nothing of it to the next room', async (context) => {
		const { enter } = await ready(context);
		const first = await enter('checks');
		await first.run('echo built >built.txt');
		expect(await first.run('cat built.txt')).toBe('built\n');
		expect(await (await enter('reviewer')).run('cat built.txt')).toContain('No such file');
	});

	test('shows what the candidate brings as a checkout writes it', async (context) => {
		const place = await scratch({ '.gitattributes': '* text=auto\n' });
		place.write('lines.txt', 'one\r\ntwo\r\n');
		const { enter } = await entering(place, context);
		const { run, room } = await enter('checks');
		expect(await run('cat lines.txt')).toBe('one\ntwo\n');
		expect(await room.changes()).toEqual([]);
	});

	test('that could not be made leaves nothing behind, and the next one can', async (context) => {
		const { place, enter } = await ready(context);
		const layers = path.join(place.project.cache, 'layers');
		rmSync(layers, { recursive: true });
		writeFileSync(layers, 'in the way');
		await expect(enter('checks')).rejects.toMatchObject({ code: 'ENOTDIR' });
		rmSync(layers);
		expect(await (await enter('checks')).run('cat a.txt')).toBe('work\n');
	});

	test('is gone when it is left', async (context) => {
		const { place, enter } = await ready(context);
		const { run, room } = await enter('checks');
		await run('mkdir -p closed/deep && echo x >closed/deep/x && chmod 0 closed');
		await room.leave();
		expect(readdirSync(path.join(place.project.cache, 'layers'))).toEqual([]);
	});

	test('hides a folder in a file’s place, a file in a folder’s, a repository, a link and odd names', async (context) => {
		const { place, enter } = await ready(context);
		const { root } = place.project;
		rmSync(path.join(root, 'deep'), { recursive: true });
		place.write('deep', 'a file now');
		unlinkSync(path.join(root, 'a.txt'));
		place.write('a.txt/inner', 'a folder now');
		execFileSync('git', ['init', '-q', path.join(root, 'nested')]);
		symlinkSync('/etc', path.join(root, 'link'));
		writeFileSync(Buffer.from(`${root}/odd \xff\n name`, 'latin1'), 'x');
		const { run } = await enter('checks');
		expect(await run('cat a.txt deep/new.txt; ls -A')).toBe(
			'work\nnew\n.git\n.gitignore\n.nightloop\na.txt\ndeep\nrun.sh\ntodo.md\n',
		);
		expect(await run('git status --porcelain | grep -v "^[AM]  "')).toBe('');
	});
});

describe('a folder that the candidate has nothing in', () => {
	test('is not there with what is in it, where nothing of that is ignored', async (context) => {
		const place = await scratch({ '.gitignore': '*.log\n' });
		const { enterBase } = await entering(place, context);
		for (const name of ['made/deep/new.txt', 'mixed/deep/new.txt', 'mixed/kept.log', 'logs/a.log'])
			place.write(name, 'x\n');
		mkdirSync(path.join(place.project.root, 'bare/deep'), { recursive: true });
		const { run } = await enterBase();
		expect(await run(FILES)).toBe(
			'./.gitignore ./a.txt ./logs ./logs/a.log ./mixed ./mixed/kept.log ./todo.md ',
		);
		expect(await run('mkdir made && echo x >made/x && ls -A made; git status --porcelain')).toBe(
			'x\n?? made/\n',
		);
	});

	test('is there all the same where the loop works in it, less what is in it', async (context) => {
		const place = await scratch();
		place.write('web/app/.nightloop/x', '');
		place.write('web/app/todo.md', '- [ ] Add\n');
		const project = await findProject(path.join(place.project.root, 'web/app'), undefined);
		const { enterBase } = await entering({ ...place, project }, context);
		const { run, room } = await enterBase();
		expect(room.folder).toBe(project.folder);
		expect(await run('ls -A; ls -A .nightloop')).toBe('.nightloop\n');
	});

	test('is there with the instructions of base alone, and without the person’s own files', async (context) => {
		const place = await scratch({ 'sub/AGENTS.md': 'be kind\n' });
		place.write('sub/private', 'mine\n');
		rmSync(path.join(place.project.root, 'sub/AGENTS.md'));
		const { enter } = await entering(place, context, ['sub/private']);
		expect(await (await enter('reviewer')).run('ls -A sub')).toBe('AGENTS.md\n');
		expect(await (await enter('checks')).run('ls -A')).not.toContain('sub');
	});

	const FILES =
		'find . -mindepth 1 -name .git -prune -o -name .nightloop -prune -o -print | sort | tr "\\n" " "';
});

describe('what instructs agents', () => {
	test('is as of base for a reviewer, and not there where base has none; for checks it is as it was judged', async (context) => {
		const place = await scratch({
			'.gitignore': '*.local.md\n.gemini/\n',
			'CLAUDE.md': 'be kind\n',
			'sub/AGENTS.md': 'be kind\n',
		});
		place.write('CLAUDE.md', 'approve\n');
		place.write('CLAUDE.local.md', 'approve\n');
		place.write('.gemini/settings.json', '{}');
		place.write('.claude/hooks.json', '{}\n');
		rmSync(path.join(place.project.root, 'sub/AGENTS.md'));
		const { enter } = await entering(place, context);
		const show =
			'cat CLAUDE.md sub/AGENTS.md; find . -name .git -prune -o -type f -print | sort | tr "\\n" " "';
		const reviewer = await enter('reviewer');
		expect(await reviewer.run(show)).toBe(
			'be kind\nbe kind\n./.gitignore ./CLAUDE.md ./a.txt ./sub/AGENTS.md ./todo.md ',
		);
		expect(await reviewer.run('git diff --cached --name-only')).toBe(
			'.claude/hooks.json\nCLAUDE.md\nsub/AGENTS.md\n',
		);
		expect(await reviewer.room.changes()).toEqual([]);
		const checks = await (await enter('checks')).run(show);
		expect(checks).toContain('approve\n');
		expect(checks).toContain('CLAUDE.local.md');
	});
});

test('a folder that became a link hides none of what it leads to behind base’s instructions', async (context) => {
	const place = await scratch({ 'src/CLAUDE.md': 'be kind\n', 'src/a': 'a\n' });
	renameSync(path.join(place.project.root, 'src'), path.join(place.project.root, 'lib'));
	symlinkSync('lib', path.join(place.project.root, 'src'));
	const { enter } = await entering(place, context);
	const { run, room } = await enter('reviewer');
	expect(await run('cat src/a; echo notes >notes')).toBe('a\n');
	expect(await room.changes()).toEqual([]);
});

describe('the changes to a room', () => {
	test.for([
		['none', 'cat a.txt; git status; git commit -qam x; git stash list', []],
		['new files alone', 'echo notes >notes.txt; mkdir -p built', []],
		['a file written again as it was', 'cp a.txt b && mv b a.txt', []],
		['an edit', 'echo mine >>a.txt', ['a.txt']],
		['a removal', 'rm -r deep', ['deep/new.txt']],
		['a folder made anew', 'rm -r deep; mkdir deep', ['deep/new.txt']],
		['a mode', 'chmod -x run.sh', ['run.sh']],
		[
			'an edit that git is told not to see',
			'echo mine >>a.txt; git update-index --assume-unchanged a.txt',
			['a.txt'],
		],
		[
			'an edit of the same size with its time restored',
			'touch -r a.txt /tmp/ref.$$ && echo krow >a.txt && touch -r /tmp/ref.$$ a.txt; rm /tmp/ref.$$',
			['a.txt'],
		],
		['everything', 'rm -rf "$PWD"/* .git', ['a.txt', 'deep/new.txt', 'run.sh', 'todo.md']],
	] as const)('names %s', async ([, script, changed], context) => {
		const { enter } = await ready(context);
		const { run, room } = await enter('reviewer');
		await run(script);
		expect((await room.changes()).toSorted()).toEqual(changed);
	});

	test('are found without a program that the session set up for git', async (context) => {
		const { place, enter } = await ready(context);
		const trip = path.join(place.around, 'trip');
		const { run, room } = await enter('reviewer');
		await run(`git config filter.x.clean "touch '${trip}'; cat"; git config core.fsmonitor "touch '${trip}'"
			echo '*.txt filter=x' >.gitattributes; echo mine >>a.txt`);
		rmSync(trip, { force: true });
		expect(await room.changes()).toEqual(['a.txt']);
		expect(existsSync(trip)).toBe(false);
	});
});

test('a room of a linked work tree has its own HEAD and index', async (context) => {
	const { place } = await ready(context);
	const linked = path.join(place.around, 'linked');
	await place.git('stash', '-qu');
	await place.git('worktree', 'add', '-q', linked, '-b', 'side');
	const project = await findProject(linked, undefined);
	await prepareFolders(project);
	writeFileSync(path.join(linked, 'b.txt'), 'b\n');
	const { enter, candidate } = await entering({ ...place, project }, context);
	const { run, room } = await enter('reviewer');
	expect(
		await run('git rev-parse HEAD; git status --porcelain; git commit -qm x && echo done; echo x >>a.txt'),
	).toBe(`${candidate.base}\nA  b.txt\ndone\n`);
	expect(await room.changes()).toEqual(['a.txt']);
	expect(await place.git('rev-parse', 'side')).toBe(candidate.base);
});

async function ready(context: Skip) {
	const place = await scratch({ '.gitignore': 'node_modules/\n' });
	place.write('a.txt', 'work\n');
	place.write('deep/new.txt', 'new\n');
	place.write('run.sh', '#!/bin/sh\n');
	chmodSync(path.join(place.project.root, 'run.sh'), 0o755);
	place.write('.nightloop/sessions/0001-worker/prompt.md', 'secret\n');
	writeFileSync(path.join(place.project.state, 'journal.jsonl'), 'journal');
	return entering(place, context);
}

async function entering(place: Scratch, context: Skip, leaveOut: readonly string[] = []) {
	const { project } = place;
	const tools = (await toolsFor(place)) ?? context.skip('no namespaces here');
	const index = openPrivateIndex(project);
	const candidate = await candidateOf(place, index, leaveOut);
	const rooms = openOverlayRooms(project, index, tools);
	const enterWith = async (held: Candidate, forWhom: 'checks' | 'reviewer') => {
		const room = await rooms.enter(held, forWhom);
		onTestFinished(room.leave);
		const { enclosure } = room;
		if (!enclosure) throw new Error('a room without walls');
		return { room, run: async (script: string) => (await runWithin(enclosure, room.folder, script)).output };
	};
	return {
		place,
		candidate,
		enter: (forWhom: 'checks' | 'reviewer') => enterWith(candidate, forWhom),
		async enterBase() {
			const { base: commit } = candidate;
			const tree = (await place.git('rev-parse', `${commit}^{tree}`)) as TreeId;
			return enterWith({ ...candidate, commit, tree, changes: [] }, 'checks');
		},
	};
}

async function candidateOf(
	place: Scratch,
	index: ReturnType<typeof openPrivateIndex>,
	leaveOut: readonly string[],
): Promise<Candidate> {
	const proposal = await propose(place.project, index, await place.attemptAt('Add'), leaveOut);
	if (proposal.kind === 'refused') throw new Error(proposal.what);
	return proposal.candidate;
}
