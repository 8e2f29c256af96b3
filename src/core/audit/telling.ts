import type { EntryOf } from '../run/parts.ts';
import type { Candidate, CheckResult, CommitId, Entry, Sealed, TaskId, Undoing } from '../types.ts';

/** What the journal adds up to for an audit. */
export interface Story {
	readonly landings: ReadonlyMap<CommitId, Landing>;
	/** By the commit that undoes. */
	readonly undos: ReadonlyMap<CommitId, Undone>;
	readonly tasks: ReadonlyMap<TaskId, TaskStory>;
	readonly refs: readonly KeptRef[];
	readonly faults: readonly Fault[];
	/** Commits that were sealed, by what became of them: the last one may be on its branch before its record is. */
	readonly sealed: ReadonlySet<CommitId>;
	readonly pending: CommitId | null;
	/** HEAD when the journal began. */
	readonly firstHead: CommitId | null;
}

/** What makes no sense where it stands. `line` of the journal, its parts included, from 1; null: of the journal itself. */
interface Fault {
	readonly line: number | null;
	readonly why: string;
}

export interface Landing {
	readonly line: number;
	readonly entry: EntryOf<'landed'>;
	readonly sealed: Sealed | null;
	/** As the trailers name them: `agent/model/session`. */
	readonly worker: string | null;
	readonly reviewers: readonly string[];
	/** What of its way to the branch is missing, or says something else. */
	readonly faults: readonly string[];
}

export interface Undone {
	readonly line: number;
	readonly of: CommitId;
	readonly task: TaskId;
	readonly sealed: Sealed | null;
}

export interface TaskStory {
	readonly attempts: number;
	readonly state: 'open' | 'landed' | 'parked';
	/** Its last landing that was not taken back. */
	readonly commit: CommitId | null;
	/** Of that landing. */
	readonly tick: 'owed' | 'written';
}

export interface KeptRef {
	readonly line: number;
	readonly ref: string;
	/** What it was made of; null: only its name tells. */
	readonly commit: CommitId | null;
	/** When, in ms since 1970. */
	readonly at: number;
}

/** The attempt in hand, as far as the story has come. */
export interface Attempt {
	readonly task: TaskId;
	readonly number: number;
	readonly base: CommitId;
	open: (EntryOf<'opened'> & { phase: 'running' | 'over' }) | null;
	work: Worked | null;
	candidate: (Candidate & { readonly at: number }) | null;
	/** All results on that candidate, by command. */
	results: Map<string, CheckResult[]>;
	/** Commands of which a red result stops nothing: a setup, and what is not asked for any more. */
	readonly waived: Set<string>;
	/** Checks that were red at base with what the worker had changed of what is installed: that may be why. */
	readonly unsure: Set<string>;
	reviews: Reviewed[];
	sealed: Sealed | null;
}

/** A session's end, with the agent that it was opened for. */
type Worked = EntryOf<'worked'> & { readonly agent: string };
type Reviewed = EntryOf<'reviewed'> & { readonly agent: string };

/** The story while it is told. */
export interface Telling {
	line: number;
	sessions: number;
	attempt: Attempt | null;
	undoing: Undoing | null;
	firstHead: CommitId | null;
	/** What is a fault unless the next line explains it. */
	doubt: Fault | null;
	readonly nonces: Set<string>;
	readonly tasks: Map<TaskId, TaskStory>;
	readonly landings: Map<CommitId, Landing>;
	readonly undos: Map<CommitId, Undone>;
	readonly sealed: Set<CommitId>;
	/** What settings and prompts asked for last; null: that is not on record. */
	asked: { readonly checks: readonly string[]; readonly reviewers: readonly string[] } | null;
	/** Checks that were red on a commit that something was built on. */
	readonly redAt: Map<CommitId, Set<string>>;
	readonly refs: KeptRef[];
	readonly faults: Fault[];
	/** All that is told, and where the last sum of it stands. */
	readonly entries: readonly Entry[];
	summedAt: number;
}

export function newTelling(entries: readonly Entry[], lost: readonly string[]): Telling {
	return {
		line: 0,
		sessions: 0,
		attempt: null,
		undoing: null,
		firstHead: null,
		doubt: null,
		nonces: new Set(),
		tasks: new Map(),
		landings: new Map(),
		undos: new Map(),
		sealed: new Set(),
		asked: null,
		redAt: new Map(),
		refs: [],
		faults: lost.map((why) => ({ line: null, why })),
		entries,
		summedAt: 0,
	};
}

/** A task of which nothing is on record, or that was opened again. */
export const UNTRIED: TaskStory = { attempts: 0, state: 'open', commit: null, tick: 'written' };

export function fault(telling: Telling, why: string): void {
	telling.faults.push({ line: telling.line, why });
}

export function setTask(telling: Telling, id: TaskId, change: Partial<TaskStory>): void {
	telling.tasks.set(id, { ...UNTRIED, ...telling.tasks.get(id), ...change });
}

/** The attempt that an entry is about; a fault where it is about none, or another one. */
export function attemptOf(telling: Telling, entry: Entry & { readonly task: TaskId }): Attempt | null {
	const { attempt } = telling;
	if (attempt?.task === entry.task) return attempt;
	fault(telling, `"${entry.event}" stands where no attempt at that task is in hand`);
	return null;
}

/** What a session touched is compared before anything is made of it. */
export function expectSettled(telling: Telling, { open }: Attempt): void {
	if (open?.phase === 'over') fault(telling, `session ${open.session} was not settled before that`);
}

/** The tree is not what was judged any more. */
export function judgeAnew(attempt: Attempt): void {
	Object.assign(attempt, { candidate: null, results: new Map(), reviews: [], sealed: null });
}

/** The checks that are red on the candidate, in all of their runs. */
export function redOf({ results }: Attempt): string[] {
	return [...results].flatMap(([command, runs]) => (runs.every(isRed) ? [command] : []));
}

export function isRed({ result }: CheckResult): boolean {
	return result === 'red' || result === 'overtime';
}
