import { hiddenBox } from './box.ts';
import { decode, frontLines, readLines, type Line } from './lines.ts';
import { outline } from './markdown.ts';
import { parentsOf, tasksById, ticksLost, ticksOwed } from './progress.ts';
import { taskIds } from './task-id.ts';
import { openDrafts, type Draft } from './task-list.ts';
import type { IgnoredBox, Mark, Task, TaskId, Todo, TodoOnDisk } from '../types.ts';

/**
 * Reads a list of tasks: any Markdown, from the bytes of its file. Lines and byte offsets count from the top of the file,
 * front matter included. With `optional`, optional children make a parent of their task; else a task that has only such
 * children is a leaf, as nothing else would do its work. Never `absent`; never throws.
 */
export function parseTodo(bytes: Uint8Array, options: { readonly optional: boolean }): TodoOnDisk {
	if (isUtf16(bytes)) {
		return { kind: 'broken', line: 1, why: 'the file is in UTF-16: save it as UTF-8' };
	}
	const lines = readLines(bytes);
	if (lines.every(({ text }) => isBlank(text))) {
		return { kind: 'empty' };
	}
	const front = frontLines(lines.map(({ text }) => text));
	if (front.kind === 'unclosed') {
		return { kind: 'broken', line: 1, why: 'the front matter that opens here is never closed with "---"' };
	}
	const first = front.kind === 'closed' ? front.length : 0;
	const { drafts, ignored, add } = openDrafts();
	const broken = outline(lines, first, add);
	if (broken !== null) {
		return broken;
	}
	const tasks = tasksOf(drafts, options.optional);
	const text = decode(bytes.subarray(lines[first]?.start ?? bytes.length));
	return { kind: 'list', todo: { tasks, ignored: [...frontBoxes(lines, first), ...ignored] }, text };
}

/** The first open task to work on, top to bottom. See `openTasks`. */
export function nextOpen(todo: Todo, optional: boolean): Task | null {
	return todo.tasks.find(mayBeNext(todo, optional)) ?? null;
}

/**
 * The tasks that are open for work, top to bottom. Optional ones only if asked for; what belongs to a parent that a person
 * dropped or parked is left alone.
 */
export function openTasks(todo: Todo, optional: boolean): Task[] {
	return todo.tasks.filter(mayBeNext(todo, optional));
}

function mayBeNext(todo: Todo, optional: boolean): (task: Task) => boolean {
	const byId = tasksById(todo);
	return (task) =>
		isOpenLeaf(task) &&
		(optional || !task.optional) &&
		!parentsOf(byId, task).some(({ state }) => state === 'dropped' || state === 'parked');
}

/** A task that could be worked on, were it its turn. */
export function isOpenLeaf({ kind, state }: Task): boolean {
	return kind === 'leaf' && state === 'open';
}

/** The task of that id. null: it was deleted or reworded. */
export function findTask(todo: Todo, id: TaskId): Task | null {
	return todo.tasks.find((task) => task.id === id) ?? null;
}

/**
 * What is to be ticked when a task is done: the task itself, then its open parents, innermost first, of which every
 * required leaf is done with it. Dropped and optional leaves are not required, unless a parent has no others.
 */
export function ticksFor(todo: Todo, id: TaskId): Task[] {
	const task = findTask(todo, id);
	if (task === null) {
		return [];
	}
	return [task, ...parentsOf(tasksById(todo), task).filter(ticksOwed(todo, id))];
}

/** What is to be opened when a task is done no more: the task itself, then its ticked parents that need it, innermost first. */
export function opensFor(todo: Todo, task: Task): Task[] {
	return [task, ...parentsOf(tasksById(todo), task).filter(ticksLost(todo, task.id))];
}

/** A copy of the file with one byte changed: the mark between the brackets of a task. */
export function applyMark(bytes: Uint8Array, task: Task, mark: Mark): Uint8Array {
	// Not by `slice`: that of a Buffer is the same memory.
	const copy = new Uint8Array(bytes);
	copy[task.offset] = mark.charCodeAt(0);
	return copy;
}

function isUtf16([first, second]: Uint8Array): boolean {
	return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

/** NUL bytes are what a file may be full of after a power loss. */
function isBlank(text: string): boolean {
	return text.replaceAll('\0', '').trim() === '';
}

function tasksOf(drafts: readonly Draft[], optional: boolean): Task[] {
	const names = taskIds(drafts);
	const parents = new Set(drafts.filter((draft) => optional || !draft.optional).map(({ parent }) => parent));
	const ids = new Map<Draft | null, TaskId>();
	return drafts.map((draft, index) => {
		const { line, offset, state, text, optional, breadcrumb } = draft;
		const { id, equals } = names[index]!;
		const parent = ids.get(draft.parent) ?? null;
		const kind = parents.has(draft) ? 'parent' : 'leaf';
		ids.set(draft, id);
		const details = dedent(draft.details);
		return { id, state, line, offset, text, details, breadcrumb, parent, kind, optional, equals };
	});
}

/** Without the white space that all lines start with, and without blank lines around. */
function dedent(lines: readonly string[]): string {
	if (lines.length === 0) {
		return '';
	}
	const indents = lines.filter((line) => line.trim() !== '').map((line) => /^\s*/.exec(line)![0]);
	const common = indents.reduce(commonStart, indents[0] ?? '').length;
	const cut = lines.map((line) => line.slice(common).trimEnd());
	return cut.join('\n').replace(/^\n+/, '').trimEnd();
}

function commonStart(one: string, other: string): string {
	let length = 0;
	while (length < one.length && one[length] === other[length]) {
		length++;
	}
	return one.slice(0, length);
}

function frontBoxes(lines: readonly Line[], first: number): IgnoredBox[] {
	return lines.slice(0, first).flatMap(({ text }, index) => {
		const box = hiddenBox(text);
		return box === null ? [] : [{ line: index + 1, text: box, why: 'in the front matter' }];
	});
}
