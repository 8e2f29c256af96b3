import { clockTime } from './format.ts';
import { spentWords } from './money-words.ts';
import { plainLine } from './plain.ts';
import { line, THE_WAY } from './words.ts';
import type { Attempt, Entry, IgnoredBox, Run, Settings, Spent, Task, Time, Todo } from './types.ts';

type Doing = 'working' | 'checking' | 'reviewing' | 'waiting' | 'idle' | 'paused' | 'stopped';

/** What a person, or a program, asks of a loop from outside. */
export interface Status {
	readonly state: Doing;
	readonly task: { readonly line: number | null; readonly text: string } | null;
	readonly attempt: number | null;
	readonly session: string | null;
	readonly counts: {
		readonly open: number;
		readonly done: number;
		readonly parked: number;
		readonly dropped: number;
		/** Open, and not to be worked on. */
		readonly optional: number;
		readonly ignored: number;
	};
	readonly spent: Run['spent'];
	readonly waitingUntil: string | null;
	readonly walls: string | null;
	/** Settings and prompts that are not in force as they are on disk. */
	readonly held: readonly string[];
	/** What was taken as a task, leaves alone, and each box that was not. `optional`: not to be worked on. */
	readonly tasks: readonly (Pick<Task, 'line' | 'state' | 'text' | 'optional'> & {
		/** On all attempts at it; null: none was made. */
		readonly spent: Spent | null;
	})[];
	readonly ignored: readonly IgnoredBox[];
}

/**
 * The same from the journal's sum, the list as it is, and whether a loop holds the work tree. `optional`: whether optional
 * tasks are to be worked on as well.
 */
export function statusOf(
	run: Run,
	todo: Todo,
	holder: 'alive' | 'nobody',
	{ optional }: Pick<Settings, 'optional'>,
): Status {
	const { attempt, waiting } = run;
	const leaves = todo.tasks
		.filter(({ kind }) => kind === 'leaf')
		.map((task) => ({ ...task, optional: task.optional && !optional }));
	const count = (state: Task['state']) => leaves.filter((task) => task.state === state).length;
	const leftAlone = leaves.filter((task) => task.state === 'open' && task.optional).length;
	return {
		state: holder === 'alive' ? doing(run) : 'stopped',
		task: attempt && {
			line: todo.tasks.find(({ id }) => id === attempt.task)?.line ?? null,
			text: attempt.text,
		},
		attempt: attempt?.number ?? null,
		session: attempt?.open?.session ?? null,
		counts: {
			open: count('open') - leftAlone,
			done: count('done'),
			parked: count('parked'),
			dropped: count('dropped'),
			optional: leftAlone,
			ignored: todo.ignored.length,
		},
		spent: run.spent,
		waitingUntil: waiting?.until == null ? null : iso(waiting.until),
		walls: run.walls,
		held: run.held,
		tasks: leaves.map((task) => ({
			line: task.line,
			state: task.state,
			text: task.text,
			optional: task.optional,
			spent: run.tasks.get(task.id)?.spent ?? null,
		})),
		ignored: todo.ignored,
	};
}

/** A few lines for a person, `now`: what it does, how far it is, what it used, what happened last. */
export function statusLines(status: Status, last: readonly Entry[], now: Time): string[] {
	const { counts, spent, task } = status;
	const work = task
		? `: ${plainLine(task.text)} · attempt ${status.attempt}${status.session ? ` · ${status.session}` : ''}`
		: '';
	const until =
		status.waitingUntil === null ? '' : ` until ${clockTime(Date.parse(status.waitingUntil), now)}`;
	const held = status.held.map((file) => plainLine(file)).join(', ');
	const recent = last.map((entry) => line(entry)).filter((words) => words !== null);
	return [
		`${status.state}${until}${work}`,
		countsLine(counts),
		`${spentWords(spent)}${status.walls === null ? '' : ` · walls: ${status.walls}`}`,
		...(held === '' ? [] : [`held as last accepted: ${held} · to take it: ${THE_WAY}`]),
		...recent.slice(-5).map((words) => `  ${words}`),
	];
}

function countsLine({ done, open, optional, parked, dropped, ignored }: Status['counts']): string {
	const alone = optional === 0 ? '' : ` (and ${optional} optional)`;
	const boxes = ignored === 1 ? 'box' : 'boxes';
	return `${done} done, ${open} open${alone}, ${parked} parked, ${dropped} dropped, ${ignored} ${boxes} ignored`;
}

/** What is still to do, what needs a person, and which boxes are no tasks: the first few of each, by line. */
export function listLines({ tasks, ignored }: Status): string[] {
	const texts = (state: Task['state'], optional = false) =>
		tasks
			.filter((task) => task.state === state && (task.optional && state === 'open') === optional)
			.map((task) => numbered(task.line, task.text));
	return [
		...section('open', texts('open')),
		...section('optional, left alone', texts('open', true)),
		...section('parked', texts('parked')),
		...section(
			'no tasks',
			ignored.map((box) => numbered(box.line, `${box.text} (${box.why})`)),
		),
	];
}

/** So many of a kind can be taken in at a glance. */
const MOST_LISTED = 10;

function section(name: string, rows: readonly string[]): string[] {
	const shown = rows.slice(0, MOST_LISTED);
	const more = rows.length - shown.length;
	const rest = more === 0 ? [] : [`       … and ${more} more: nightloop --dry-run`];
	return rows.length === 0 ? [] : [`${name}:`, ...shown, ...rest];
}

function numbered(at: number, text: string): string {
	return `${String(at).padStart(5)}  ${plainLine(text)}`;
}

function doing(run: Run): Doing {
	if (run.waiting) return waitingState(run.waiting.for.kind);
	return run.attempt ? stage(run.attempt) : 'idle';
}

function waitingState(kind: NonNullable<Run['waiting']>['for']['kind']): Doing {
	if (kind === 'edits') return 'idle';
	return kind === 'pause' ? 'paused' : 'waiting';
}

function stage(attempt: Attempt): Doing {
	if (attempt.open?.role === 'reviewer' || attempt.reviews.length > 0) return 'reviewing';
	return attempt.work ? 'checking' : 'working';
}

function iso(time: Time): string {
	return new Date(time).toISOString();
}
