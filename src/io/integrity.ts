import {
	copyFileSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AGENT_EMAIL } from '../core/environment.ts';
import { parseTodo } from '../core/todo.ts';
import type { Mark, TaskId, Todo } from '../core/types.ts';
import { position } from './position.ts';
import type { Position } from './position.ts';
import type { Project } from './project.ts';
import { stableRead } from './todo-file.ts';
import type { Marker } from './todo-file.ts';
import { DURABLE } from './git.ts';

/** Notes, before a session, what it could touch: control files of git, the index, where the branch is, the list. */
export async function noteBefore(project: Project, at: Position): Promise<void> {
	const folder = baseline(project);
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	const files = Object.fromEntries(controlFiles(project));
	const todo = await stableRead(project.todo);
	if (todo.kind === 'bytes') writeFileSync(path.join(folder, 'todo'), todo.bytes);
	if (existsSync(indexOf(project))) copyFileSync(indexOf(project), path.join(folder, 'index'));
	writeFileSync(
		path.join(folder, 'noted.json'),
		JSON.stringify({ at, files, locks: lockFiles(project, at), branches: looseBranches(project) }),
	);
}

/**
 * Compares after a session, and puts right what was the session's: control files before any git runs, then HEAD, the
 * branch and the index, then ticks and un-parkings in the list. Resolves to one line for each thing put right. Commits
 * and switches that a person made meanwhile stay: they do not carry the agents' identity.
 */
export async function putRight(project: Project, mark: Marker['mark'], optional: boolean): Promise<string[]> {
	const noted = path.join(baseline(project), 'noted.json');
	if (!existsSync(noted)) return [];
	const { at, files, locks, branches } = JSON.parse(readFileSync(noted, 'utf8')) as Noted;
	const lines = restoreControlFiles(project, new Map(Object.entries(files)));
	lines.push(...(await removeDeadLocks(project, at, locks)));
	lines.push(...(await restoreHead(project, at)));
	lines.push(...(await restoreBranch(project, at)));
	lines.push(...(await removeNewBranches(project, branches)));
	lines.push(...(await restoreMarks(project, mark, optional)));
	return lines;
}

interface Noted {
	readonly at: Position;
	readonly files: Readonly<Record<string, string>>;
	readonly locks: readonly string[];
	readonly branches: readonly string[];
}

function baseline(project: Project): string {
	return path.join(project.state, 'before');
}

function indexOf(project: Project): string {
	return path.join(project.gitDir, 'index');
}

// ── Control files ───────────────────────────────────────────────────────────────────────────────────────────────────

/** Path → content in base64. What git reads before it does anything, and could be made to run programs by. */
function controlFiles(project: Project): Map<string, string> {
	const { gitDir, commonDir, root } = project;
	const single = [
		path.join(root, '.git'),
		...['config', 'info/exclude', 'info/attributes', 'info/grafts', 'objects/info/alternates'].map((name) =>
			path.join(commonDir, name),
		),
		path.join(gitDir, 'config.worktree'),
	];
	const hooks = path.join(commonDir, 'hooks');
	const scripts = existsSync(hooks) ? readdirSync(hooks).map((name) => path.join(hooks, name)) : [];
	const found = [...single, ...scripts].map((file) => [file, content(file)] as const);
	return new Map(found.filter((pair): pair is [string, string] => pair[1] !== null));
}

function content(file: string): string | null {
	try {
		return readFileSync(file, 'base64');
	} catch (error) {
		if (['ENOENT', 'EISDIR', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
		throw error;
	}
}

function restoreControlFiles(project: Project, before: ReadonlyMap<string, string>): string[] {
	const after = controlFiles(project);
	const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
		(file) => before.get(file) !== after.get(file),
	);
	for (const file of changed) {
		const was = before.get(file);
		rmSync(file, { force: true });
		if (was === undefined) continue;
		mkdirSync(path.dirname(file), { recursive: true });
		writeFileSync(file, Buffer.from(was, 'base64'), { mode: file.includes('/hooks/') ? 0o755 : 0o644 });
	}
	return changed.map((file) => `${path.relative(project.root, file)} was changed by the session: put back`);
}

function lockFiles(project: Project, at: Position): string[] {
	const own = ['index', 'HEAD'].map((name) => path.join(project.gitDir, `${name}.lock`));
	return [...own, path.join(project.commonDir, `${at.branch}.lock`)].filter((file) => existsSync(file));
}

/** A git that was ended with its session leaves its locks. A live one holds them for moments only. */
async function removeDeadLocks(project: Project, at: Position, before: readonly string[]): Promise<string[]> {
	const made = () => lockFiles(project, at).filter((file) => !before.includes(file));
	for (let waited = 0; made().length > 0 && waited < LIVE_GIT; waited += 100) await sleep(100);
	const dead = made();
	for (const file of dead) rmSync(file, { force: true });
	return dead.map((file) => `${path.relative(project.root, file)} was left by a git of the session: removed`);
}

/** How long a git that is alive may hold a lock, in ms. */
const LIVE_GIT = 3000;

// ── HEAD, the branch, the index ─────────────────────────────────────────────────────────────────────────────────────

async function restoreHead(project: Project, at: Position): Promise<string[]> {
	const now = await position(project);
	if (now.branch === at.branch || lastMover(path.join(project.gitDir, 'logs', 'HEAD')) !== 'agent') return [];
	await project.git(['symbolic-ref', '-m', 'nightloop: back', 'HEAD', at.branch]);
	return [`the session switched to ${now.branch}: back on ${at.branch}`];
}

async function restoreBranch(project: Project, at: Position): Promise<string[]> {
	const now = await position(project);
	const tip =
		now.branch === at.branch
			? now.head
			: (await project.git(['rev-parse', '--verify', '--quiet', at.branch], { answers: [0, 1] })).trim();
	const before = path.join(baseline(project), 'index');
	const theirs = tip === at.head ? at.head : await beforeAgents(project, at, tip);
	if (theirs === at.head && existsSync(before)) restoreIndex(project, before);
	if (tip === theirs) return [];
	const ref = `refs/nightloop/snapshots/agent-${tip.slice(0, 8)}`;
	if (tip !== '') await project.git(['update-ref', ref, tip], { durable: DURABLE });
	await project.git(['update-ref', '-m', 'nightloop: fold', at.branch, theirs], { durable: DURABLE });
	return [
		`the session moved ${at.branch}: back at ${theirs.slice(0, 9)}, what it committed is judged with the rest (${ref})`,
	];
}

/** Full refs that have a file of their own, as every new one has. */
function looseBranches({ commonDir }: Project): string[] {
	const heads = path.join(commonDir, 'refs', 'heads');
	if (!existsSync(heads)) return [];
	const files = readdirSync(heads, { recursive: true, withFileTypes: true }).filter((entry) =>
		entry.isFile(),
	);
	return files.map((entry) => path.relative(commonDir, path.join(entry.parentPath, entry.name)));
}

async function removeNewBranches(project: Project, before: readonly string[]): Promise<string[]> {
	const made = looseBranches(project).filter((ref) => !before.includes(ref));
	const agents = made.filter((ref) => lastMover(path.join(project.commonDir, 'logs', ref)) === 'agent');
	for (const ref of agents) {
		await project.git(['update-ref', ref.replace('refs/heads/', 'refs/nightloop/snapshots/agent-'), ref]);
		await project.git(['update-ref', '-d', ref]);
	}
	return agents.map(
		(ref) =>
			`the session made the branch ${ref.replace('refs/heads/', '')}: removed (kept under refs/nightloop/snapshots)`,
	);
}

/** By a rename: a kill in between must not leave half an index. Not while a git that is alive is writing it. */
function restoreIndex(project: Project, before: string): void {
	const index = indexOf(project);
	const was = readFileSync(before);
	if (existsSync(`${index}.lock`) || (existsSync(index) && readFileSync(index).equals(was))) return;
	const restored = path.join(project.state, 'restored.index');
	writeFileSync(restored, was);
	renameSync(restored, index);
}

/** Where the branch stood before the moves at its end that carry the agents' identity. */
async function beforeAgents(project: Project, at: Position, tip: string): Promise<string> {
	if (tip === '') return at.head;
	const moves = reflog(path.join(project.commonDir, 'logs', at.branch));
	const theirs = moves.findLastIndex((move) => move.email !== AGENT_EMAIL);
	const since = moves.slice(theirs + 1);
	if (since.length > 0) return since[0]!.from;
	// Without a log of moves, the commits themselves tell.
	const committers = await project.git(['log', '--format=%ce', `${at.head}..${tip}`]);
	const emails = committers.split('\n').filter((email) => email !== '');
	return moves.length === 0 && emails.every((email) => email === AGENT_EMAIL) ? at.head : tip;
}

function lastMover(file: string): 'agent' | 'person' {
	const last = reflog(file).at(-1);
	return last?.email === AGENT_EMAIL ? 'agent' : 'person';
}

/** `from to Name <email> time zone TAB message`, one move a line. */
function reflog(file: string): { from: string; email: string }[] {
	if (!existsSync(file)) return [];
	const lines = readFileSync(file, 'utf8')
		.split('\n')
		.filter((line) => line !== '');
	return lines
		.slice(-1000)
		.map((line) => ({ from: line.slice(0, line.indexOf(' ')), email: /<([^>]*)>/.exec(line)?.[1] ?? '' }));
}

// ── Marks in the list ───────────────────────────────────────────────────────────────────────────────────────────────

async function restoreMarks(project: Project, mark: Marker['mark'], optional: boolean): Promise<string[]> {
	const file = path.join(baseline(project), 'todo');
	if (!existsSync(file)) return [];
	const before = readFileSync(file);
	const lost = await restoreLostList(project, before);
	if (lost !== null) return [lost];
	const was = parseTodo(before, { optional });
	const now = await stableRead(project.todo);
	const is = now.kind === 'bytes' ? parseTodo(now.bytes, { optional }) : now;
	if (was.kind !== 'list' || is.kind !== 'list') return [];
	const lines = [];
	for (const { id, as, words } of unearnedMarks(was.todo, is.todo)) {
		const result = await mark(id, as, optional);
		if ('outcome' in result && result.outcome === 'written') lines.push(words);
	}
	return lines;
}

/** A list that is gone or empty since the session, and stays so, is put back: a person would not empty it for long. */
async function restoreLostList({ todo }: Project, before: Buffer): Promise<string | null> {
	for (let waited = 0; waited < SAVING; waited += 50) {
		const now = await stableRead(todo);
		if (now.kind === 'bytes' && now.bytes.length > 0) return null;
		await sleep(50);
	}
	// Never over a file that came back meanwhile.
	const isEmpty = statSync(todo, { throwIfNoEntry: false })?.size === 0;
	if (isEmpty) rmSync(todo);
	if (before.length === 0 || existsSync(todo)) return null;
	writeFileSync(todo, before, { flag: 'wx' });
	return `${path.basename(todo)} was ${isEmpty ? 'emptied' : 'removed'} during the session: put back as it was before`;
}

/** The longest that an editor's save leaves a file absent or empty, in ms. */
const SAVING = 1000;

interface Unearned {
	readonly id: TaskId;
	readonly as: Mark;
	readonly words: string;
}

function unearnedMarks(was: Todo, is: Todo): Unearned[] {
	const states = new Map(was.tasks.map(({ id, state }) => [id, state]));
	return is.tasks.flatMap(({ id, state, text, line }): Unearned[] => {
		const before = states.get(id);
		if (before === 'open' && state === 'done')
			return [
				{
					id,
					as: ' ',
					words: `line ${line} was ticked during the session, not by the loop: put back (${text})`,
				},
			];
		if (before === 'parked' && state !== 'parked' && state !== 'dropped')
			return [{ id, as: '!', words: `line ${line} was un-parked during the session: put back (${text})` }];
		return [];
	});
}
