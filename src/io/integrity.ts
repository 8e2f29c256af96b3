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
import {
	lockFiles,
	removeDeadLocks,
	removeUnfinished,
	restoreControlFiles,
	controlFiles,
	unfinishedIn,
} from './control-files.ts';
import { AGENT_EMAIL } from '../core/environment.ts';
import { branchOf, tipOf } from './position.ts';
import type { Position } from './position.ts';
import type { Project } from './project.ts';
import { lastMover, reflog } from './reflog.ts';
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
	if (todo.kind === 'bytes')
		writeFileSync(path.join(folder, 'todo'), todo.bytes, { flush: true, mode: modeOf(project) });
	if (existsSync(indexOf(project))) copyFileSync(indexOf(project), path.join(folder, 'index'));
	const noted: Noted = {
		at,
		files,
		locks: lockFiles(project, at),
		branches: looseRefs(project, 'heads'),
		replacements: looseRefs(project, 'replace'),
		unfinished: unfinishedIn(project),
	};
	writeFileSync(path.join(folder, 'noted.json'), JSON.stringify(noted), { flush: true });
}

/**
 * Compares after a session, and puts right what was the session's: control files before any git runs, then HEAD, the
 * branch and the index, then ticks and un-parkings in the list. Resolves to one line for each thing put right. Commits
 * and switches that a person made meanwhile stay: they do not carry the agents' identity.
 */
export async function putRight(project: Project, mark: Marker['mark'], optional: boolean): Promise<string[]> {
	const noted = path.join(baseline(project), 'noted.json');
	if (!existsSync(noted)) return [];
	const { at, files, locks, branches, replacements, unfinished } = JSON.parse(
		readFileSync(noted, 'utf8'),
	) as Noted;
	const lines = restoreControlFiles(project, new Map(Object.entries(files)));
	lines.push(...(await removeDeadLocks(project, at, locks)));
	lines.push(...removeUnfinished(project, unfinished));
	lines.push(...(await restoreHead(project, at)));
	lines.push(...(await restoreBranch(project, at)));
	lines.push(...(await removeNewBranches(project, branches)));
	lines.push(...(await removeReplacements(project, replacements)));
	lines.push(...(await restoreList(project, path.join(baseline(project), 'todo'), mark, optional)));
	rmSync(baseline(project), { recursive: true, force: true });
	return lines;
}

interface Noted {
	readonly at: Position;
	readonly files: Readonly<Record<string, string>>;
	readonly locks: readonly string[];
	readonly branches: readonly string[];
	readonly replacements: readonly string[];
	readonly unfinished: readonly string[];
}

function baseline(project: Project): string {
	return path.join(project.state, 'before');
}

function modeOf({ todo }: Project): number {
	return (statSync(todo, { throwIfNoEntry: false })?.mode ?? 0o600) & 0o777;
}

function indexOf(project: Project): string {
	return path.join(project.gitDir, 'index');
}

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
function looseRefs({ commonDir }: Project, kind: 'heads' | 'replace'): string[] {
	const folder = path.join(commonDir, 'refs', kind);
	if (!existsSync(folder)) return [];
	const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
		(entry) => entry.isFile() && !entry.name.endsWith('.lock'),
	);
	return files.map((entry) => path.relative(commonDir, path.join(entry.parentPath, entry.name)));
}

async function removeNewBranches(project: Project, before: readonly string[]): Promise<string[]> {
	const made = looseRefs(project, 'heads').filter((ref) => !before.includes(ref));
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

/** The loop does not look at them, but the person's git does. */
async function removeReplacements(project: Project, before: readonly string[]): Promise<string[]> {
	const made = looseRefs(project, 'replace').filter((ref) => !before.includes(ref));
	for (const ref of made) await project.git(['update-ref', '-d', ref]);
	return made.map((ref) => `the session replaced an object for git (${ref}): removed`);
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
