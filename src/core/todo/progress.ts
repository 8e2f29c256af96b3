import type { Task, TaskId, Todo } from '../types.ts';

/**
 * Tells of each task whether it is an open parent of which every required leaf is done, taking one more task as done.
 * Dropped and optional leaves are not required; where a parent has no others, the optional ones are.
 */
export function ticksOwed(todo: Todo, doneToo: TaskId): (task: Task) => boolean {
	const tallies = talliesOf(todo, ({ id, state }) => state === 'done' || id === doneToo);
	return (task) => task.state === 'open' && task.kind === 'parent' && isComplete(tallies.get(task));
}

/** Tells of each task whether it is a ticked parent of which not every required leaf is done, taking one more as open. */
export function ticksLost(todo: Todo, openAgain: TaskId): (task: Task) => boolean {
	const tallies = talliesOf(todo, ({ id, state }) => state === 'done' && id !== openAgain);
	return (task) => task.state === 'done' && tallies.has(task) && !isComplete(tallies.get(task));
}

/** Of each parent that has leaves which nobody dropped. */
function talliesOf(todo: Todo, isDone: (leaf: Task) => boolean): Map<Task, Tally> {
	const byId = tasksById(todo);
	const tallies = new Map<Task, Tally>();
	for (const leaf of todo.tasks) {
		const parents = parentsOf(byId, leaf);
		if (leaf.kind === 'parent' || [leaf, ...parents].some(({ state }) => state === 'dropped')) {
			continue;
		}
		const left = isDone(leaf) ? 0 : 1;
		for (const parent of parents) {
			const tally = tallies.get(parent) ?? { required: 0, requiredLeft: 0, left: 0 };
			tally.required += leaf.optional ? 0 : 1;
			tally.requiredLeft += leaf.optional ? 0 : left;
			tally.left += left;
			tallies.set(parent, tally);
		}
	}
	return tallies;
}

function isComplete(tally: Tally | undefined): boolean {
	return tally !== undefined && (tally.required > 0 ? tally.requiredLeft : tally.left) === 0;
}

interface Tally {
	required: number;
	requiredLeft: number;
	left: number;
}

/** The tasks without tasks of their own that belong to a task, at any depth. */
export function leavesOf(todo: Todo, task: TaskId): Task[] {
	const byId = tasksById(todo);
	const isBelow = (leaf: Task) => parentsOf(byId, leaf).some(({ id }) => id === task);
	return todo.tasks.filter((leaf) => leaf.kind === 'leaf' && isBelow(leaf));
}

/** The tasks of a list by their ids. */
export function tasksById(todo: Todo): Map<TaskId | null, Task> {
	return new Map(todo.tasks.map((task) => [task.id, task]));
}

/** The parents of a task, innermost first. */
export function parentsOf(byId: ReadonlyMap<TaskId | null, Task>, task: Task): Task[] {
	const parents: Task[] = [];
	for (let next = byId.get(task.parent); next !== undefined; next = byId.get(next.parent)) {
		parents.push(next);
	}
	return parents;
}
