import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Position } from './position.ts';
import { gitsIn } from './processes.ts';
import type { Project } from './project.ts';

/** Path → content in base64. What git reads before it does anything, and could be made to run programs by. */
export function controlFiles(project: Project): Map<string, string> {
	const { gitDir, commonDir, root } = project;
	const shared = ['config', 'info/exclude', 'info/attributes', 'info/grafts', 'objects/info/alternates'];
	const hooks = path.join(commonDir, 'hooks');
	const scripts = isFolder(hooks) ? readdirSync(hooks).map((name) => path.join(hooks, name)) : [];
	const all = [
		path.join(root, '.git'),
		path.join(gitDir, 'config.worktree'),
		...shared.map((name) => path.join(commonDir, name)),
		...scripts,
	];
	const found = all.map((file) => [file, content(file)] as const);
	return new Map(found.filter((pair): pair is [string, string] => pair[1] !== null));
}

/** Puts them back as they were noted. Resolves to one line for each. */
export function restoreControlFiles(project: Project, before: ReadonlyMap<string, string>): string[] {
	const after = controlFiles(project);
	const all = [...new Set([...before.keys(), ...after.keys()])];
	const changed = all.filter((file) => before.get(file) !== after.get(file));
	for (const file of changed) {
		const was = before.get(file);
		// A file may stand where its folder was.
		if (!isFolder(path.dirname(file))) rmSync(path.dirname(file), { force: true });
		rmSync(file, { recursive: true, force: true });
		if (was === undefined) continue;
		mkdirSync(path.dirname(file), { recursive: true });
		writeFileSync(file, Buffer.from(was, 'base64'), { mode: file.includes('/hooks/') ? 0o755 : 0o644 });
	}
	return changed.map((file) => `${path.relative(project.root, file)} was changed by the session: put back`);
}

/** git's locks that are there now. */
export function lockFiles(project: Project, at: Position): string[] {
	const own = ['index', 'HEAD'].map((name) => path.join(project.gitDir, `${name}.lock`));
	return [...own, path.join(project.commonDir, `${at.branch}.lock`)].filter((file) => existsSync(file));
}

/** A git that was ended with its session leaves its locks. While another one works here, they may be its own. */
export async function removeDeadLocks(
	project: Project,
	at: Position,
	before: readonly string[],
): Promise<string[]> {
	const made = () => lockFiles(project, at).filter((file) => !before.includes(file));
	for (let waited = 0; made().length > 0 && waited < LIVE_GIT; waited += 100) await sleep(100);
	const dead = gitsIn(project.root).length > 0 ? [] : made();
	for (const file of dead) rmSync(file, { force: true });
	return dead.map((file) => `${path.relative(project.root, file)} was left by a git of the session: removed`);
}

/** What git keeps of a merge, rebase or bisect in progress. */
export function unfinishedIn({ gitDir }: Project): string[] {
	return UNFINISHED.map((name) => path.join(gitDir, name)).filter((file) => existsSync(file));
}

/** Forgets what a session began of these: the files in the work tree are judged as they are. */
export function removeUnfinished(project: Project, before: readonly string[]): string[] {
	const made = unfinishedIn(project).filter((file) => !before.includes(file));
	for (const file of made) rmSync(file, { recursive: true, force: true });
	return made.map((file) => `${path.relative(project.root, file)} was left by the session: removed`);
}

/** How long a git that is alive may hold a lock, in ms. */
const LIVE_GIT = 3000;

const BISECT = ['LOG', 'START', 'TERMS', 'NAMES', 'EXPECTED_REV', 'ANCESTORS_OK', 'RUN'];
const UNFINISHED = [
	'MERGE_HEAD',
	'MERGE_MSG',
	'MERGE_MODE',
	'CHERRY_PICK_HEAD',
	'REVERT_HEAD',
	'REBASE_HEAD',
	'AUTO_MERGE',
	'rebase-merge',
	'rebase-apply',
	'sequencer',
	...BISECT.map((name) => `BISECT_${name}`),
];

function content(file: string): string | null {
	try {
		return readFileSync(file, 'base64');
	} catch (error) {
		if (['ENOENT', 'EISDIR', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
		throw error;
	}
}

function isFolder(file: string): boolean {
	return lstatSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
