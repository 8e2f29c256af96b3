import {
	existsSync,
	lstatSync,
	mkdirSync,
	readdirSync,
	readlinkSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { putAside } from '../git/aside.ts';
import { gitsIn } from '../processes.ts';
import type { Project } from '../project.ts';
import { isAbsence, readIfThere } from '../steering/todo-file.ts';
import type { Reach } from '../walls/walls.ts';

/**
 * Path → content in base64, or where a link leads that names no file. What git reads before it does anything, and could
 * be made to run programs by.
 */
export type ControlFiles = ReadonlyMap<string, string | null>;

/**
 * As they are now; null for one that is not there. `included`: what the repository's configuration includes. At reach
 * `work tree` only those that lie in there.
 */
export function controlFiles(project: Project, included: readonly string[], reach: Reach): ControlFiles {
	const { gitDir, commonDir, root } = project;
	const isInReach = (file: string) => file.startsWith(`${root}/`) && !file.startsWith(`${commonDir}/`);
	const own = reach === 'everything' ? inGitDirectory(gitDir, commonDir) : [];
	const all = [
		...own,
		path.join(root, '.git'),
		...included.filter((file) => own.length > 0 || isInReach(file)),
	];
	// The git directory itself is seen to elsewhere.
	return new Map(all.map((file) => [file, content(file) ?? (file === commonDir ? null : leadsTo(file))]));
}

/**
 * Puts them back as they were noted; what stood in place of one outside of the git directory goes aside. So does the rest
 * `after` a kill: a person may have changed it since. Resolves to one line for each.
 */
export function restoreControlFiles(
	project: Project,
	before: ControlFiles,
	reach: Reach,
	after: 'a session' | 'a kill',
): string[] {
	const { commonDir, root } = project;
	const now = controlFiles(project, [...before.keys()], reach);
	const changed = [...now].filter(([file, found]) => found !== (before.get(file) ?? null));
	return changed.map(([file]) => {
		const was = before.get(file) ?? null;
		// A file may stand where its folder was.
		if (!isFolder(path.dirname(file))) rmSync(path.dirname(file), { force: true });
		const isKept = after === 'a kill' || !file.startsWith(`${commonDir}/`);
		if (isKept && lstatSync(file, { throwIfNoEntry: false })) putAside(project, file);
		rmSync(file, { recursive: true, force: true });
		if (was !== null) {
			mkdirSync(path.dirname(file), { recursive: true });
			write(file, was);
		}
		return `${path.relative(root, file)} was changed by the session${after === 'a kill' ? SINCE : ''}: put back`;
	});
}

const SINCE = ', or since it was killed (what was there is in .nightloop/aside)';

function write(file: string, was: string): void {
	if (was.startsWith(LINK)) symlinkSync(was.slice(LINK.length), file);
	else writeFileSync(file, Buffer.from(was, 'base64'), { mode: file.includes('/hooks/') ? 0o755 : 0o644 });
}

/** `.git` itself is one of them where it is a file, or a link to a folder. */
function inGitDirectory(gitDir: string, commonDir: string): string[] {
	return [
		...['config.worktree', 'commondir', 'gitdir'].map((name) => path.join(gitDir, name)),
		...['config', 'shallow', 'objects/info/alternates', 'info/exclude', 'info/attributes', 'info/grafts'].map(
			(name) => path.join(commonDir, name),
		),
		...inFolder(path.join(commonDir, 'hooks')),
		// Written anew by each collection.
		...inFolder(path.join(commonDir, 'info')).filter((file) => !file.endsWith('/refs')),
	];
}

/** Where a link leads, as it says itself; null for what is no link, or not there. */
export function linkAt(file: string): string | null {
	try {
		return readlinkSync(file);
	} catch (error) {
		if (isAbsence(error) || (error as NodeJS.ErrnoException).code === 'EINVAL') return null;
		throw error;
	}
}

/** git's locks that are there now; what packed refs are written to is as good as one: git does not get past it either. */
export function lockFiles({ gitDir, commonDir }: Pick<Project, 'gitDir' | 'commonDir'>): string[] {
	const refs = path.join(commonDir, 'refs');
	const all = [
		...[...new Set([gitDir, commonDir])].flatMap((folder) => inFolder(folder)),
		...(isFolder(refs)
			? readdirSync(refs, { recursive: true }).map((name) => path.join(refs, String(name)))
			: []),
	];
	return all.filter((file) => file.endsWith('.lock') || file === path.join(commonDir, 'packed-refs.new'));
}

/** A git that was ended with its session leaves its locks. While another one works here, they may be its own. */
export async function removeDeadLocks(project: Project, before: readonly string[]): Promise<string[]> {
	const made = () => lockFiles(project).filter((file) => !before.includes(file));
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
/** Files and folders of a git directory that are there while a merge, rebase or bisect is in progress. */
export const UNFINISHED = [
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

/** null where there is no file, or none that can be read: a pipe, a folder, a file that was closed. */
function content(file: string): string | null {
	const bytes = readIfThere(file);
	return bytes === null ? null : Buffer.from(bytes).toString('base64');
}

/** A link in place of another one to a folder would lead git to another repository. */
function leadsTo(file: string): string | null {
	const target = linkAt(file);
	return target === null ? null : `${LINK}${target}`;
}

/** What no base64 begins with. */
const LINK = 'link:';

function inFolder(folder: string): string[] {
	return isFolder(folder) ? readdirSync(folder).map((name) => path.join(folder, name)) : [];
}

function isFolder(file: string): boolean {
	return lstatSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
