import type { CommitId, Entry, Run, TaskId, Todo } from '../types.ts';

/** A task of the list, or one that is only on record any more. */
export interface NamedTask {
	readonly task: TaskId;
	readonly text: string;
	/** 1-based; null: it is not in the list. */
	readonly line: number | null;
	/** The landed commit that was named, where one was: a task may have landed more than once. */
	readonly commit: CommitId | null;
}

/** Which task was meant. `several`: in the order of the list, then of the record. */
export type Naming =
	| ({ readonly kind: 'task' } & NamedTask)
	| { readonly kind: 'several'; readonly tasks: readonly NamedTask[] }
	| { readonly kind: 'none' };

/**
 * Finds the task that a person names: the first of these that fits at all. `:12`, a line of the list; a whole task id or
 * landed commit; its whole text; the number that its text begins with (`T012`, `1.2`, `3`); `12` or `L12`, a line; and at
 * last, together, 4 digits or more of a task id, 7 or more of a landed commit, a part of the text in any case.
 */
export function namedTask(word: string, run: Run, todo: Todo | null, entries: readonly Entry[]): Naming {
	const wanted = folded(word);
	const tasks = knownTasks(run, todo);
	const landed = landings(entries, tasks);
	const hasPart = partTest(wanted);
	const line = Number(/^:(\d+)$/.exec(wanted)?.[1]);
	if (!Number.isNaN(line)) return naming(tasks.filter((task) => task.line === line));
	if (wanted === '') return { kind: 'none' };
	const rungs = [
		() => [
			...tasks.filter(({ task }) => task === wanted),
			...landed.filter(({ commit }) => commit === wanted),
		],
		() => tasks.filter(({ text }) => folded(text) === wanted),
		() => tasks.filter(({ text }) => beginsWithNumber(folded(text), wanted)),
		() => tasks.filter((task) => task.line === lineOf(wanted)),
		() => [
			...landed.filter(({ commit }) => isPrefix(wanted, commit, 7)),
			...tasks.filter(({ task, text }) => isPrefix(wanted, task, 4) || hasPart(text)),
		],
	];
	const found = rungs.map((rung) => rung()).find((hits) => hits.length > 0);
	return naming(found ?? []);
}

/** Of every task in the list, and every other one that was ever worked on. */
function knownTasks(run: Run, todo: Todo | null): NamedTask[] {
	const listed = (todo?.tasks ?? []).map(({ id, text, line }) => ({ task: id, text, line, commit: null }));
	const seen = new Set(listed.map(({ task }) => task));
	// One that was reworded and not worked on under its new words has no text yet.
	const gone = [...run.tasks].filter(([id, { text }]) => !seen.has(id) && text !== '');
	return [...listed, ...gone.map(([task, { text }]) => ({ task, text, line: null, commit: null }))];
}

type Landed = NamedTask & { readonly commit: CommitId };

function landings(entries: readonly Entry[], tasks: readonly NamedTask[]): Landed[] {
	const lines = new Map(tasks.map(({ task, line }) => [task, line]));
	return entries.flatMap((entry) => {
		if (entry.event !== 'landed') return [];
		const { task, text, commit } = entry;
		return [{ task, text, line: lines.get(task) ?? null, commit }];
	});
}

function folded(text: string): string {
	return text.trim().replaceAll(/\s+/g, ' ').toLowerCase();
}

/** `1` is the number of `1. Add` and of `**1)** Add`, not of `1.2 Add` or `10 Add`. */
function beginsWithNumber(text: string, word: string): boolean {
	const number = word.replace(/[.):]$/, '');
	const start = text.replace(/^[*_`[(#]+/, '');
	return (
		/\d/.test(number) && start.startsWith(number) && !/^[.-]?[\p{L}\d]/u.test(start.slice(number.length))
	);
}

function lineOf(word: string): number {
	return Number(/^l?(\d+)$/.exec(word)?.[1]);
}

function isPrefix(word: string, id: string, least: number): boolean {
	return word.length >= least && id.startsWith(word);
}

/** Half of a number is no part of a text, and a number alone is one of those above. */
function partTest(word: string): (text: string) => boolean {
	if (/^[\d.:)]+$/.test(word)) return () => false;
	const before = /^\d/.test(word) ? String.raw`(?<!\d)` : '';
	const after = /\d$/.test(word) ? String.raw`(?!\d)` : '';
	const part = new RegExp(before + word.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`) + after);
	return (text) => part.test(folded(text));
}

function naming(hits: readonly NamedTask[]): Naming {
	const [first, ...others] = hits.filter(
		({ task }, index) => hits.findIndex((hit) => hit.task === task) === index,
	);
	if (first === undefined) return { kind: 'none' };
	return others.length === 0 ? { kind: 'task', ...first } : { kind: 'several', tasks: [first, ...others] };
}
