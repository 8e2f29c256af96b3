/**
 * The vocabulary of nightloop, in the order of the story: the list, one attempt at a task, what is recorded of it,
 * what is decided next, and the one seam (`World`) through which anything happens. Nothing in here runs.
 */

type Brand<Name extends string> = string & { readonly brand: Name };

/** Names one task: a hash of its text, parents, headings and its ordinal among equals. 14 hex digits. */
export type TaskId = Brand<'TaskId'>;
/** A full git object id of a commit. */
export type CommitId = Brand<'CommitId'>;
/** A full git object id of a tree. What is judged, and all that may land, is one of these. */
export type TreeId = Brand<'TreeId'>;
/** `NNNN-role`, numbered through the life of the journal; also the name of the session's folder. */
export type SessionId = Brand<'SessionId'>;
/** Milliseconds since 1970. */
export type Time = number;

// ── The list ────────────────────────────────────────────────────────────────────────────────────────────────────────

export type TaskState = 'open' | 'done' | 'parked' | 'dropped';

/** One checkbox of todo.md that counts: a leaf is worked on, a parent is ticked with its last required leaf. */
export interface Task {
	readonly id: TaskId;
	readonly state: TaskState;
	/** 1-based. */
	readonly line: number;
	/** Byte offset of the mark between the brackets. */
	readonly offset: number;
	readonly text: string;
	/** The lines indented under the task that are not tasks themselves, with their own indent taken off. */
	readonly details: string;
	/** The headings above it, outermost first. */
	readonly breadcrumb: readonly string[];
	/** The task that it is indented under (or, in flat dotted numbering, belongs to). */
	readonly parent: TaskId | null;
	readonly kind: 'leaf' | 'parent';
	/** Kiro's `[ ]*`. */
	readonly optional: boolean;
	/** How many tasks of the list share its text, parents and headings. An ordinal among them is fragile. */
	readonly equals: number;
}

/** A checkbox that is not a task, and why. */
export interface IgnoredBox {
	readonly line: number;
	readonly text: string;
	readonly why: string;
}

export interface Todo {
	readonly tasks: readonly Task[];
	readonly ignored: readonly IgnoredBox[];
}

/** What is on disk where todo.md should be. Only `list` is ever acted on. */
export type TodoOnDisk =
	| { readonly kind: 'list'; readonly todo: Todo; readonly text: string }
	| { readonly kind: 'absent' }
	| { readonly kind: 'empty' }
	| { readonly kind: 'broken'; readonly line: number; readonly why: string };

// ── Settings and prompts ────────────────────────────────────────────────────────────────────────────────────────────

/** The front matter of todo.md, command line options laid over it. */
export interface Settings {
	/** Run on every candidate; all must exit 0. */
	readonly checks: readonly string[];
	/** Worker sessions that may fail before the task is parked. */
	readonly attempts: number;
	/** No attempt starts after it. A clock time is the next one after the run's start. */
	readonly until:
		| { readonly kind: 'clock'; readonly hours: number; readonly minutes: number }
		| { readonly kind: 'after'; readonly ms: number }
		| null;
	/** No attempt starts that would pass one of them. null: no limit. */
	readonly budget: Readonly<Record<BudgetPart, number | null>>;
	/** true: start nothing new. */
	readonly pause: boolean;
	/** An edit acts when it has stood this long, in ms. */
	readonly settle: number;
	/** A command that is told of what a person wants to know at night. */
	readonly notify: string | null;
	/** Subject line of a landed commit; `{{task}}` is the task's text. Cut at 72. */
	readonly commit: string;
	/** true: also work on optional tasks. */
	readonly optional: boolean;
	/** Run in a room where a manifest or lock file differs from base. */
	readonly setup: string | null;
	readonly walls: 'auto' | 'groups';
	readonly push: boolean;
}

/** When a run ends by itself. */
export type Mode = 'forever' | 'until-done' | 'once';

export type Role = 'worker' | 'reviewer' | 'planner' | 'consolidator';

/** One file of prompts/: who runs the session, and the text with holes. */
export interface Prompt {
	/** File name without `.md`, such as `worker`, `reviewer`, `reviewer-security`. */
	readonly name: string;
	readonly role: Role;
	/** A named agent or any command line. */
	readonly agent: string;
	/** Per attempt, the last one repeats; empty: the agent's own. */
	readonly model: readonly string[];
	/** In this order, while the agent cannot be used. */
	readonly fallback: readonly string[];
	/** No sign of progress for so long: ended. In ms. */
	readonly idle: number;
	/** One session, suspended time not counted. In ms. */
	readonly limit: number;
	readonly args: readonly string[];
	/** Added to the agent's environment; null removes. */
	readonly env: Readonly<Record<string, string | null>>;
	readonly body: string;
}

/** What is written in the repository's own settings file and prompts. The prompts that come with nightloop are not. */
export interface RuleTexts {
	/** Where the settings stand, for messages, and the front matter alone. */
	readonly settings: { readonly file: string; readonly text: string };
	/** By name. */
	readonly prompts: readonly { readonly name: string; readonly file: string; readonly text: string }[];
}

/** Why settings and prompts count as the person's word: no agent can have made them, or the person said so. */
export type AcceptedBy = 'first start' | 'terminal' | 'accept' | 'no session lived' | 'walled off';

export type Hole =
	| 'task'
	| 'details'
	| 'breadcrumb'
	| 'todo'
	| 'memory'
	| 'findings'
	| 'checks'
	| 'base'
	| 'candidate'
	| 'diffstat'
	| 'changes'
	| 'nonce'
	| 'spec';

// ── One session ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** How a session ended, by its first cause. Only `completed` is ever judged. */
export type SessionEnd =
	| { readonly kind: 'completed' }
	| {
			readonly kind: 'failed';
			readonly exitCode: number | null;
			readonly signal: string | null;
			readonly message: string;
	  }
	| { readonly kind: 'limited'; readonly until: Time | null; readonly message: string }
	| { readonly kind: 'outage'; readonly message: string }
	| { readonly kind: 'auth'; readonly message: string }
	| { readonly kind: 'idle'; readonly ms: number }
	| { readonly kind: 'overtime'; readonly ms: number }
	| { readonly kind: 'stopped'; readonly why: string }
	| { readonly kind: 'vanished' };

/** What a session used, by the agent's own figures. Zero where it tells none. */
export interface Usage {
	readonly usd: number;
	readonly tokens: number;
}

/** Who pays for a session, as its agent tells it: each call on a key is billed, a subscription is paid anyway. */
export type Payer = 'key' | 'subscription';

/** null: not known before its first session. */
export interface AgentPayer {
	readonly agent: string;
	readonly pays: Payer | null;
}

/** What came back from one session, whoever ran it. */
export interface SessionReport {
	readonly end: SessionEnd;
	/** The final message: of a named agent its last text, of a command the tail of its stdout. */
	readonly text: string;
	readonly usage: Usage;
	/** null: the agent does not say. */
	readonly pays: Payer | null;
	/** The agent's own name for the session, where it has one. */
	readonly agentSession: string | null;
	/** As the agent reports it, else as asked for. */
	readonly model: string | null;
	readonly ms: number;
	/** Made for this session when it was spawned; a reviewer's verdict must carry it. */
	readonly nonce: string;
	/** Tracked files that a reviewer left changed in its room: its verdict is about something else. */
	readonly roomChanges: readonly string[];
}

/** All that is needed to run one session, as data: what a dry run prints. */
export interface SessionOrder {
	readonly session: SessionId;
	readonly role: Role;
	readonly task: TaskId;
	readonly text: string;
	readonly attempt: number;
	/** Its agent is the one that runs it, which may stand in for another. */
	readonly prompt: Prompt;
	readonly model: string | null;
	/** Which agent it stands in for, and why. */
	readonly instead: string | null;
	/** What is left of the budget, in US dollars and tokens: the session is ended where it passes that. null: no limit. */
	readonly left: { readonly usd: number | null; readonly tokens: number | null };
	/** `memory` and `nonce` are filled by the world, at the last moment. */
	readonly holes: Readonly<Partial<Record<Hole, string>> & Record<'details', string>>;
	/** How the session before was cut off, whose changes lie in the work tree: the world tells which. */
	readonly cutOff: string | null;
	readonly base: CommitId | null;
	readonly candidate: Candidate | null;
	/** What its room needs first. */
	readonly setup: Setup | null;
	readonly push: boolean;
}

/** A worker's honest exit, from the `status` fence of its final message. */
export interface WorkerStatus {
	readonly status: 'done' | 'already-done' | 'blocked';
	readonly reason: string;
	/** Why checks must be red for now: the task asks for tests that fail first. null: it says nothing of the kind. */
	readonly red: string | null;
}

// ── Judging ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** One reason against a candidate. */
export interface Finding {
	readonly what: string;
	readonly evidence: string;
	readonly blocking: boolean;
	/** Who found it: a check's command, or a reviewer's name. */
	readonly by: string;
}

/** The work tree after a worker session, as a commit object on `base`; steering files are as of base in it. */
export interface Candidate {
	readonly commit: CommitId;
	readonly tree: TreeId;
	readonly base: CommitId;
	/** HEAD when it was made: what a landing builds on, and only that. */
	readonly head: CommitId;
	readonly changes: readonly Change[];
	/** What it does to tests, by their text. */
	readonly weakened: readonly WeakenedTest[];
}

/** One path that differs between base and candidate. */
export interface Change {
	readonly path: string;
	readonly status: 'added' | 'deleted' | 'modified' | 'type-changed';
	/** Octal, such as `100644`; `000000` where absent. */
	readonly oldMode: string;
	readonly newMode: string;
	/** null: binary. */
	readonly added: number | null;
	readonly deleted: number | null;
}

/** One way in which a test file tests less than it did in base. */
export interface WeakenedTest {
	readonly path: string;
	readonly how: 'emptied' | 'skipped' | 'focused' | 'without assertions' | 'fewer tests' | 'fewer assertions';
	/** 1-based in the candidate's file; null where it is about what is not there any more. */
	readonly line: number | null;
	/** The line itself, or the figures: `14 in base, 3 now`. */
	readonly text: string;
}

/** Why a work tree made no candidate. */
export type Proposal =
	| { readonly kind: 'candidate'; readonly candidate: Candidate }
	| { readonly kind: 'unchanged'; readonly candidate: Candidate }
	| { readonly kind: 'refused'; readonly what: string; readonly evidence: string };

/** What is to be run in a room, in the order of the settings: a later check may need what an earlier one built. */
export interface CheckPlan {
	/** `candidate again`: to tell a flaky check from a red one. */
	readonly on: 'candidate' | 'candidate again' | 'base';
	readonly setup: Setup | null;
	/** `limit`: in ms. */
	readonly commands: readonly { readonly command: string; readonly limit: number }[];
	/** Green on this tree before the last session: holds only while what is installed is as before. */
	readonly known: readonly CheckResult[];
}

/** Whether a session changed what is installed: ignored files, which are in every room as it left them. */
export type Installed = 'as before' | 'changed';

/** A command that gives a room its dependencies. */
export interface Setup {
	readonly command: string;
	readonly when: 'always' | 'dependencies are missing';
}

export interface CheckResult {
	/** As the settings write it; of the setup too, where it was run. */
	readonly command: string;
	/** `flaky`: red, and green when it was run once more. */
	readonly result: 'green' | 'red' | 'overtime' | 'flaky';
	readonly exitCode: number | null;
	readonly ms: number;
	/** The last lines of its output. */
	readonly tail: string;
	/** Where its output is kept, from the `-C` folder. */
	readonly log: string;
	/** How often it was run on that tree. */
	readonly runs: number;
}

/** What came of a plan. */
export interface Checked {
	readonly results: readonly CheckResult[];
	readonly installed: Installed;
}

export type Verdict =
	/** `red`: what the approval says of checks that are red. */
	| { readonly kind: 'approved'; readonly findings: readonly Finding[]; readonly red: 'expected' | null }
	| { readonly kind: 'rejected'; readonly findings: readonly Finding[] }
	| { readonly kind: 'unreadable'; readonly why: string };

/** A commit made and not yet on the branch: the candidate's tree, todo.md aside. */
export interface Sealed {
	readonly commit: CommitId;
	/** What the branch must still point at for it to land. */
	readonly head: CommitId;
	readonly branch: string;
	/** The one path in which it differs from what was judged; null: there is none. */
	readonly list: string | null;
}

// ── The journal: everything that happened ───────────────────────────────────────────────────────────────────────────

export type Ending =
	| { readonly kind: 'nothing-open'; readonly done: number; readonly parked: number }
	| { readonly kind: 'once'; readonly outcome: 'landed' | 'not-landed' }
	| { readonly kind: 'deadline'; readonly until: Time }
	/** Used up, or less is left than the next attempt may cost. */
	| { readonly kind: 'budget'; readonly what: string; readonly spent: number; readonly limit: number }
	| { readonly kind: 'signal'; readonly signal: Signal };

export type Signal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

export type WaitingFor =
	| { readonly kind: 'edits' }
	| { readonly kind: 'pause' }
	| { readonly kind: 'todo'; readonly why: string }
	| WaitingForAgent
	| { readonly kind: 'cut-off'; readonly message: string }
	| { readonly kind: 'repository'; readonly why: string }
	| MachineTrouble;

/** What the machine has too little of, or says no with. */
export type MachineTrouble =
	| { readonly kind: 'disk'; readonly message: string }
	| { readonly kind: 'machine'; readonly message: string };

/** The agent that comes back first, and which prompt it is to run: that may be given to another one meanwhile. */
export interface WaitingForAgent {
	readonly kind: Absence['why'];
	readonly message: string;
	/** Entries of versions before 0.2 lack both. */
	readonly agent?: string;
	readonly prompt?: string;
}

/** Grouped by their place in the story. `event` names them on `run --json` too. */
export type Event =
	// a process of the loop begins or ends
	| {
			readonly event: 'started';
			readonly process: string;
			readonly mode: 'fresh' | 'again';
			readonly branch: string;
			readonly head: CommitId;
			readonly walls: string;
			readonly version: string;
			/** As far as it can be told before the first session. Entries of versions before 0.2 lack it. */
			readonly payers?: readonly AgentPayer[];
	  }
	| {
			readonly event: 'ended';
			readonly ending: Ending;
			readonly tree: TreeId | null;
			/** Of the run. Entries of versions before 0.2 lack it. */
			readonly spent?: Spent;
	  }
	// a session: opened before it is spawned, settled when what it touched has been compared and put right
	| {
			readonly event: 'opened';
			readonly session: SessionId;
			readonly role: Role;
			readonly task: TaskId;
			readonly text: string;
			/** As they were put into a worker's prompt; null: of a reviewer. */
			readonly details: string | null;
			readonly line: number;
			/** The task below it, to tell a rewording from a deletion. */
			readonly follower: TaskId | null;
			readonly equals: number;
			readonly attempt: number;
			readonly agent: string;
			readonly prompt: string;
			/** Which agent it stands in for, and why. Entries of versions before 0.2 lack it. */
			readonly instead?: string | null;
			readonly base: CommitId;
			readonly branch: string;
	  }
	| {
			readonly event: 'worked';
			readonly session: SessionId;
			readonly task: TaskId;
			readonly end: SessionEnd;
			readonly status: WorkerStatus | null;
			readonly usage: Usage;
			/** Entries of versions before 0.2 lack it: not known. */
			readonly pays?: Payer | null;
			readonly agentSession: string | null;
			readonly model: string | null;
			readonly ms: number;
	  }
	| {
			readonly event: 'reviewed';
			readonly session: SessionId;
			readonly task: TaskId;
			readonly reviewer: string;
			readonly candidate: CommitId;
			readonly tree: TreeId;
			readonly nonce: string;
			readonly end: SessionEnd;
			readonly verdict: Verdict;
			readonly usage: Usage;
			readonly pays?: Payer | null;
			readonly agentSession: string | null;
			readonly model: string | null;
			readonly ms: number;
	  }
	| {
			readonly event: 'settled';
			readonly session: SessionId;
			readonly drift: readonly string[];
			readonly putRight: readonly string[];
	  }
	// judging
	| { readonly event: 'proposed'; readonly task: TaskId; readonly proposal: Proposal }
	| {
			readonly event: 'checked';
			readonly task: TaskId;
			readonly on: CheckPlan['on'];
			/** What was in the room. */
			readonly commit: CommitId;
			/** The candidate's, also where it was base that was looked at. */
			readonly tree: TreeId;
			/** The command that gave the room its dependencies, where there was one. */
			readonly setup: string | null;
			readonly installed: Installed;
			readonly results: readonly CheckResult[];
	  }
	| {
			readonly event: 'rejected';
			readonly task: TaskId;
			readonly text: string;
			readonly attempt: number;
			readonly findings: readonly Finding[];
			readonly ref: string | null;
			readonly blocked: string | null;
	  }
	// landing
	| { readonly event: 'sealed'; readonly task: TaskId; readonly sealed: Sealed }
	| {
			readonly event: 'landed';
			readonly task: TaskId;
			readonly text: string;
			readonly attempt: number;
			readonly commit: CommitId;
			readonly tree: TreeId;
			readonly equals: number;
			readonly worker: SessionId | null;
			readonly reviewers: readonly SessionId[];
	  }
	| { readonly event: 'unlanded'; readonly task: TaskId; readonly why: string }
	| {
			readonly event: 'marked';
			readonly task: TaskId;
			readonly as: Mark;
			readonly lines: readonly number[];
			readonly outcome: MarkOutcome;
	  }
	// taking back: first what is going to be done, then that it was
	| { readonly event: 'undoing'; readonly undoing: Undoing }
	| {
			readonly event: 'undone';
			readonly task: TaskId;
			readonly text: string;
			readonly commit: CommitId;
			readonly by: CommitId;
			readonly why: string;
			readonly box: Undoing['box'];
			readonly lines: readonly number[];
			/** The work tree as a clean stop had left it, with what the undo changed; null where none had. */
			readonly tree: TreeId | null;
	  }
	// a session beside the loop, which judges or makes tasks
	| {
			readonly event: 'planned';
			readonly session: SessionId;
			readonly role: Role;
			readonly agent: string;
			/** What it worked on: the name of a spec, or of the list. */
			readonly about: string;
			readonly end: SessionEnd;
			/** What came of it, in a few words; '' where it did not end well. */
			readonly outcome: string;
			readonly usage: Usage;
			readonly pays?: Payer | null;
			readonly agentSession: string | null;
			readonly model: string | null;
			readonly ms: number;
	  }
	// giving up, making room
	| {
			readonly event: 'cleared';
			readonly task: TaskId;
			readonly why: string;
			readonly ref: string | null;
			readonly restore: string | null;
	  }
	| {
			readonly event: 'parked';
			readonly task: TaskId;
			readonly text: string;
			readonly why: string;
			readonly ref: string | null;
			readonly inARow: number;
	  }
	| {
			readonly event: 'abandoned';
			readonly task: TaskId;
			readonly text: string;
			readonly why: string;
			readonly heir: TaskId | null;
	  }
	// waiting, steering, telling
	| { readonly event: 'waiting'; readonly for: WaitingFor; readonly until: Time | null }
	| { readonly event: 'resumed' }
	/** What sessions told of who pays, where it is not what was told before. */
	| { readonly event: 'pays'; readonly agent: string; readonly pays: Payer }
	/** A part of the budget is used up to so many percent, for the first time. */
	| ({ readonly event: 'warned' } & BudgetWarning)
	| { readonly event: 'edited'; readonly summary: string }
	| ({ readonly event: 'accepted'; readonly by: AcceptedBy } & RuleTexts)
	/** All files that stay as last accepted, as an agent may have changed them; empty: none any more. */
	| { readonly event: 'held'; readonly files: readonly string[] }
	| { readonly event: 'notice'; readonly text: string }
	// the journal itself: its file begun anew with what all before it adds up to, or known again from the commits
	| {
			readonly event: 'summed';
			/** The parts before it, each a closed file of its own, and the entries in all of them. */
			readonly parts: number;
			readonly entries: number;
			/** SHA-256 of the last of them, of which the first line has that of the one before. */
			readonly digest: string;
			readonly run: PlainRun;
	  }
	| {
			readonly event: 'recalled';
			readonly tasks: readonly RecalledTask[];
			/** The highest number that a session has had, as far as can be seen. */
			readonly sessions: number;
			/** Refs under which parked work is kept. */
			readonly kept: readonly string[];
	  };

/** An event as it stands in the journal. */
export type Entry = Event & { readonly at: string };

export type Mark = 'x' | '!' | ' ' | '-';
/** `gone`: no such task in the list any more; the mark is not owed any longer. */
export type MarkOutcome = 'written' | 'already' | 'gone';

/** A task of which the last landing stands, as its commit and the list tell. */
export interface RecalledTask {
	readonly task: TaskId;
	readonly text: string;
	readonly commit: CommitId;
	readonly equals: number;
	/** `owed`: its box is ticked in the list as committed, and open on disk. */
	readonly tick: 'owed' | 'as it stands';
}

/** A landed task of which the code is being taken back: all that is needed to go on with it after a crash. */
export interface Undoing {
	readonly task: TaskId;
	readonly text: string;
	/** What is undone, and the commit that undoes it. */
	readonly commit: CommitId;
	readonly sealed: Sealed;
	/** Why, in the person's words; '' where they gave none. */
	readonly why: string;
	/** What becomes of its box. */
	readonly box: 'open' | 'drop';
}

// ── The run: what the journal adds up to ────────────────────────────────────────────────────────────────────────────

export interface Run {
	/** The process that recorded the last `started`; another one must record its own first. */
	readonly process: string | null;
	readonly state: 'running' | 'ended';
	/** When the run started: what a duration or a clock time in `until` counts from. */
	readonly startedAt: Time | null;
	readonly branch: string | null;
	readonly walls: string | null;
	/** Sessions opened so far, through the life of the journal: the next one's number less one. */
	readonly sessions: number;
	/** Of this run. */
	readonly spent: Spent;
	/** The most that one session of a role has cost in this run, in what its budget counts. */
	readonly dearest: Readonly<Partial<Record<Role, Usage>>>;
	/** By agent: whom a person was told of, and who it is by the last session that knew it, or by the start. */
	readonly payers: ReadonlyMap<string, KnownPayer>;
	/** Told in this run. */
	readonly warned: readonly BudgetWarning[];
	readonly attempt: Attempt | null;
	/** How the last attempt came out, for `--once`. */
	readonly lastOutcome: 'landed' | 'not-landed' | null;
	readonly tasks: ReadonlyMap<TaskId, TaskRecord>;
	readonly parkedInARow: number;
	/** Landings since a consolidator session was opened. As many as there must be, where none ever was. */
	readonly sinceNotes: number;
	readonly waiting: { readonly for: WaitingFor; readonly until: Time | null } | null;
	/** By agent: those that could not be used when they were last asked. */
	readonly away: ReadonlyMap<string, Absence>;
	/** Why sessions were cut off since one last ended well. `count` is what the back-off grows by. */
	readonly trouble: {
		readonly end: Extract<SessionEnd, { kind: 'failed' | 'idle' | 'overtime' }>;
		readonly count: number;
		readonly waited: 'not yet' | 'done';
	} | null;
	/** How often in a row a step met a mishap: what the wait for the machine grows by. */
	readonly mishaps: number;
	/** The task whose unlanded changes lie in the work tree. */
	readonly leftover: TaskId | null;
	/** Results that still count, newest first: of base commits all, of trees the green ones. At most 16. */
	readonly checked: readonly { readonly of: CommitId | TreeId; readonly results: readonly CheckResult[] }[];
	/** How long each check took when it was green last, in ms. */
	readonly greenMs: ReadonlyMap<string, number>;
	/** What `undo` began and did not finish. */
	readonly undoing: Undoing | null;
	/** The work tree as a clean stop left it. */
	readonly treeAtEnd: TreeId | null;
	/** Settings and prompts as a person laid them down last. null: nothing is on record. */
	readonly accepted: RuleTexts | null;
	/** Files of theirs that are not in force as they are on disk. */
	readonly held: readonly string[];
}

/** A run as plain data. Of a task what differs from one that nobody tried. */
export type PlainRun = Omit<Run, 'tasks' | 'greenMs' | 'away' | 'payers'> & {
	readonly tasks: readonly (readonly [TaskId, Partial<TaskRecord>])[];
	readonly away: readonly (readonly [string, Absence])[];
	readonly payers: readonly (readonly [string, KnownPayer])[];
	readonly greenMs: readonly (readonly [string, number])[];
};

interface KnownPayer {
	readonly told: readonly Payer[];
	readonly now: Payer;
}

/** Why an agent cannot be used, until when, and how often in a row it was so. */
export interface Absence {
	readonly why: 'limit' | 'outage' | 'auth';
	readonly message: string;
	readonly until: Time;
	readonly count: number;
}

/** By the agents' own figures. `billed`: what of `usd` is not paid by a subscription anyway, and what a budget counts. */
export interface Spent extends Usage {
	readonly billed: number;
	readonly sessions: number;
}

export type BudgetPart = 'usd' | 'tokens' | 'sessions';

export interface BudgetWarning {
	readonly what: BudgetPart;
	readonly percent: 50 | 80 | 100;
	readonly spent: number;
	readonly limit: number;
}

/** What is known of one task beyond its line in the list. */
export interface TaskRecord {
	readonly text: string;
	readonly spent: Spent;
	/** Attempts that failed, since it was last opened by a person. */
	readonly attempts: number;
	readonly cutOffs: number;
	/** How often in a row its worker said that it cannot go on, and why. */
	readonly blocked: { readonly times: number; readonly reason: string } | null;
	/** What the next worker is told. */
	readonly findings: readonly Finding[];
	/** How the last session on it was cut off, for the next one to know. */
	readonly cutOff: string | null;
	readonly state: 'open' | 'landed' | 'parked';
	/** Marks written for that state. 0: still owed. */
	readonly marks: number;
	readonly commit: CommitId | null;
	/** The list's count of equal tasks when it was worked on: its line is only known while that is the same. */
	readonly equals: number;
	/** The base of its first attempt: what is judged does not move past commits that came since. */
	readonly base: CommitId | null;
	readonly landedInRun: boolean;
	readonly ref: string | null;
	readonly why: string | null;
}

/** One worker session on a task and the judging of what it left. The first thing missing in it is the next step. */
export interface Attempt {
	readonly task: TaskId;
	readonly text: string;
	/** As its worker was told them last; null: that is not on record. */
	readonly details: string | null;
	/** Where it stood in the list, and what stood below it: to tell a rewording from a deletion. */
	readonly line: number;
	readonly follower: TaskId | null;
	readonly number: number;
	readonly base: CommitId;
	readonly branch: string;
	/** The session whose end or whose settling is not on record yet. */
	readonly open: {
		readonly session: SessionId;
		readonly role: Role;
		readonly prompt: string;
		readonly agent: string;
		readonly phase: 'running' | 'over';
	} | null;
	readonly work: {
		readonly session: SessionId;
		readonly agent: string;
		readonly end: SessionEnd;
		readonly status: WorkerStatus | null;
		readonly agentSession: string | null;
		readonly model: string | null;
	} | null;
	readonly proposal: Proposal | null;
	readonly checks: readonly CheckResult[] | null;
	/** Green on this tree before the session. */
	readonly known: readonly CheckResult[];
	/** What is red at base with what the worker has installed: that may be the reason. */
	readonly unsure: readonly CheckResult[];
	readonly reviews: readonly Review[];
	readonly sealed: Sealed | null;
	/** Times that it had to be judged again, as the tree changed while it was. */
	readonly drifts: number;
}

export interface Review {
	readonly session: SessionId;
	readonly reviewer: string;
	readonly agent: string;
	readonly candidate: CommitId;
	readonly tree: TreeId;
	readonly end: SessionEnd;
	readonly verdict: Verdict;
	readonly agentSession: string | null;
	readonly model: string | null;
}

// ── Deciding ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What the world looks like now: read afresh before every decision, as a person may have edited any of it. */
export interface Scene {
	readonly now: Time;
	/** How far the clock was set back since the last wait began, in ms: that does not make it longer. */
	readonly setBack: number;
	readonly process: string;
	readonly version: string;
	readonly mode: Mode;
	readonly todo: TodoOnDisk;
	readonly settings: Settings;
	readonly worker: Prompt;
	/** At least one. */
	readonly reviewers: readonly Prompt[];
	readonly consolidator: Prompt;
	/** About how long memory/*.md was as of HEAD when something landed last, in tokens. */
	readonly memory: number;
	/** Files that say what the list is for, from the `-C` folder: a spec, a plan, a design. */
	readonly spec: readonly string[];
	/** What a person has checked out instead of the run's branch. */
	readonly elsewhere: string | null;
	/** What the machine has too little of just now. `machine`: nothing could be read; all but `now` and `stop` is as seen before. */
	readonly machine: MachineTrouble | null;
	/** `finish`: end after this attempt. `now`: end the session's tree at once. */
	readonly stop: { readonly kind: 'none' } | { readonly kind: 'finish' | 'now'; readonly signal: Signal };
}

/** What to do next: one effect, recorded as one event. */
export type Step =
	| { readonly step: 'start'; readonly mode: 'fresh' | 'again' }
	| {
			readonly step: 'open';
			readonly order: SessionOrder;
			readonly task: Task;
			readonly follower: TaskId | null;
	  }
	| { readonly step: 'work'; readonly order: SessionOrder }
	| { readonly step: 'settle'; readonly session: SessionId; readonly role: Role }
	| { readonly step: 'propose'; readonly attempt: Attempt }
	| {
			readonly step: 'check';
			readonly attempt: Attempt;
			readonly candidate: Candidate;
			readonly plan: CheckPlan;
	  }
	| { readonly step: 'review'; readonly order: SessionOrder; readonly candidate: Candidate }
	| {
			readonly step: 'reject';
			readonly attempt: Attempt;
			readonly findings: readonly Finding[];
			readonly blocked: string | null;
	  }
	| {
			readonly step: 'seal';
			readonly attempt: Attempt;
			readonly candidate: Candidate;
			readonly message: string;
	  }
	| {
			readonly step: 'land';
			readonly attempt: Attempt;
			readonly candidate: Candidate;
			readonly sealed: Sealed;
			readonly equals: number;
	  }
	| { readonly step: 'mark'; readonly task: TaskId; readonly as: Mark; readonly equals: number }
	| { readonly step: 'clear'; readonly task: TaskId; readonly keep: Keep; readonly why: string }
	| { readonly step: 'rest'; readonly until: Time | null }
	| { readonly step: 'end'; readonly ending: Ending }
	/** Nothing to be done but to remember it: parked, abandoned, waiting, resumed. */
	| { readonly step: 'record'; readonly event: Event };

// ── The one seam ────────────────────────────────────────────────────────────────────────────────────────────────────

/** Why the scene wants a running session or check to end, if it does. */
export type Interrupt = (scene: Scene) => string | null;

/** Under which of our refs the work tree is kept before it is taken out. */
export type Keep = 'snapshots' | 'parked';

/**
 * Everything that happens outside the process. A verb may be stopped at any point by `kill -9` and is then asked for
 * again, so each says what a second call does. What the machine says no with, in any verb, is thrown as a `Mishap`: the
 * verb is then asked for again. Else a verb throws only what no policy can answer (a `UserError`, a bug).
 */
export interface World {
	/** Contract: every entry on record, oldest first; a torn tail is cut, a foreign one refused with a `UserError`. */
	history(): Promise<readonly Entry[]>;
	/** Contract: on disk when it resolves. Not repeated: what it records is what makes other verbs not be asked again. */
	record(event: Event): Promise<Entry>;
	/**
	 * Contract: never throws for what a person may do to the files; the last good settings and prompts stand in. Nor, but
	 * for the first time, for what the machine says no with: that is in the scene.
	 */
	look(): Promise<Scene>;
	/** Contract: ends what a dead loop left running; safe to repeat. */
	start(): Promise<{ branch: string; head: CommitId; walls: string; payers: readonly AgentPayer[] }>;
	/** Contract: notes what the session could touch, to compare after it; safe to repeat, spawns nothing. */
	open(order: SessionOrder): Promise<{ base: CommitId; branch: string } | { elsewhere: string }>;
	/**
	 * Contract: runs one agent to its end and ends its whole process tree, also where it throws; never for what the agent does.
	 * Asks `interrupt` whenever the scene changed, and stops the session with the reason that it gives.
	 */
	session(order: SessionOrder, interrupt: Interrupt): Promise<SessionReport>;
	/** Contract: compares what the session could touch with what `open` noted and puts it right; safe to repeat. */
	settle(role: Role): Promise<{ drift: string[]; putRight: string[] }>;
	/** Contract: makes a commit object of the work tree, moves nothing; safe to repeat. */
	propose(attempt: Attempt): Promise<Proposal>;
	/**
	 * Contract: runs checks in a room of the candidate, or of its base; a red check is a result, `busy` that no room could
	 * be had for now. Safe to repeat. `interrupt` as in `session`.
	 */
	check(
		candidate: Candidate,
		plan: CheckPlan,
		interrupt: Interrupt,
	): Promise<Checked | { stopped: string } | { busy: string }>;
	/** Contract: keeps a rejected candidate under a ref of ours, returns the ref; safe to repeat. */
	keep(attempt: Attempt): Promise<string | null>;
	/** Contract: commit object of the candidate plus the ticked list; moves nothing. `stale`: HEAD is not where it was. */
	seal(
		attempt: Attempt,
		candidate: Candidate,
		message: string,
	): Promise<{ kind: 'sealed'; sealed: Sealed } | { kind: 'stale'; why: string }>;
	/**
	 * Contract: moves the branch by compare-and-swap; finding its commit there already is success. `stale` also where the
	 * commit holds more than what was judged and the ticks that are due; `busy` where that cannot be told for now.
	 */
	land(
		attempt: Attempt,
		candidate: Candidate,
		sealed: Sealed,
	): Promise<{ kind: 'landed' } | { kind: 'stale'; why: string } | { kind: 'busy'; why: string }>;
	/**
	 * Contract: writes one byte a box (for `x` the parents that are complete with it too); `already` if it is there.
	 * `gone` also where the list's count of equal tasks is another one. `notNow`: for a minute it could not be read, or not be written.
	 * Safe to repeat.
	 */
	mark(
		task: TaskId,
		as: Mark,
		equals: number,
	): Promise<{ lines: number[]; outcome: MarkOutcome } | { notNow: string }>;
	/** Contract: the work tree as of HEAD again, after a ref that keeps it was written; safe to repeat. */
	clear(task: TaskId, keep: Keep): Promise<{ ref: string | null; restore: string | null }>;
	/** Contract: resolves when the time has come (at most 60 s later), or as soon as the scene may have changed. */
	rest(until: Time | null): Promise<void>;
	/** Contract: the work tree as it is left, so that the next start knows it again. */
	close(): Promise<TreeId | null>;
}
