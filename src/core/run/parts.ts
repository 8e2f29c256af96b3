import { NOTES_EVERY } from '../notes.ts';
import type { Attempt, Entry, Payer, Run, Spent, TaskId, TaskRecord } from '../types.ts';

/** An entry of the journal, of that name. */
export type EntryOf<Name extends Entry['event']> = Extract<Entry, { event: Name }>;

export const NOTHING_SPENT: Spent = { usd: 0, billed: 0, tokens: 0, sessions: 0 };

/** A task of which nothing is on record. */
export const NEW_TASK: TaskRecord = {
	text: '',
	spent: NOTHING_SPENT,
	attempts: 0,
	cutOffs: 0,
	blocked: null,
	findings: [],
	cutOff: null,
	state: 'open',
	marks: 0,
	commit: null,
	equals: 1,
	base: null,
	landedInRun: false,
	ref: null,
	why: null,
};

/** A run of which nothing is on record. */
export const NOTHING_YET: Run = {
	process: null,
	state: 'ended',
	startedAt: null,
	branch: null,
	walls: null,
	sessions: 0,
	spent: NOTHING_SPENT,
	dearest: {},
	payers: new Map(),
	warned: [],
	attempt: null,
	lastOutcome: null,
	tasks: new Map(),
	parkedInARow: 0,
	sinceNotes: NOTES_EVERY,
	waiting: null,
	away: new Map(),
	trouble: null,
	mishaps: 0,
	leftover: null,
	checked: [],
	greenMs: new Map(),
	undoing: null,
	treeAtEnd: null,
	accepted: null,
	held: [],
};

/** What an attempt has come to when it begins. */
export const NOTHING_DONE = {
	work: null,
	proposal: null,
	checks: null,
	known: [],
	unsure: [],
	reviews: [],
	sealed: null,
	drifts: 0,
} satisfies Partial<Attempt>;

/** The run with a change to the attempt in hand, if there is one. */
export function inAttempt(run: Run, change: Partial<Attempt>): Run {
	return run.attempt ? { ...run, attempt: { ...run.attempt, ...change } } : run;
}

/** The run with a change to what is known of a task, if anything is. */
export function withTask(run: Run, id: TaskId, change: (task: TaskRecord) => Partial<TaskRecord>): Run {
	const task = run.tasks.get(id);
	return task ? { ...run, tasks: withRecord(run.tasks, id, { ...task, ...change(task) }) } : run;
}

/** With who pays for an agent. `told`: and a person knows. */
export function withPayer(
	payers: Run['payers'],
	agent: string,
	pays: Payer,
	how: 'told' | 'seen',
): Run['payers'] {
	const told = payers.get(agent)?.told ?? [];
	const known = { now: pays, told: how === 'told' ? [...told, pays] : told };
	return new Map(payers).set(agent, known);
}

type Records = ReadonlyMap<TaskId, TaskRecord>;

/** The records with one more, or another one in its place. */
export function withRecord(records: Records, id: TaskId, record: TaskRecord): Records {
	return writable(records).set(id, record);
}

/** Records that may be changed: a copy, unless they are being filled and nobody has seen them yet. */
export function writable(records: Records): Map<TaskId, TaskRecord> {
	return filling.get(records) ?? new Map(records);
}

/** Adds up what fills one map in place: to copy it for each entry makes a long journal slow by its square. */
export function filled(run: Run, fill: (run: Run) => Run): Run {
	const records = new Map(run.tasks);
	filling.set(records, records);
	const full = fill({ ...run, tasks: records });
	filling.delete(records);
	return full;
}

const filling = new WeakMap<Records, Map<TaskId, TaskRecord>>();
