import {
	copyFileSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AGENT_EMAIL } from '../core/environment.ts';
import type { Position } from './position.ts';
import type { Project } from './project.ts';
import { restoreList } from './restore-list.ts';
import { stableRead } from './todo-file.ts';
import type { Marker } from './marker.ts';
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
	lines.push(...(await restoreList(project, path.join(baseline(project), 'todo'), mark, optional)));
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
	const now = await branchOf(project);
	if (now === at.branch) return [];
	// On a branch without a commit, or without its branch's, nobody can go on.
	const isLost = (await tipOf(project, 'HEAD')) === '';
	if (!isLost && lastMover(path.join(project.gitDir, 'logs', 'HEAD')) !== 'agent') return [];
	await project.git(['symbolic-ref', '-m', 'nightloop: back', 'HEAD', at.branch]);
	return [`the session switched to ${now}: back on ${at.branch}`];
}

/** A full ref, though it may not be there; `HEAD` when it is detached. */
async function branchOf(project: Project): Promise<string> {
	const branch = await project.git(['symbolic-ref', '--quiet', 'HEAD'], { answers: [0, 1] });
	return branch.trim() || 'HEAD';
}

/** `''` where there is no such ref. */
async function tipOf(project: Project, ref: string): Promise<string> {
	return (await project.git(['rev-parse', '--verify', '--quiet', ref], { answers: [0, 1] })).trim();
}

async function restoreBranch(project: Project, at: Position): Promise<string[]> {
	const [now, tip] = [await branchOf(project), await tipOf(project, at.branch)];
	const before = path.join(baseline(project), 'index');
	const theirs = tip === at.head ? at.head : await beforeAgents(project, at, tip);
	if (theirs === at.head && now === at.branch && existsSync(before)) restoreIndex(project, before);
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
