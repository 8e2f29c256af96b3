import { lstatSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Project } from '../project.ts';
import { promptsFolder, settingsFile } from './rule-files.ts';
import { isAbsence } from './todo-file.ts';
import type { Reach } from '../walls/walls.ts';

/** What sessions since some moment could write to, and what stood where the settings and the prompts are at that moment. */
interface SessionReach {
	readonly reach: Reach;
	/** What tells a file from any other that takes its place; null: there was none. */
	readonly settings: string | null;
	readonly prompts: string | null;
}

/** The sessions that may have changed settings or prompts since these were looked at. */
export interface Suspects {
	session(phase: 'begins' | 'ended', reach: Reach): void;
	/** Whether sessions have ended of which nobody has seen yet what they did. */
	haveEnded(): boolean;
	/** Why a change that is seen now is the person's, in a file that is not doubtful. */
	readonly by: () => 'no session lived' | 'walled off';
	isDoubtful(file: string): boolean;
	/** To be called before the files are read; what it returns, after they were judged: that clears all who had ended. */
	look(): () => void;
}

/** `orphans`: a session of a dead loop may live until `ended` is told. */
export function openSuspects(project: Project, orphans: boolean): Suspects {
	let since: SessionReach | null = orphans ? { reach: 'everything', settings: null, prompts: null } : null;
	let phase: 'living' | 'ended' = orphans ? 'living' : 'ended';
	return {
		session(next, reach) {
			phase = next === 'begins' ? 'living' : 'ended';
			if (next === 'ended') return;
			since = reachNow(project, reach, since);
			noteReach(project, since);
		},
		haveEnded: () => since !== null && phase === 'ended',
		by: () => (since === null ? 'no session lived' : 'walled off'),
		isDoubtful: (file) => since !== null && !isWalledOff(project, file, since),
		look() {
			const ended = phase === 'ended' ? since : null;
			return () => {
				if (since === ended) since = null;
			};
		},
	};
}

/** Of a session that begins now, and of earlier ones of which nobody has seen yet what they did. */
function reachNow(project: Project, reach: Reach, earlier: SessionReach | null): SessionReach {
	const places = { settings: identity(settingsFile(project)), prompts: identity(promptsFolder(project)) };
	if (earlier === null) return { reach, ...places };
	const wider = WIDTHS.indexOf(reach) > WIDTHS.indexOf(earlier.reach) ? reach : earlier.reach;
	return { ...earlier, reach: wider };
}

const WIDTHS: readonly Reach[] = ['nothing', 'work tree', 'everything'];

/**
 * Whether none of those sessions can have written what is in a file of the settings or the prompts now: they were walled
 * off from that very file (from the folder, of a prompt), and it can be reached by no other name.
 */
export function isWalledOff(project: Project, file: string, since: SessionReach): boolean {
	if (since.reach !== 'work tree') return since.reach === 'nothing';
	const settings = settingsFile(project);
	if (path.resolve(project.folder, file) === settings || path.basename(settings) === file)
		return since.settings !== null && identity(settings) === since.settings && hasOneName(statSync(settings));
	const folder = promptsFolder(project);
	if (since.prompts === null || identity(folder) !== since.prompts) return false;
	const prompt = lstatSync(path.join(project.folder, file), { throwIfNoEntry: false });
	return prompt === undefined || hasOneName(prompt);
}

/** For a start after a `kill -9`. A session that can write to nothing is noted like one in the work tree. */
function noteReach(project: Project, since: SessionReach): void {
	const noted = since.reach === 'nothing' ? { ...since, reach: 'work tree' } : since;
	const text = JSON.stringify(noted);
	if (text === readNoted(project)) return;
	const file = path.join(project.state, NAME);
	writeFileSync(`${file}.new`, text, { mode: 0o600, flush: true });
	renameSync(`${file}.new`, file);
}

/** What was noted last; null where that cannot be told. */
export function notedReach(project: Project): SessionReach | null {
	const text = readNoted(project);
	try {
		return text === null ? null : (JSON.parse(text) as SessionReach);
	} catch (error) {
		if (error instanceof SyntaxError) return null;
		throw error;
	}
}

const NAME = 'reach.json';

function readNoted(project: Project): string | null {
	try {
		return readFileSync(path.join(project.state, NAME), 'utf8');
	} catch (error) {
		if (isAbsence(error)) return null;
		throw error;
	}
}

/** Numbers of files are used again: the time of birth, where the system keeps it, is not. */
function identity(file: string): string | null {
	try {
		const { dev, ino, birthtimeNs } = statSync(file, { bigint: true });
		return [dev, ino, birthtimeNs].join(':');
	} catch (error) {
		if (isAbsence(error)) return null;
		throw error;
	}
}

/** By another link, hard or symbolic, a session could write to it all the same. */
function hasOneName(stat: { isFile(): boolean; readonly nlink: number }): boolean {
	return stat.isFile() && stat.nlink === 1;
}
