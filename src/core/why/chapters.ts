import { DAYS_KEPT, isPastKeeping } from './kept.ts';
import type { EntryOf } from '../run/parts.ts';
import type { CommitId, Entry, SessionId, TaskId, Time } from '../types.ts';

/** One attempt at a task, or what happened to it before, between and after attempts. */
export interface Chapter {
	/** null: it is no attempt. */
	readonly attempt: number | null;
	/** As the journal has them, oldest first. */
	readonly entries: readonly Entry[];
	readonly commands: readonly Shown[];
}

/** A command that shows something, or gets it back. */
export interface Shown {
	readonly to: string;
	/** null: there is nothing left to be shown, and `to` says why. */
	readonly command: string | null;
}

/** The journal of one task, told apart by its attempts. `git` is how git is called from where the person stands. */
export function chaptersOf(entries: readonly Entry[], task: TaskId, by: By): Chapter[] {
	const drafts: Draft[] = [];
	for (const entry of entriesOf(entries, task)) {
		const draft = drafts.at(-1);
		if (draft && !begins(entry, draft)) draft.entries.push(entry);
		else drafts.push({ attempt: entry.event === 'opened' ? entry.attempt : null, entries: [entry] });
	}
	return drafts.map((draft) => ({
		...draft,
		commands: commandsOf(draft.entries, draft === drafts.at(-1), by),
	}));
}

interface Draft {
	readonly attempt: number | null;
	readonly entries: Entry[];
}

function entriesOf(entries: readonly Entry[], task: TaskId): Entry[] {
	const sessions = new Set<SessionId>();
	return entries.filter((entry) => {
		if (entry.event === 'settled') return sessions.has(entry.session);
		if (entry.event === 'undoing') return entry.undoing.task === task;
		if (entry.event === 'abandoned' && entry.heir === task) return true;
		if (!('task' in entry) || entry.task !== task) return false;
		if (entry.event === 'opened') sessions.add(entry.session);
		return true;
	});
}

function begins(entry: Entry, { attempt, entries }: Draft): boolean {
	const isOver = entries.some(({ event }) => ENDS.includes(event));
	if (entry.event === 'opened') return attempt !== entry.attempt || isOver;
	return attempt !== null && isOver && BETWEEN.includes(entry.event);
}

/** What ends an attempt, and what comes to pass outside of any. */
const ENDS: readonly Entry['event'][] = ['rejected', 'landed', 'parked', 'abandoned'];
const BETWEEN: readonly Entry['event'][] = ['cleared', 'parked', 'abandoned', 'undoing', 'undone'];

interface By {
	readonly now: Time;
	readonly git: string;
}

/** Only what was taken out last is there to be got back: later attempts stand on what came of it. */
function commandsOf(entries: readonly Entry[], isLast: boolean, by: By): Shown[] {
	const judged = entries.findLast((entry) => entry.event === 'proposed');
	const isOver = entries.some(({ event }) => ENDS.includes(event));
	const asLeft = judged && !isOver ? candidateDiff(judged, by) : [];
	const shown = entries.flatMap((entry) => shownBy(entry, judged, by));
	return [...asLeft, ...shown.filter(({ to }) => isLast || to !== GET_BACK)];
}

function shownBy(entry: Entry, judged: EntryOf<'proposed'> | undefined, by: By): Shown[] {
	if (entry.event === 'rejected' && judged) return rejectedDiff(entry, judged, by);
	if (entry.event === 'cleared') return cleared(entry, by);
	if (entry.event === 'landed') return [show('see what landed', entry.commit, by)];
	return entry.event === 'undone' ? [show('see what took it back', entry.by, by)] : [];
}

const GET_BACK = 'get it back';

function show(to: string, commit: CommitId, { git }: By): Shown {
	return { to, command: `${git} show ${short(commit)}` };
}

function rejectedDiff(
	{ ref }: EntryOf<'rejected'>,
	{ at, proposal }: EntryOf<'proposed'>,
	{ now, git }: By,
): Shown[] {
	if (ref === null || proposal.kind === 'refused') return [];
	if (isPastKeeping(Date.parse(at), now))
		return [{ to: `see what was rejected: it was kept for ${DAYS_KEPT} days, and is gone`, command: null }];
	return [{ to: 'see what was rejected', command: `${git} diff ${short(proposal.candidate.base)} ${ref}` }];
}

function candidateDiff({ proposal }: EntryOf<'proposed'>, { git }: By): Shown[] {
	if (proposal.kind !== 'candidate') return [];
	const { base, commit } = proposal.candidate;
	return [{ to: 'see what is judged', command: `${git} diff ${short(base)} ${short(commit)}` }];
}

function cleared({ ref, restore }: EntryOf<'cleared'>, { git }: By): Shown[] {
	if (ref === null) return [];
	const back = restore?.replace(/^git /, `${git} `);
	return [
		{ to: 'see what was taken out', command: `${git} diff ${ref}~1 ${ref}` },
		...(back === undefined ? [] : [{ to: GET_BACK, command: back }]),
	];
}

/** As git itself would cut it in any repository but the largest, and a little more. */
function short(id: string): string {
	return id.slice(0, 12);
}
