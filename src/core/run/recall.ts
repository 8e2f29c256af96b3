import { landingsOf } from './landings.ts';
import type { LoopCommit } from './landings.ts';
import { NEW_TASK, writable } from './parts.ts';
import type { EntryOf } from './parts.ts';
import { findTask } from '../todo/todo.ts';
import type { RecalledTask, Run, Task, TaskId, Todo } from '../types.ts';

/**
 * The tasks of which a landing stands, in the order in which they landed: what the commits tell where there is no journal.
 * `commits`: newest first. The list as it is on disk, and as HEAD has it; null: there is none that could be read.
 */
export function recallTasks(
	commits: readonly LoopCommit[],
	lists: { readonly onDisk: Todo | null; readonly inHead: Todo | null },
): RecalledTask[] {
	const byTask = new Map<TaskId, LoopCommit[]>();
	for (const commit of commits) {
		for (const task of commit.tasks as TaskId[]) byTask.set(task, [...(byTask.get(task) ?? []), commit]);
	}
	// Newest first, so that each stands where its last commit does.
	return [...byTask].toReversed().flatMap(([task, own]): RecalledTask[] => {
		const [landing] = landingsOf(own).standing;
		if (!landing) return [];
		const [onDisk, inHead] = [lists.onDisk, lists.inHead].map((list) => list && findTask(list, task));
		const text = onDisk?.text ?? inHead?.text ?? landing.subject;
		const tick = owesTick(onDisk, inHead) ? 'owed' : 'as it stands';
		return [{ task, text, commit: landing.commit, equals: onDisk?.equals ?? 1, tick }];
	});
}

/** The highest number that a session has had, by the trailers and the names of folders that were kept; else 0. */
export function lastSession(commits: readonly LoopCommit[], folders: readonly string[]): number {
	const names = [...folders, ...commits.flatMap(({ sessions }) => sessions)];
	return names.reduce((most, name) => Math.max(most, Number(SESSION.exec(name)?.[1] ?? 0)), 0);
}

/** As a folder is called, and at the end of `agent/model/session` where the agent has no name of its own for it. */
const SESSION = /(?:^|\/)(\d{4,12})-[a-z]+$/;

/** The run with what is known again. */
export function recalled(run: Run, { tasks, sessions }: EntryOf<'recalled'>): Run {
	const records = writable(run.tasks);
	for (const { task, text, commit, equals, tick } of tasks) {
		const marks = tick === 'owed' ? 0 : 1;
		records.set(task, { ...NEW_TASK, text, state: 'landed', commit, equals, marks });
	}
	return { ...run, tasks: records, sessions: Math.max(run.sessions, sessions) };
}

/**
 * A landing commits the list with its tick, and writes the same byte on disk after it: what is ticked there and open here
 * was cut off in between. Open in both, a person wants it again.
 */
function owesTick(onDisk: Task | null | undefined, inHead: Task | null | undefined): boolean {
	return onDisk?.state === 'open' && inHead?.state === 'done' && onDisk.equals === inHead.equals;
}
