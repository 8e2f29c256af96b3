import { existsSync, lstatSync, rmSync, statSync, utimesSync } from 'node:fs';
import path from 'node:path';
import {
	controlFiles,
	lockFiles,
	removeDeadLocks,
	removeUnfinished,
	restoreControlFiles,
	unfinishedIn,
} from './control-files.ts';
import { UserError } from '../../core/errors.ts';
import type { Entry } from '../../core/types.ts';
import { type Noted, notedFile, readNoted, writeNoted } from './noted.ts';
import { includedFiles } from './includes.ts';
import { clearDeadLocks } from '../git/dead-locks.ts';
import { againIfKilled } from '../git/killed.ts';
import { keepLock } from '../lock.ts';
import type { Marker } from '../steering/marker.ts';
import { ownFolder } from '../own-folder.ts';
import { sweep } from '../processes.ts';
import { markOf } from '../session/session-mark.ts';
import type { Position } from '../git/position.ts';
import type { Project } from '../project.ts';
import { clearFolders, restoreRest, restoreUnreadable } from './restore-files.ts';
import { keepIndex, restorePosition } from './restore-head.ts';
import { noteList, restoreList } from './restore-list.ts';
import { followJournal, restoreJournal } from './restore-journal.ts';
import { restoreLogs, restoreStash } from './restore-logs.ts';
import { restoreObjects } from './restore-objects.ts';
import { restoreRefs } from './restore-refs.ts';
import { castShadow, changedFiles, hasShadow, rebuildIfLost } from './shadow.ts';
import type { Reach } from '../walls/walls.ts';

/**
 * Notes, before a session, what it could touch: nothing, where walls keep it from all; the list and what git reads in the
 * work tree, where they keep it from the git directory; else the git directory as well, of which a shadow is cast.
 */
export async function noteBefore(project: Project, at: Position, reach: Reach): Promise<void> {
	notes.delete(project);
	rmSync(notedFile(project), { recursive: true, force: true });
	if (reach === 'nothing') return;
	const noted: Noted = {
		reach,
		at,
		folder: identity(project),
		files: [...controlFiles(project, await includedFiles(project), reach)],
		locks: reach === 'everything' ? lockFiles(project) : [],
		unfinished: unfinishedIn(project),
		list: await noteList(project),
	};
	if (reach === 'everything') castShadow(project);
	notes.set(project, noted);
	writeNoted(project, noted);
}

/**
 * Compares after a session, and puts right what was the session's: before any git runs, what git reads; then HEAD, the
 * branch, the index, all other refs, the stash; then ticks and un-parkings in the list. What it could not touch is left
 * as it is. Resolves to one line for each thing put right, and for each outside file that the loop's git does not heed.
 */
export async function putRight(project: Project, mark: Marker['mark'], optional: boolean): Promise<string[]> {
	const noted = notes.get(project) ?? readNoted(project);
	const lines = noted ? await restoreRepository(project, noted, 'a session') : [];
	project.outside.pin(path.join(project.state, 'outside'));
	lines.push(...project.outside.changes());
	if (!noted) return lines;
	lines.push(...(await restoreList(project, noted.list, { mark, optional, reach: noted.reach })));
	notes.delete(project);
	rmSync(notedFile(project), { recursive: true, force: true });
	return lines;
}

/**
 * At a start, before any git runs: ends what a dead loop left running, and puts the repository right as after a session.
 * The list follows with `putRight`.
 */
export async function recover(project: Project): Promise<string[]> {
	const noted = readNoted(project);
	if (noted) await sweep(markOf(project));
	const lines = await clearDeadLocks(project);
	if (noted && isStagedSince(project)) keepIndex(project);
	if (!noted) return lines;
	return [...lines, ...(await againIfKilled(() => restoreRepository(project, noted, 'a kill')))];
}

/**
 * At a start, before the journal is read: puts it back where a session could write to it that died with its loop. Without
 * one, whatever is wrong with it is left for a person to see.
 */
export async function recoverJournal(project: Project): Promise<string[]> {
	if (readNoted(project)?.reach !== 'everything') return [];
	await sweep(markOf(project));
	return restoreJournal(project);
}

/** To be called with all that is recorded: what a session can write to, a start has from elsewhere. */
export function noteRecorded(project: Project, entry: Entry): void {
	const noted = notes.get(project);
	if (noted?.reach !== 'everything' || behind.has(noted)) return;
	// With a gap in it, it would not tell what came when.
	if (followJournal(project, entry) === 'cannot be written') behind.add(noted);
}

/** The sessions since whose beginning the journal's shadow could not follow. */
const behind = new WeakSet<Noted>();

/** To be called again and again while a session runs: the next start knows by it when a loop that is dead was last alive. */
export function beat(project: Project): void {
	const now = Date.now();
	if (!notes.has(project) || now - (beats.get(project) ?? 0) < BEAT) return;
	beats.set(project, now);
	if (existsSync(notedFile(project))) utimesSync(notedFile(project), now / 1000, now / 1000);
}

const beats = new WeakMap<Project, number>();
/** In ms. */
const BEAT = 500;

/** Whether the index was written to after the loop had died, and its session with it: by a person, then. */
function isStagedSince(project: Project): boolean {
	const index = lstatSync(path.join(project.gitDir, 'index'), { throwIfNoEntry: false });
	return index?.isFile() === true && index.ctimeMs > statSync(notedFile(project)).mtimeMs + 3 * BEAT;
}

async function restoreRepository(
	project: Project,
	noted: Noted,
	after: 'a session' | 'a kill',
): Promise<string[]> {
	const lines: string[] = [];
	const changed = noted.reach === 'everything' ? await restoreWhole(project, noted, lines) : [];
	if (noted.reach === 'work tree' && identity(project) !== noted.folder) throw movedAway(project);
	lines.push(...restoreControlFiles(project, new Map(noted.files), noted.reach, after));
	if (noted.reach !== 'everything') return lines;
	return [...lines, ...(await restoreGit(project, noted, changed)), ...restoreLogFolders(project)];
}

/** Out of a session's reach. What is on disk is for a loop that was ended meanwhile. */
const notes = new WeakMap<Project, Noted>();

/** Before any git runs. Resolves to the files of the git directory that are not as they were, and adds to the lines. */
async function restoreWhole(project: Project, { folder }: Noted, lines: string[]): Promise<string[]> {
	lines.push(...rebuildIfLost(project));
	// The lock's name goes by the folder: a new one is taken as well.
	if (lines.length > 0 && identity(project) !== folder) await keepLock(project.gitDir);
	const changed = hasShadow(project) ? changedFiles(project) : [];
	lines.push(...restoreUnreadable(project, changed));
	if (hasShadow(project)) lines.push(...clearFolders(project));
	return changed;
}

/** Of a folder that leads elsewhere, the loop would write there. */
function restoreLogFolders({ folder, logs }: Project): string[] {
	const replaced = [logs, path.join(logs, 'sessions')].filter((each) => ownFolder(each) === 'put right');
	return replaced.map((each) => `${path.relative(folder, each)} was replaced by the session: a folder again`);
}

function identity({ gitDir }: Project): string {
	const found = statSync(gitDir, { throwIfNoEntry: false });
	return found ? `${found.dev}:${found.ino}` : 'none';
}

/** The walls are around what is in the repository, not around the folder that it lies in. */
function movedAway({ gitDir, root }: Project): UserError {
	return new UserError({
		what: `${gitDir} is gone, or another one.`,
		why: 'The session could not write to it, but may have moved the whole folder.',
		fix: `Look for it in ${path.dirname(root)}, move it back, and start again.`,
	});
}

async function restoreGit(
	project: Project,
	{ at, locks, unfinished }: Noted,
	changed: readonly string[],
): Promise<string[]> {
	const lines = await removeDeadLocks(project, locks);
	lines.push(...removeUnfinished(project, unfinished));
	if (!hasShadow(project)) {
		const lost = 'the shadow of the git directory was removed: deleted refs and objects cannot be put back';
		return [...lines, ...(await restorePosition(project, at)), lost];
	}
	lines.push(...(await restoreObjects(project)));
	lines.push(...(await restorePosition(project, at)));
	lines.push(...(await restoreRefs(project, at, changed)));
	lines.push(...(await restoreStash(project, changed)));
	lines.push(...restoreLogs(project, changed));
	lines.push(...restoreRest(project, changed));
	return lines;
}
