import { chaptersOf } from './chapters.ts';
import type { Chapter } from './chapters.ts';
import { isEnd, standingOf } from './standing.ts';
import type { End, Standing } from './standing.ts';
import { findTask } from '../todo/todo.ts';
import type { Entry, Run, SessionId, Task, TaskId, TaskState, Time, Todo } from '../types.ts';

/** All that a story is told from. */
export interface Known {
	readonly run: Run;
	/** null: it cannot be read just now. */
	readonly todo: Todo | null;
	/** Where that is, from the top of the work tree. */
	readonly list: string;
	readonly entries: readonly Entry[];
	readonly now: Time;
	readonly holder: 'alive' | 'nobody';
	/** How git and nightloop are called where the person stands: `git -C 'my folder'`. */
	readonly git: string;
	readonly self: string;
}

/** What became of one task, and what there is to do about it. */
export interface Story extends Standing {
	readonly task: TaskId;
	readonly text: string;
	/** 1-based; null: it is not in the list. */
	readonly line: number | null;
	readonly listed: TaskState | null;
	/** The session that runs now. */
	readonly running: SessionId | null;
	readonly chapters: readonly Chapter[];
}

/** Which tasks are told of when none is named, and why these. */
export type Chosen = 'needs you' | 'in work' | 'rejected last' | 'landed last' | 'nothing on record';

/** What needs a person: all parked tasks of the list; else what is in work, was rejected last, or landed last. */
export function mostUrgent({ run, todo, entries }: Known): {
	readonly chosen: Chosen;
	readonly tasks: readonly NamedTask[];
} {
	const parked = (todo?.tasks ?? []).filter(({ state }) => state === 'parked');
	if (parked.length > 0)
		return { chosen: 'needs you', tasks: parked.map(({ id, text }) => ({ task: id, text })) };
	if (run.attempt) return { chosen: 'in work', tasks: [run.attempt] };
	const ends = entries.filter(isEnd);
	const rejected = ends.findLast(
		(entry) => entry.event === 'rejected' && ends.findLast(({ task }) => task === entry.task) === entry,
	);
	if (rejected) return { chosen: 'rejected last', tasks: [rejected] };
	const landed = ends.findLast(({ event }) => event === 'landed');
	return landed ? { chosen: 'landed last', tasks: [landed] } : { chosen: 'nothing on record', tasks: [] };
}

/** The story of a task, also of one that nobody worked on yet. */
export function storyOf(known: Known, { task, text }: NamedTask): Story {
	const { run, todo, entries, holder, git, self } = known;
	const list = todo ? 'read' : 'unread';
	const undo = run.undoing?.task === task ? 'begun' : 'none';
	const listed = (todo && findTask(todo, task)) ?? null;
	const attempt = run.attempt?.task === task ? run.attempt : null;
	const otherList = listElsewhere(known, task);
	return {
		task,
		...(listed ? linedUp(listed) : { text, line: null, listed: null }),
		...standingOf({
			task,
			listed,
			list,
			attempt,
			undo,
			...lastEnd(entries, task),
			holder,
			otherList,
			git,
			self,
		}),
		running: holder === 'alive' && attempt?.open ? attempt.open.session : null,
		chapters: chaptersOf(entries, task, known),
	};
}

/** null: it did not land, or by this list, or nothing is on record of how. */
function listElsewhere({ entries, list }: Known, task: TaskId): string | null {
	const own = entries.filter((entry) => 'task' in entry && entry.task === task);
	const landed = own.findLast(isEnd);
	const sealed = own.findLast(({ event }) => event === 'sealed');
	if (landed?.event !== 'landed' || sealed?.event !== 'sealed') return null;
	return sealed.sealed.list === list ? null : sealed.sealed.list;
}

type NamedTask = { readonly task: TaskId; readonly text: string };

function linedUp({ text, line, state }: Task): Pick<Story, 'text' | 'line' | 'listed'> {
	return { text, line, listed: state };
}

/** How it ended last, and whether its box was written to since. */
function lastEnd(entries: readonly Entry[], task: TaskId): { end: End | null; isMarked: boolean } {
	const own = entries.filter((entry) => 'task' in entry && entry.task === task);
	const last = own.findLast((entry) => isEnd(entry) || entry.event === 'marked');
	return { end: own.findLast(isEnd) ?? null, isMarked: last?.event === 'marked' };
}
