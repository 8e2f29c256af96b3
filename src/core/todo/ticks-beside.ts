import { ticksFor } from './todo.ts';
import type { Task, TaskId, Todo } from '../types.ts';

/** The ticked boxes of a list that do not go with one task's tick: neither its own, nor those of parents complete with it. */
export function ticksBeside(todo: Todo, id: TaskId): Task[] {
	const tasks = todo.tasks.map((task) => (isTickedParent(task) ? { ...task, state: 'open' as const } : task));
	const own = new Set(ticksFor({ ...todo, tasks }, id).map((task) => task.id));
	return ticked(todo).filter((task) => !own.has(task.id));
}

/** The ticked boxes of a list. */
export function ticked({ tasks }: Todo): Task[] {
	return tasks.filter(({ state }) => state === 'done');
}

function isTickedParent({ kind, state }: Task): boolean {
	return kind === 'parent' && state === 'done';
}
