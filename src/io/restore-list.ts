import { chmodSync, existsSync, lstatSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseTodo } from '../core/todo.ts';
import type { Mark, TaskId, Todo } from '../core/types.ts';
import { putAside } from './aside.ts';
import type { Marker } from './marker.ts';
import type { Project } from './project.ts';
import { stableRead } from './todo-file.ts';

/**
 * Puts back the list as a session must leave it: there, and with no tick or un-parking of the session's own. `file` holds
 * it as it was before. Resolves to one line for each thing put back.
 */
export async function restoreList(
	project: Project,
	file: string,
	mark: Marker['mark'],
	optional: boolean,
): Promise<string[]> {
	if (!existsSync(file)) return [];
	const before = readFileSync(file);
	const closed = openAgain(project.todo, file);
	const lost = await restoreLostList(project, before);
	if (lost !== null) return [lost];
	const was = parseTodo(before, { optional });
	const now = await stableRead(project.todo);
	const is = now.kind === 'bytes' ? parseTodo(now.bytes, { optional }) : now;
	const lines = closed === null ? [] : [closed];
	if (was.kind !== 'list' || is.kind !== 'list') return lines;
	for (const { id, as, words } of unearnedMarks(was.todo, is.todo)) {
		const result = await mark(id, as, optional);
		if ('notNow' in result) lines.push(`a mark that is not the loop's stands for now: ${result.notNow}`);
		else if (result.outcome === 'written') lines.push(words);
	}
	return lines;
}

/** A list that the loop may not read or write any more since the session may be again. */
function openAgain(todo: string, before: string): string | null {
	const now = statSync(todo, { throwIfNoEntry: false })?.mode ?? 0;
	const was = statSync(before).mode;
	const missing = was & ~now & 0o600;
	if (now === 0 || missing === 0) return null;
	chmodSync(todo, (now | missing) & 0o7777);
	return `${path.basename(todo)} was closed to the loop during the session: opened again`;
}

/** A list that is gone or empty since the session, and stays so, is put back: a person would not empty it for long. */
async function restoreLostList(project: Project, before: Buffer): Promise<string | null> {
	const { todo } = project;
	for (let waited = 0; waited < SAVING; waited += 50) {
		const now = await stableRead(todo);
		if (now.kind === 'bytes' && now.bytes.length > 0) return null;
		await sleep(50);
	}
	// Never over a file that came back meanwhile.
	const found = lstatSync(todo, { throwIfNoEntry: false });
	const how = found === undefined ? 'removed' : found.isFile() ? 'emptied' : 'replaced';
	if (how === 'emptied' && found?.size === 0) rmSync(todo);
	if (how === 'replaced') putAside(project, todo);
	if (before.length === 0 || existsSync(todo)) return null;
	writeFileSync(todo, before, { flag: 'wx' });
	return `${path.basename(todo)} was ${how} during the session: put back as it was before`;
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
