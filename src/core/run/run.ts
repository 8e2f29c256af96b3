import { isNotes } from '../notes.ts';
import { checked, proposed, withBase } from './checks.ts';
import {
	filled,
	inAttempt,
	NEW_TASK,
	NOTHING_YET,
	withPayer,
	withRecord,
	withTask,
	writable,
} from './parts.ts';
import type { EntryOf } from './parts.ts';
import { recalled } from './recall.ts';
import { summed } from './sum.ts';
import { undoGivenUp, undoing, undone } from './undo.ts';
import { cutOff, opened, planned, reviewed, worked } from './sessions.ts';
import type { Entry, Run } from '../types.ts';

/** Adds the whole journal up. A resume is nothing else: what was not recorded did not happen. */
export function replay(entries: readonly Entry[]): Run {
	// A sum stands for all that came before it.
	const from = entries.findLastIndex(({ event }) => event === 'summed');
	return addedUp(from < 1 ? entries : entries.slice(from));
}

/** The same, of entries that need not all be there at once. */
export function addedUp(entries: Iterable<Entry>): Run {
	return filled(NOTHING_YET, (nothing) => {
		let run = nothing;
		for (const entry of entries) run = advance(run, entry);
		return run;
	});
}

/** The run after one more entry. Total: an entry that makes no sense where it stands changes nothing. */
export function advance(run: Run, entry: Entry): Run {
	const next = add(run, entry);
	return next.mishaps === 0 || BESIDE_THE_STEPS.includes(entry.event) ? next : { ...next, mishaps: 0 };
}

/** What is recorded though no step has come to its end. */
const BESIDE_THE_STEPS: readonly Entry['event'][] = [
	'waiting',
	'resumed',
	'edited',
	'accepted',
	'held',
	'notice',
	'recalled',
	'summed',
];

function add(run: Run, entry: Entry): Run {
	switch (entry.event) {
		case 'started':
			return started(run, entry);
		case 'ended':
			return { ...run, state: 'ended', treeAtEnd: entry.tree, waiting: null };
		case 'opened':
			return opened(run, entry);
		case 'worked':
			return worked(run, entry);
		case 'reviewed':
			return reviewed(run, entry);
		case 'settled':
			return settled(run, entry);
		case 'proposed':
			return proposed(run, entry);
		case 'checked':
			return checked(run, entry);
		case 'sealed':
			return inAttempt(run, { sealed: entry.sealed });
		case 'unlanded':
			return undoGivenUp(run, entry) ?? judgedAnew(run);
		case 'rejected':
			return rejected(run, entry);
		case 'landed':
			return landed(run, entry);
		case 'marked':
			return withTask(run, entry.task, (task) => ({ marks: task.marks + 1 }));
		case 'planned':
			return planned(run, entry);
		case 'cleared':
			return withTask({ ...run, leftover: null }, entry.task, (task) => ({ ref: entry.ref ?? task.ref }));
		case 'undoing':
			return undoing(run, entry);
		case 'undone':
			return undone(run, entry);
		case 'parked':
			return parked(run, entry);
		case 'abandoned':
			return abandoned(run, entry);
		case 'waiting':
			return waiting(run, entry);
		case 'resumed':
			return { ...run, waiting: null, trouble: run.trouble && { ...run.trouble, waited: 'done' } };
		case 'accepted':
			return { ...run, accepted: { settings: entry.settings, prompts: entry.prompts } };
		case 'held':
			return { ...run, held: entry.files };
		case 'summed':
			return summed(run, entry);
		case 'recalled':
			return recalled(run, entry);
		case 'pays':
			return { ...run, payers: withPayer(run.payers, entry.agent, entry.pays, 'told') };
		case 'warned':
			return { ...run, warned: [...run.warned, entry] };
		case 'edited':
		case 'notice':
			return run;
	}
}

function started(run: Run, entry: EntryOf<'started'>): Run {
	const now: Run = {
		...vanishOpenSession(run),
		process: entry.process,
		state: 'running',
		branch: entry.branch,
		walls: entry.walls,
		payers: payersAtStart(run, entry),
		lastOutcome: null,
	};
	if (entry.mode === 'again') return now;
	const tasks = writable(now.tasks);
	for (const [id, task] of tasks) if (task.landedInRun) tasks.set(id, { ...task, landedInRun: false });
	return {
		...now,
		tasks,
		startedAt: Date.parse(entry.at),
		spent: NOTHING_YET.spent,
		dearest: {},
		warned: [],
		parkedInARow: 0,
		waiting: null,
		away: NOTHING_YET.away,
		trouble: null,
	};
}

/** What sessions of this run have told stays known. */
function payersAtStart(run: Run, { mode, payers = [] }: EntryOf<'started'>): Run['payers'] {
	const before = mode === 'again' ? run.payers : NOTHING_YET.payers;
	const known = payers.flatMap(({ agent, pays }) => (pays === null ? [] : [{ agent, pays }]));
	return known.reduce((all, { agent, pays }) => withPayer(all, agent, pays, 'told'), before);
}

/** A session that was open when the loop died ended with it. After an orderly end it was never spawned. */
function vanishOpenSession(run: Run): Run {
	const open = run.attempt?.open;
	if (!run.attempt || open?.phase !== 'running') return run;
	const over = inAttempt(run, { open: { ...open, phase: 'over' } });
	return run.state === 'ended' ? over : cutOff(over, run.attempt.task, { kind: 'vanished' });
}

/** A wait for the machine with a time is that of a step which is to come again. */
function waiting(run: Run, entry: EntryOf<'waiting'>): Run {
	const isMishap = entry.for.kind === 'machine' && entry.until !== null;
	return {
		...run,
		waiting: { for: entry.for, until: entry.until },
		mishaps: run.mishaps + (isMishap ? 1 : 0),
	};
}

function settled(run: Run, entry: EntryOf<'settled'>): Run {
	const closed = inAttempt(run, { open: null });
	return entry.drift.length === 0 ? closed : judgedAnew(closed);
}

/** The tree is not what was judged any more: a new candidate, new checks, new reviews. */
function judgedAnew(run: Run): Run {
	if (!run.attempt) return run;
	const drifts = run.attempt.drifts + 1;
	return inAttempt(run, { proposal: null, checks: null, reviews: [], sealed: null, drifts });
}

function rejected(run: Run, entry: EntryOf<'rejected'>): Run {
	const outcome = isNotes(entry.task) ? { trouble: null } : { lastOutcome: 'not-landed' as const };
	return withTask({ ...run, attempt: null, ...outcome }, entry.task, (task) => ({
		attempts: task.attempts + 1,
		findings: entry.findings,
		blocked: entry.blocked === null ? null : { times: (task.blocked?.times ?? 0) + 1, reason: entry.blocked },
		ref: entry.ref ?? task.ref,
	}));
}

function landed(run: Run, entry: EntryOf<'landed'>): Run {
	const isOwn = isNotes(entry.task);
	// From here on all others are tried on top of it.
	const tasks = writable(run.tasks);
	run.tasks.forEach((task, id) => {
		if (task.base !== null) tasks.set(id, { ...task, base: null });
	});
	const over: Run = { ...run, tasks, attempt: null, leftover: null, ...(isOwn ? {} : ofTheList(run)) };
	return withTask(withBase(over, entry.commit, run.attempt), entry.task, () => ({
		state: 'landed',
		// It has no box.
		marks: isOwn ? 1 : 0,
		commit: entry.commit,
		equals: entry.equals,
		landedInRun: true,
		findings: [],
	}));
}

/** What only a landing from the list says of the night. */
function ofTheList({ sinceNotes }: Run): Partial<Run> {
	return { lastOutcome: 'landed', parkedInARow: 0, sinceNotes: sinceNotes + 1 };
}

function parked(run: Run, entry: EntryOf<'parked'>): Run {
	const over: Run = { ...run, attempt: null, lastOutcome: 'not-landed', parkedInARow: entry.inARow };
	return withTask(over, entry.task, () => ({ state: 'parked', marks: 0, why: entry.why, ref: entry.ref }));
}

/** A new wording inherits what lies in the tree, and counts as a cut-off: a session that rewords its task gains nothing. */
function abandoned(run: Run, { task, heir }: EntryOf<'abandoned'>): Run {
	const over: Run = { ...run, attempt: null };
	const known = run.tasks.get(task);
	if (heir === null || !known) return over;
	const inherited = { ...NEW_TASK, cutOffs: known.cutOffs + 1, cutOff: 'reworded', base: known.base };
	return { ...over, leftover: heir, tasks: withRecord(run.tasks, heir, inherited) };
}
