import { parentsOf, tasksById } from '../todo/progress.ts';
import { decode, lineEnd } from '../todo/lines.ts';
import { parseTodo } from '../todo/todo.ts';
import type { Todo } from '../types.ts';
import { planLines, type Plan } from './plan.ts';

/** What is to be written behind the last byte of a list. */
export interface Addition {
	readonly bytes: Uint8Array;
	/** Where the first new task will stand, from 1. */
	readonly line: number;
}

/**
 * The plan as new lines at the end of a list, in the list's own line ends, below a heading where the list has any or where
 * boxes at its end are no tasks. null: wherever it stands, the list would not be read as it is now with these tasks below.
 */
export function additionTo(bytes: Uint8Array, plan: Plan, title: string): Addition | null {
	const before = listOf(bytes);
	if (before === null) return null;
	const text = decode(bytes);
	const end = /\r\n|\n|\r/.exec(text)?.[0] ?? '\n';
	const isEnded = text === '' || text === BYTE_ORDER_MARK || /[\r\n]$/.test(text);
	for (const heading of headingsFor(text, before, title)) {
		const lines = [...(isEnded ? [] : ['']), ...heading, ...planLines(plan)];
		// A list that ends without a line end goes on to.
		const added = new TextEncoder().encode(`${lines.join(end)}${isEnded ? end : ''}`);
		const line = lineOf(before, listOf(joined(bytes, added)), plan);
		if (line !== null) return { bytes: added, line };
	}
	return null;
}

/** The bytes of a file with more behind them. */
export function joined(bytes: Uint8Array, more: Uint8Array): Uint8Array {
	const all = new Uint8Array(bytes.length + more.length);
	all.set(bytes);
	all.set(more, bytes.length);
	return all;
}

const BYTE_ORDER_MARK = '\uFEFF';

function listOf(bytes: Uint8Array): Todo | null {
	const parsed = parseTodo(bytes, { optional: true });
	if (parsed.kind === 'list') return parsed.todo;
	return parsed.kind === 'empty' ? { tasks: [], ignored: [] } : null;
}

/** What may stand above the plan, in the order to be tried. */
function headingsFor(text: string, { tasks }: Todo, title: string): string[][] {
	if (text.replace(BYTE_ORDER_MARK, '').trim() === '') return [['# Tasks', '']];
	const above = /^[ \t]*$/.test(text.split(lineEnd).at(-2) ?? 'no line') ? [] : [''];
	const headings = ['##', '#'].map((level) => [...above, `${level} ${title}`, '']);
	return tasks.some(({ breadcrumb }) => breadcrumb.length > 0) ? headings : [[], ...headings];
}

/** Where the plan begins in a list that is as before, with just the plan below. */
function lineOf(before: Todo, after: Todo | null, { tasks }: Plan): number | null {
	if (after === null) return null;
	const [old, added] = [after.tasks.slice(0, before.tasks.length), after.tasks.slice(before.tasks.length)];
	const byId = tasksById(after);
	const isSame =
		JSON.stringify(old) === JSON.stringify(before.tasks) &&
		added.length === tasks.length &&
		added.every((task, index) => {
			const { text, depth, details } = tasks[index]!;
			const isNew = task.text === text && task.details === details.join('\n').replace(/^\n+/, '').trimEnd();
			return isNew && task.state === 'open' && parentsOf(byId, task).length === depth;
		});
	return isSame ? (added[0]?.line ?? null) : null;
}
