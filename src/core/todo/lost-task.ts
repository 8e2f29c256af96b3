import { taskOf } from '../notes.ts';
import { isOpenLeaf } from './todo.ts';
import type { Attempt, Task, Todo } from '../types.ts';

/** A task that is not the loop's to work on any more, and who inherits its changes in the work tree. */
export interface Lost {
	readonly why: string;
	/** The task's new wording. null: its changes are taken out. */
	readonly heir: Task | null;
}

/** Whether the attempt's task was deleted, reworded, split up, or closed by a person in one of the given ways. */
export function lostTask(attempt: Attempt, todo: Todo, closed: readonly Task['state'][]): Lost | null {
	const task = taskOf(todo, attempt.task);
	if (task?.kind === 'parent') return { why: 'given subtasks by hand', heir: null };
	if (task) return closed.includes(task.state) ? { why: `marked ${task.state} by hand`, heir: null } : null;
	const heir = todo.tasks.find((other) => other.line === attempt.line && isOpenLeaf(other));
	// The task below moves up into the place of a deleted one: it is no new wording of it.
	if (heir && heir.id !== attempt.follower) return { why: 'reworded by hand', heir };
	return { why: 'deleted by hand', heir: null };
}
