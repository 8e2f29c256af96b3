import { endingLine } from '../ends.ts';
import { isEnd } from '../why/standing.ts';
import type { Known } from '../why/why.ts';
import type { EntryOf } from '../run/parts.ts';
import { waitingWords } from '../words.ts';
import type { Entry, SessionId, Task, TaskId, Time } from '../types.ts';
import { gateFigures } from './gate-figures.ts';
import type { GateFigures } from './gate-figures.ts';
import { landing } from './landing.ts';
import type { Landing } from './landing.ts';
import { spending } from './spending.ts';
import { timeSpent } from './time-spent.ts';
import type { Span } from './time-spent.ts';
import { told } from './told.ts';
import type { Reader, Told } from './told.ts';

/** All that a morning report tells, as data. */
export interface Report {
	readonly name: string;
	readonly branch: string | null;
	readonly walls: string | null;
	/** What it does now, or how it ended. */
	readonly state: string;
	readonly from: Time | null;
	readonly now: Time;
	readonly counts: { readonly open: number; readonly done: number; readonly parked: number };
	/** What is not about one task, and needs a person all the same. */
	readonly alerts: readonly string[];
	readonly needsYou: readonly Told[];
	readonly inWork: Told | null;
	readonly lookTwice: readonly Landing[];
	readonly landed: readonly Landing[];
	/** Rejected and still open. */
	readonly tried: readonly Told[];
	readonly spans: readonly Span[];
	readonly spending: ReturnType<typeof spending>;
	readonly gate: GateFigures;
}

/** Puts a night together from the journal and the list. `known.entries` are those of the night. */
export function reportOf(known: Known, reader: Reader): Report {
	const { run, todo, entries, now, holder } = known;
	const own = byTask(entries);
	const about = ({ task, text }: NamedTask) =>
		told({ ...known, entries: own.get(task) ?? [] }, { task, text }, reader);
	const leaves = (todo?.tasks ?? []).filter(({ kind }) => kind === 'leaf');
	const count = (state: Task['state']) => leaves.filter((task) => task.state === state).length;
	const landed = standing(own).map((entry) =>
		landing(about(entry), entry, own.get(entry.task)!, reader.self),
	);
	return {
		name: reader.name,
		branch: run.branch,
		walls: run.walls,
		state: stateOf(known),
		from: entries[0] ? Date.parse(entries[0].at) : null,
		now,
		counts: { open: count('open'), done: count('done'), parked: count('parked') },
		alerts: [...alertsOf(known), ...reader.lost],
		needsYou: leaves
			.filter(({ state }) => state === 'parked')
			.map(({ id, text }) => about({ task: id, text })),
		inWork: run.attempt && about(run.attempt),
		lookTwice: landed.filter(({ odd }) => odd.length > 0),
		landed,
		tried: stillOpen(leaves, own, run.attempt?.task).map(about),
		spans: timeSpent(entries, now, run.state === 'ended' ? 'nobody' : holder),
		spending: spending(entries),
		gate: gateFigures(entries),
	};
}

type NamedTask = { readonly task: TaskId; readonly text: string };

/** The entries of each task, oldest first: a story is told from these alone. */
function byTask(entries: readonly Entry[]): Map<TaskId, Entry[]> {
	const own = new Map<TaskId, Entry[]>();
	const ofSession = new Map<SessionId, TaskId>();
	const add = (task: TaskId, entry: Entry) => {
		const entries = own.get(task);
		if (entries) entries.push(entry);
		else own.set(task, [entry]);
	};
	for (const entry of entries) {
		if (entry.event === 'opened') ofSession.set(entry.session, entry.task);
		const task = 'task' in entry ? entry.task : taskOf(entry, ofSession);
		if (task !== null) add(task, entry);
		if (entry.event === 'abandoned' && entry.heir !== null) add(entry.heir, entry);
	}
	return own;
}

function taskOf(entry: Entry, ofSession: ReadonlyMap<SessionId, TaskId>): TaskId | null {
	if (entry.event === 'undoing') return entry.undoing.task;
	return entry.event === 'settled' ? (ofSession.get(entry.session) ?? null) : null;
}

/** The landings that were not taken back, in the order of the night. */
function standing(own: ReadonlyMap<TaskId, readonly Entry[]>): EntryOf<'landed'>[] {
	const last = [...own.values()].map((entries) => entries.findLast(isEnd));
	return last
		.filter((entry) => entry?.event === 'landed')
		.toSorted((one, other) => (one.at < other.at ? -1 : 1));
}

/** Rejected in this night, and neither landed nor parked since. */
function stillOpen(
	leaves: readonly Task[],
	own: ReadonlyMap<TaskId, readonly Entry[]>,
	inWork: TaskId | undefined,
): NamedTask[] {
	return leaves
		.filter(
			({ id, state }) =>
				state === 'open' && id !== inWork && own.get(id)?.findLast(isEnd)?.event === 'rejected',
		)
		.map(({ id, text }) => ({ task: id, text }));
}

function stateOf({ run, holder, entries }: Known): string {
	if (holder === 'nobody' || run.state === 'ended') {
		const ended = run.state === 'ended' ? entries.findLast((entry) => entry.event === 'ended') : null;
		return ended?.event === 'ended'
			? endingLine(ended.ending).replace('■ ', 'ended: ')
			: 'not running, and not ended: start it again, it goes on';
	}
	if (run.waiting) return waitingWords(run.waiting.for);
	return run.attempt ? 'at work' : 'between two tasks';
}

function alertsOf({ run, holder }: Known): string[] {
	const held =
		run.held.length === 0
			? []
			: [`held as last accepted, as an agent may have changed it: ${run.held.join(', ')}`];
	const waits = run.waiting && NEEDS_YOU.includes(run.waiting.for.kind) && holder === 'alive';
	const undo = run.undoing ? ['an undo is unfinished: start nightloop again'] : [];
	return [...(waits && run.waiting ? [waitingWords(run.waiting.for)] : []), ...held, ...undo];
}

/** What goes on only when a person does something. */
const NEEDS_YOU: readonly string[] = ['auth', 'todo', 'repository', 'disk', 'machine'];
