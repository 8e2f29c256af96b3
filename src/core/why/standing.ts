import { NOTES, NOTES_EVERY } from '../notes.ts';
import type { EntryOf } from '../run/parts.ts';
import type { Attempt, Entry, Task, TaskId } from '../types.ts';

/** What is known of where a task has got to. */
export interface Position {
	readonly task: TaskId;
	/** null: it is not in the list. */
	readonly listed: Task | null;
	/** Whether there is a list that can be read. */
	readonly list: 'read' | 'unread';
	/** How it ended last; null: it never did. */
	readonly end: End | null;
	/** Whether its box was written to since. */
	readonly isMarked: boolean;
	readonly attempt: Attempt | null;
	/** Whether an undo of it was begun, and not finished. */
	readonly undo: 'begun' | 'none';
	readonly holder: 'alive' | 'nobody';
	/** The list that it landed by, where that is another one. */
	readonly otherList: string | null;
	/** How git and nightloop are called where the person stands. */
	readonly git: string;
	readonly self: string;
}

/** The events that end an attempt at a task, or take back what it came to. */
export type End = EntryOf<'rejected' | 'landed' | 'parked' | 'abandoned' | 'undone'>;

/** Where a task stands, and what a person should do about it. */
export interface Standing {
	readonly state: string;
	readonly next: { readonly words: string; readonly command: string | null };
}

/** Whether an entry is one of these. */
export function isEnd(entry: Entry): entry is End {
	return ENDS.includes(entry.event);
}

const ENDS: readonly Entry['event'][] = ['rejected', 'landed', 'parked', 'abandoned', 'undone'];

/** Puts the list, the record and the loop together. What stands in the list is the person's word. */
export function standingOf(at: Position): Standing {
	if (at.undo === 'begun') return say('its undo is unfinished', UNDO);
	if (at.attempt) return inWork(at, at.attempt);
	if (!at.listed) return at.task === NOTES.id ? notes(at) : unlisted(at);
	switch (at.listed.state) {
		case 'open':
			return open(at, at.listed);
		case 'done':
			return done(at, at.listed);
		case 'parked':
			return say(at.end?.event === 'parked' ? 'parked: it needs you' : 'parked by hand', UNPARK);
		case 'dropped':
			return say('dropped by hand', 'Nothing. With [ ] in its box it is worked on again.');
	}
}

const UNDO = 'Start nightloop again: it finishes the undo first.';
/** Its text is what a task is known by: what is below it may change. */
const UNPARK =
	'Write what it needs below its line, indented, and set [!] back to [ ]: it is tried afresh, with these findings. [-] drops it.';

function inWork({ holder }: Position, { number }: Attempt): Standing {
	return holder === 'alive'
		? say(`in work: attempt ${number}`, 'Nothing: it is being worked on.')
		: say(`attempt ${number} is unfinished`, 'Start nightloop again: it goes on with it.');
}

function notes({ end, self }: Position): Standing {
	if (end?.event === 'landed') return landed('done', end, self);
	const when = `They are tried again where they are still too long, ${NOTES_EVERY} landings after the last try.`;
	return say(end ? `${end.event}: the notes are as they were` : 'not tried yet', when);
}

function unlisted({ list, end, otherList, self }: Position): Standing {
	const state = list === 'read' ? 'not in the list any more' : 'the list cannot be read';
	if (otherList !== null) return say('landed, in another list', `Name that: --todo ${otherList}`);
	if (end?.event === 'landed') return landed(`landed, ${state}`, end, self);
	return say(end === null ? state : `${end.event}, ${state}`, list === 'read' ? 'Nothing.' : NAME_IT);
}

const NAME_IT = 'Name the list that it stands in: --todo FILE.';

function open({ end, isMarked, holder }: Position, { kind }: Task): Standing {
	if (kind === 'parent') return say('open', 'Nothing: it is ticked with the last of its own tasks.');
	const restart = holder === 'alive' ? 'Nothing' : 'Start nightloop again';
	if (end && !isMarked && OWES.includes(end.event))
		return say(`${end.event}, its box not marked yet`, `${restart}: it is going to be.`);
	return say(end ? OPEN[end.event] : 'open, not tried yet', `${restart}: its turn comes.`);
}

const OWES: readonly End['event'][] = ['landed', 'parked'];
const OPEN: Readonly<Record<End['event'], string>> = {
	rejected: 'open, to be tried again',
	landed: 'opened again',
	parked: 'opened again',
	abandoned: 'open',
	undone: 'open, its code taken back',
};

function done({ end, git, self }: Position, { kind, id }: Task): Standing {
	if (end?.event === 'landed') return landed('done', end, self);
	if (kind === 'parent') return say('done', 'Nothing.');
	if (end) return say('ticked by hand', 'Nothing.');
	// As in a fresh clone: what a loop recorded elsewhere is not known here.
	const next = {
		words: 'Nothing. If a loop ticked it that kept its record elsewhere, a commit says so:',
		command: `${git} log --grep=${id}`,
	};
	return { state: 'ticked, nothing on record here', next };
}

function landed(state: string, { task }: End, self: string): Standing {
	const next = { words: 'Nothing. To take its code back:', command: `${self} undo ${task}` };
	return { state, next };
}

function say(state: string, words: string): Standing {
	return { state, next: { words, command: null } };
}
