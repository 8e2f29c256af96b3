import { findTask, parseTodo } from '../todo/todo.ts';
import type { TaskId, TaskState } from '../types.ts';

/** Whether a file is a list that holds the task in one of the given states: only such a file may differ from what was judged. */
export function isListWith(bytes: Uint8Array, task: TaskId, states: readonly TaskState[]): boolean {
	const read = parseTodo(bytes, { optional: false });
	if (read.kind !== 'list') return false;
	const found = findTask(read.todo, task);
	return found !== null && states.includes(found.state);
}
