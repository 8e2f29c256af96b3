import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, lstatSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Mark, TaskId, Todo } from '../../core/types.ts';
import { linkAt } from './control-files.ts';
import { putAside } from '../git/aside.ts';
import type { Marker } from '../steering/marker.ts';
import type { Project } from '../project.ts';
import { stableRead } from '../steering/todo-file.ts';
import type { Reach } from '../walls/walls.ts';
import { parseList } from '../steering/parsed-list.ts';

/** The list as it was before a session. */
export interface NotedList {
	/** What tells its file from any other that takes its place. */
	readonly file: string;
	/** In base64. */
	readonly bytes: string;
	readonly mode: number;
	/** What its name leads to, where that is a link. */
	readonly link: string | null;
}

/** null where there is none. */
export async function noteList({ todo }: Project): Promise<NotedList | null> {
	const read = await stableRead(todo);
	const mode = statSync(todo, { throwIfNoEntry: false })?.mode ?? 0o600;
	return read.kind === 'absent'
		? null
		: { file: fileOf(todo), bytes: Buffer.from(read.bytes).toString('base64'), mode, link: linkAt(todo) };
}

/**
 * Puts back the list as a session must leave it: there, by the same link, and with no tick or un-parking of the
 * session's own. At reach `work tree` the session could not write to the file: as long as it is the same one, all changes
 * are a person's. Resolves to one line for each thing put back.
 */
export async function restoreList(project: Project, noted: NotedList | null, how: How): Promise<string[]> {
	if (!noted) return [];
	const lines = restoreLink(project, noted.link);
	if (how.reach === 'work tree' && fileOf(project.todo) === noted.file) return lines;
	const before = Buffer.from(noted.bytes, 'base64');
	const closed = openAgain(project.todo, noted.mode);
	if (closed !== null) lines.push(closed);
	const lost = await restoreLostList(project, before, noted.link);
	if (lost !== null) return [...lines, lost];
	const was = parseList(before, how);
	const now = await stableRead(project.todo);
	const is = now.kind === 'bytes' ? parseList(now.bytes, how) : now;
	if (was.kind !== 'list' || is.kind !== 'list') return lines;
	for (const { id, as, words } of unearnedMarks(was.todo, is.todo)) {
		const result = await how.mark(id, as, how.optional);
		if ('notNow' in result) lines.push(`a mark that is not the loop's stands for now: ${result.notNow}`);
		else if (result.outcome === 'written') lines.push(words);
	}
	return lines;
}

interface How {
	readonly mark: Marker['mark'];
	readonly optional: boolean;
	readonly reach: Reach;
}

/** Numbers of files are used again; the time of birth tells them apart. By another name it could be written to. */
function fileOf(todo: string): string {
	const stat = statSync(todo, { bigint: true, throwIfNoEntry: false });
	if (!stat) return 'none';
	return stat.nlink === 1n ? [stat.dev, stat.ino, stat.birthtimeNs].join(':') : randomUUID();
}

/** Led elsewhere, it would be another list. */
function restoreLink(project: Project, link: string | null): string[] {
	const { todo } = project;
	if (link === null || linkAt(todo) === link) return [];
	if (lstatSync(todo, { throwIfNoEntry: false })) putAside(project, todo);
	symlinkSync(link, todo);
	return [`${path.basename(todo)} was no longer a link to ${link} after the session: put back`];
}

/** A list that the loop may not read or write any more since the session may be again. */
function openAgain(todo: string, was: number): string | null {
	const now = statSync(todo, { throwIfNoEntry: false })?.mode ?? 0;
	const missing = was & ~now & 0o600;
	if (now === 0 || missing === 0) return null;
	chmodSync(todo, (now | missing) & 0o7777);
	return `${path.basename(todo)} was closed to the loop during the session: opened again`;
}

/** A list that is gone or empty since the session, and stays so, is put back: a person would not empty it for long. */
async function restoreLostList(
	project: Project,
	before: Buffer,
	link: string | null,
): Promise<string | null> {
	const { todo } = project;
	const file = namedBy(todo, link);
	for (let waited = 0; waited < SAVING; waited += 50) {
		if (await holdsSomething(todo, link !== null)) return null;
		await sleep(50);
	}
	// Never over a file that came back meanwhile.
	const found = lstatSync(file, { throwIfNoEntry: false });
	const how = found === undefined ? 'removed' : found.isFile() ? 'emptied' : 'replaced';
	if (how === 'emptied' && found?.size === 0) rmSync(file);
	if (how === 'replaced') putAside(project, file);
	if (before.length === 0 || existsSync(file)) return null;
	writeFileSync(file, before, { flag: 'wx' });
	return `${path.basename(todo)} was ${how} during the session: put back as it was before`;
}

async function holdsSomething(todo: string, wasLink: boolean): Promise<boolean> {
	const now = await stableRead(todo);
	return now.kind === 'bytes' && now.bytes.length > 0 && (wasLink || linkAt(todo) === null);
}

/** The list itself, where its link leads to: as long as the folder is there that it was in. */
function namedBy(todo: string, link: string | null): string {
	const file = path.resolve(path.dirname(todo), link ?? todo);
	return existsSync(`${path.dirname(file)}/.`) ? file : todo;
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
		// A line that was not there before, too: to reword it and tick it is no way around.
		if ((before === 'open' || before === undefined) && state === 'done')
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
