import { findTask, opensFor } from '../todo/todo.ts';
import type { Mark, Run, Task, Todo, Undoing } from '../types.ts';

/** Whose box it is, and what becomes of it. */
type Undone = Pick<Undoing, 'task' | 'box'>;

/**
 * The boxes of the list that change with an undo: the task's, and when it opens the ticked parents that need it. None where
 * the task is gone, or may be another line by now, or a person dropped it.
 */
export function boxesToUndo(todo: Todo, { task, box }: Undone, run: Run): Task[] {
	const found = findTask(todo, task);
	if (found === null || !isKnownLine(found, run)) return [];
	if (box === 'drop') return [found];
	return found.state === 'dropped' ? [] : opensFor(todo, found);
}

/** How these are marked. */
export function undoMark({ box }: Undone): Mark {
	return box === 'drop' ? '-' : ' ';
}

/** The line that is found now may be another one of several equal ones. */
function isKnownLine(found: Task, run: Run): boolean {
	const record = run.tasks.get(found.id);
	return record?.state !== 'landed' || record.equals === found.equals;
}
