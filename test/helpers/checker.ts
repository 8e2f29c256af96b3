/**
 * Judges a repository after (or between) runs of the loop from what anybody can see: git, todo.md, the processes, and
 * the notes that the agents of test/fixtures/agents took. It shares no code with the program that it judges.
 */
import { execa } from 'execa';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { processesOf } from './processes.ts';
import type { Repository } from './repository.ts';

/** The repository as the person left it to the loop. */
export interface Photograph {
	readonly todo: Buffer;
	/** Mode, owner and kind of todo.md. */
	readonly todoFile: string;
	readonly head: string;
	readonly branch: string;
	/** `git ls-files --stage`, one entry a path, of the paths that are staged with changes. */
	readonly staged: readonly string[];
	/** Branches, tags and the stash, with what they point at; the current branch aside. */
	readonly refs: string;
	/** A hash of the repository's configuration and hooks. */
	readonly configuration: string;
	/** Commits that the person made since. They stay on the branch, and are nobody's landing. */
	readonly own: readonly string[];
}

interface Landed {
	readonly commit: string;
	readonly subject: string;
	readonly author: string;
	readonly committer: string;
	readonly parents: readonly string[];
	readonly task: readonly string[];
	readonly attempt: readonly string[];
	readonly tree: readonly string[];
	readonly worker: readonly string[];
	readonly reviewers: readonly string[];
}

/** Taken before the loop is started. */
export async function photograph(repository: Repository): Promise<Photograph> {
	return {
		todo: await readFile(join(repository.path, 'todo.md')),
		todoFile: await kindOf(join(repository.path, 'todo.md')),
		head: await repository.git('rev-parse', 'HEAD'),
		branch: await repository.git('rev-parse', '--symbolic-full-name', 'HEAD'),
		staged: await stagedIn(repository),
		refs: await refsOf(repository),
		configuration: await configurationOf(repository),
		own: [],
	};
}

/** Everything that is wrong once the loop has ended, each with the invariant that it breaks. None is what is wanted. */
export async function violations(
	repository: Repository,
	before: Photograph,
	todo: Buffer = before.todo,
): Promise<string[]> {
	return [
		...(await duringViolations(repository, before, todo)),
		...(await boxesWithout(repository, before)),
		...(await repositoryViolations(repository, before)),
		...(await processViolations(repository)),
	];
}

/** The part of it that holds at every moment, also between a `kill -9` and the next start. */
export async function duringViolations(
	repository: Repository,
	before: Photograph,
	todo: Buffer = before.todo,
): Promise<string[]> {
	// Before anything else, and at once: a loop that runs goes on, and a tick that is read has its commit by then.
	const now = readFileSync(join(repository.path, 'todo.md'));
	const since = await landedSince(repository, before.head);
	const landed = since.filter(({ commit }) => !before.own.includes(commit));
	const approved = await approvalsOf(repository);
	const perCommit = await Promise.all(landed.map((one) => commitViolations(repository, one, approved)));
	return [
		...(await todoViolations(repository, before, now, todo)),
		...tickViolations(before, now, landed),
		...without(
			before.own,
			since.map(({ commit }) => commit),
		).map((commit) => `I5: the person's own commit ${commit} is gone`),
		...perCommit.flat(),
		...twice(
			'attempt',
			landed.map(({ task, attempt }) => `${task.join()} ${attempt.join()}`),
		),
		...twice(
			'task',
			landed.map(({ subject }) => subject),
		),
		...(await repository.notes('overlaps')).map((line) => `two agents at once: ${line}`),
	];
}

/** I5 as far as it holds whenever no git is at work: what git says of its objects and refs. */
export async function objectViolations({ path: cwd, env }: Repository): Promise<string[]> {
	const fsck = await execa('git', ['fsck', '--no-dangling'], { cwd, env, extendEnv: false, reject: false });
	return fsck.exitCode === 0 ? [] : [`I5: git fsck: ${fsck.stderr}`];
}

/** The commits on the branch since `start`, oldest first. */
export async function landedSince(repository: Repository, start: string): Promise<Landed[]> {
	const trailers = ['Task', 'Attempt', 'Tree', 'Worker', 'Reviewer'].map(
		(name) => `%(trailers:key=Nightloop-${name},valueonly,separator=%x1f)`,
	);
	const format = ['%H', '%s', '%an', '%cn', '%P', ...trailers].join('%x00');
	const log = await repository.git(
		'log',
		'--reverse',
		'--first-parent',
		`--format=${format}`,
		`${start}..HEAD`,
	);
	return log
		.split('\n')
		.filter((line) => line !== '')
		.map(toLanded);
}

/** The texts of the boxes with that mark, in order. */
export function boxes(todo: string | Buffer, mark: string): string[] {
	return marksOf(Buffer.from(todo))
		.filter((box) => box.mark === mark)
		.map(({ text }) => text);
}

/** Every file below the folder, one a line, with its mode and a hash of what is in it. */
export async function fingerprint(folder: string): Promise<string[]> {
	const names = await readdir(folder, { recursive: true });
	return Promise.all(names.toSorted().map(async (name) => `${name} ${await contentsOf(join(folder, name))}`));
}

function toLanded(line: string): Landed {
	const [commit = '', subject = '', author = '', committer = '', parents = '', ...trailers] =
		line.split('\0');
	const named = (index: number) => (trailers[index] ?? '').split('\x1f').filter((value) => value !== '');
	return {
		commit,
		subject,
		author,
		committer,
		parents: parents.split(' '),
		task: named(0),
		attempt: named(1),
		tree: named(2),
		worker: named(3),
		reviewers: named(4),
	};
}

/** I1, I6: byte for byte what the person saved last, the marks aside. */
async function todoViolations(
	repository: Repository,
	before: Photograph,
	now: Buffer,
	todo: Buffer,
): Promise<string[]> {
	const kind = await kindOf(join(repository.path, 'todo.md'));
	const found = kind === before.todoFile ? [] : [`I6: todo.md was ${before.todoFile}, is ${kind}`];
	if (now.length !== todo.length)
		return [...found, `I1: todo.md has ${now.length} bytes, not ${todo.length}`];
	const marks = new Map(marksOf(todo).map((box) => [box.offset, box]));
	for (const [offset, byte] of now.entries()) {
		if (byte === todo[offset]) continue;
		const change = `${String.fromCodePoint(todo[offset] ?? 0)} became ${String.fromCodePoint(byte)}`;
		const allowed = marks.has(offset) && [' became x', ' became !'].includes(change.slice(1));
		if (!allowed) found.push(`I6: byte ${offset} of todo.md: ${change}`);
	}
	return found;
}

/** I2: a box is ticked only with a commit of its own on the branch. */
function tickViolations(before: Photograph, now: Buffer, landed: readonly Landed[]): string[] {
	return without(
		newlyTicked(before, now),
		landed.map(({ subject }) => subject),
	).map((text) => `I2: ticked without a commit: ${text}`);
}

/** I8: at the end nothing has landed that is not ticked. */
async function boxesWithout(repository: Repository, before: Photograph): Promise<string[]> {
	const since = await landedSince(repository, before.head);
	const landed = since.filter(({ commit }) => !before.own.includes(commit));
	const ticked = newlyTicked(before, readFileSync(join(repository.path, 'todo.md')));
	return without(
		landed.map(({ subject }) => subject),
		ticked,
	).map((text) => `I8: landed but not ticked: ${text}`);
}

function newlyTicked(before: Photograph, now: Buffer): string[] {
	return without(boxes(now, 'x'), boxes(before.todo, 'x'));
}

/** I2, I3, and promise 2: approved was exactly this tree, by a session that is not the worker's. */
async function commitViolations(
	repository: Repository,
	landed: Landed,
	approved: ReadonlySet<string>,
): Promise<string[]> {
	const sound = soundCommits.get(repository) ?? new Set();
	soundCommits.set(repository, sound);
	// A commit never changes: in a long night each is looked at once.
	if (sound.has(landed.commit)) return [];
	const [tree = ''] = landed.tree;
	const besides = (await pathsBetween(repository, tree, landed.commit)).filter((path) => path !== 'todo.md');
	const listed = await repository.git('show', `${landed.commit}:todo.md`);
	const found = [
		...trailerViolations(landed),
		approved.has(tree) ? '' : `I2: no reviewer approved the tree ${tree}`,
		besides.length > 0 ? `I3: not the approved tree: ${besides.join(' ')}` : '',
		boxes(listed, 'x').includes(landed.subject) ? '' : 'I3: its own todo.md does not have the tick',
	];
	const wrong = found.filter((one) => one !== '');
	if (wrong.length === 0) sound.add(landed.commit);
	return wrong.map((one) => `${one} (${landed.commit}, "${landed.subject}")`);
}

/** By the handle of their repository. */
const soundCommits = new WeakMap<Repository, Set<string>>();

function trailerViolations(landed: Landed): string[] {
	const { task, attempt, tree, worker, reviewers } = landed;
	const [author = ''] = worker;
	const counts = Object.entries({ task, attempt, tree, worker }).filter(([, values]) => values.length !== 1);
	const distinct = reviewers.length > 0 && !reviewers.map(session).includes(session(author));
	const people = `${landed.author} and ${landed.committer}`;
	return [
		...counts.map(([name, values]) => `I3: ${values.length} trailers for ${name}`),
		landed.parents.length === 1 ? '' : `I3: ${landed.parents.length} parents`,
		people === 'A Person and nightloop' ? '' : `I3: by ${people}`,
		distinct ? '' : 'the author reviewed it',
	];
}

/** I5. */
async function repositoryViolations(repository: Repository, before: Photograph): Promise<string[]> {
	const found: string[] = [];
	const same = (what: string, was: unknown, is: unknown) => {
		if (JSON.stringify(was) !== JSON.stringify(is))
			found.push(`I5: ${what} was ${String(was)}, is ${String(is)}`);
	};
	found.push(...(await objectViolations(repository)));
	for (const name of await readdir(join(repository.path, '.git'), { recursive: true })) {
		if (name.endsWith('.lock')) found.push(`I5: .git/${name} is left`);
	}
	same('HEAD', before.branch, await repository.git('rev-parse', '--symbolic-full-name', 'HEAD'));
	same('what is staged', before.staged, await stagedIn(repository));
	same('branches, tags and stash', before.refs, await refsOf(repository));
	same('configuration and hooks', before.configuration, await configurationOf(repository));
	return found;
}

/** I4. */
async function processViolations(repository: Repository): Promise<string[]> {
	const left = await processesOf(repository.scratch);
	return left.map(({ pid, command }) => `I4: ${pid} ${command} is still there`);
}

/** Trees that a reviewer approved, where its room held exactly the candidate. */
async function approvalsOf(repository: Repository): Promise<Set<string>> {
	const lines = (await repository.notes('approvals')).map((line) => line.split(' '));
	return new Set(
		lines.filter(([, candidate, room]) => candidate === room).map(([, candidate]) => candidate ?? ''),
	);
}

async function pathsBetween(repository: Repository, from: string, to: string): Promise<string[]> {
	const { cwd, env } = { cwd: repository.path, env: repository.env };
	const words = ['diff-tree', '-r', '--name-only', '--no-commit-id', from, to];
	const { exitCode, stdout, stderr } = await execa('git', words, {
		cwd,
		env,
		extendEnv: false,
		reject: false,
	});
	return exitCode === 0 ? stdout.split('\n').filter(Boolean) : [stderr];
}

async function stagedIn(repository: Repository): Promise<string[]> {
	const names = await repository.git('diff', '--cached', '--name-only');
	const entries = await repository.git('ls-files', '--stage');
	const changed = new Set(names.split('\n'));
	return entries.split('\n').filter((entry) => changed.has(entry.split('\t')[1] ?? ''));
}

async function refsOf(repository: Repository): Promise<string> {
	const current = await repository.git('rev-parse', '--symbolic-full-name', 'HEAD');
	const all = await repository.git('for-each-ref', 'refs/heads', 'refs/tags', 'refs/stash');
	const stash = await repository.git('stash', 'list', '--format=%H');
	return [...all.split('\n').filter((line) => !line.endsWith(`\t${current}`)), stash].join('\n');
}

async function configurationOf(repository: Repository): Promise<string> {
	const hash = createHash('sha256');
	const folder = join(repository.path, '.git');
	const hooks = (await readdir(join(folder, 'hooks'))).toSorted();
	for (const name of ['config', ...hooks.map((hook) => `hooks/${hook}`)]) {
		hash.update(name).update(await readFile(join(folder, name)));
	}
	return hash.digest('hex');
}

async function contentsOf(path: string): Promise<string> {
	const found = await lstat(path);
	if (found.isDirectory()) return 'folder';
	const bytes = found.isSymbolicLink() ? await readlink(path) : await readFile(path);
	return `${found.mode.toString(8)} ${createHash('sha256').update(bytes).digest('hex')}`;
}

async function kindOf(path: string): Promise<string> {
	const { mode, uid, gid } = await lstat(path);
	return `mode ${mode.toString(8)} of ${uid}:${gid}`;
}

function marksOf(todo: Buffer): { offset: number; mark: string; text: string }[] {
	// latin1: an offset in the string is an offset in the bytes.
	const text = todo.toString('latin1');
	return [...text.matchAll(/^([ \t]*(?:[-*+]|\d+[.)])[ \t]+\[)(.)\][ \t]+(.*?)\r?$/gm)].map((match) => ({
		offset: match.index + (match[1] ?? '').length,
		mark: match[2] ?? '',
		text: Buffer.from(match[3] ?? '', 'latin1').toString(),
	}));
}

/** A trailer names agent, model and session. */
function session(trailer: string): string {
	return trailer.split('/').at(-1) ?? '';
}

function twice(what: string, all: readonly string[]): string[] {
	return without(all, [...new Set(all)]).map((one) => `I3: the same ${what} landed twice: ${one}`);
}

/** What is left of `all` when each of `some` is taken out once. */
function without(all: readonly string[], some: readonly string[]): string[] {
	const left = [...all];
	for (const one of some) if (left.includes(one)) left.splice(left.indexOf(one), 1);
	return left;
}
