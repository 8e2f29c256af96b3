import { countFences, lastFence } from '../gate/fence.ts';
import { plainLine } from '../plain.ts';
import { parentsOf, tasksById } from '../todo/progress.ts';
import { frontLines, lineEnd } from '../todo/lines.ts';
import { isOpenLeaf, parseTodo } from '../todo/todo.ts';
import type { Task, Todo } from '../types.ts';

/** The tasks that a planner proposes, parents before their children; none where the list has them all. */
export interface Plan {
	readonly tasks: readonly Planned[];
	/** What it proposed and is not taken, each with why. */
	readonly leftOut: readonly string[];
}

interface Planned {
	readonly text: string;
	/** The lines below it, with their common indent taken off. */
	readonly details: readonly string[];
	/** How many of its parents are in the plan. */
	readonly depth: number;
	readonly kind: Task['kind'];
}

/** Why a planner's answer is no plan, one line each, for the next planner. */
export interface Refused {
	readonly refused: readonly string[];
}

/**
 * Reads the plan in the fence ` ```tasks ` that ends a planner's final message: a Markdown list, read as todo.md is. Only
 * open boxes count. What the list has already (the same text under the same parents, under whatever heading) is left out.
 * All else in the fence, headings and prose, says nothing.
 */
export function readPlan(text: string, todo: Todo): Plan | Refused {
	const body = lastFence(text, 'tasks');
	if (body === null) return refuse('the final message does not end with the fence of tasks');
	if (countFences(text, 'tasks') > 1) return refuse('the final message holds more than one fence of tasks');
	if (frontLines(body.split(lineEnd)).kind !== 'none') return refuse('the tasks begin with front matter');
	const parsed = parseTodo(new TextEncoder().encode(body), { optional: true });
	if (parsed.kind === 'broken') return refuse(`line ${parsed.line} of the tasks: ${parsed.why}`);
	const proposed: Todo = parsed.kind === 'list' ? parsed.todo : { tasks: [], ignored: [] };
	if (proposed.tasks.length > MOST_TASKS)
		return refuse(`${proposed.tasks.length} tasks are proposed; ${MOST_TASKS} at most are taken`);
	if (!proposed.tasks.some(isOpenLeaf)) return refuse('no open task is proposed');
	const chosen = choose(proposed, todo);
	const flaws = chosen.leaves.flatMap(flawsOf);
	if (flaws.length > 0) return { refused: flaws };
	return { tasks: withParents(proposed, chosen.leaves), leftOut: chosen.leftOut };
}

/** The lines of a list that says the plan, without line ends. */
export function planLines({ tasks }: Plan): string[] {
	return tasks.flatMap(({ text, details, depth }) => {
		const indent = '  '.repeat(depth);
		const below = details.map((line) => (line === '' ? '' : `${indent}  ${line}`));
		return [`${indent}- [ ] ${text}`, ...below];
	});
}

const MOST_TASKS = 100;
/** In characters. */
const LONGEST_TASK = 300;

function refuse(why: string): Refused {
	return { refused: [why] };
}

interface Chosen {
	readonly leaves: readonly Task[];
	readonly leftOut: readonly string[];
}

function choose(proposed: Todo, todo: Todo): Chosen {
	const known = new Set(pathsOf(todo).values());
	const leaves: Task[] = [];
	const leftOut = proposed.ignored.map((box) => `${quoted(box.text)}: ${box.why}`);
	for (const [task, path] of pathsOf(proposed)) {
		if (task.kind === 'parent') continue;
		const why = known.has(path) ? 'the list has it' : isOpenLeaf(task) ? null : 'its box is not open';
		if (why === null) leaves.push(task);
		else leftOut.push(`${quoted(task.text)}: ${why}`);
		known.add(path);
	}
	return { leaves, leftOut };
}

/** A task by its text and those of its parents, white space aside. */
function pathsOf(todo: Todo): Map<Task, string> {
	const byId = tasksById(todo);
	const named = (task: Task) => [task, ...parentsOf(byId, task)].map(({ text }) => text.replace(/\s+/g, ' '));
	return new Map(todo.tasks.map((task) => [task, named(task).join('\n')]));
}

function flawsOf({ text, details }: Task): string[] {
	if (text.length > LONGEST_TASK)
		return [`${quoted(text)}: a task is one line of at most ${LONGEST_TASK} characters`];
	return linesOf(details).length === 0
		? [`${quoted(text)}: what must be true when it is done is missing`]
		: [];
}

function withParents(proposed: Todo, leaves: readonly Task[]): Planned[] {
	const byId = tasksById(proposed);
	const needed = new Set(leaves.flatMap((leaf) => [leaf, ...parentsOf(byId, leaf)]));
	const kept = proposed.tasks.filter((task) => needed.has(task));
	return kept.map((task) => ({
		text: plainLine(task.text, LONGEST_TASK),
		details: linesOf(task.details),
		depth: parentsOf(byId, task).length,
		kind: task.kind,
	}));
}

/** Without what could steer a terminal, each with its indent. */
function linesOf(details: string): string[] {
	const lines = details.split('\n').map((line) => {
		const words = plainLine(line, LONGEST_LINE);
		return words === '' ? '' : `${/^[ \t]*/.exec(line)![0]}${words}`;
	});
	return lines.every((line) => line === '') ? [] : lines;
}

const LONGEST_LINE = 2000;

function quoted(text: string): string {
	return `"${plainLine(text, 80)}"`;
}
