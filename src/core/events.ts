import type {
	AgentPayer,
	Attempt,
	Candidate,
	Checked,
	CommitId,
	Event,
	MarkOutcome,
	Scene,
	Sealed,
	SessionOrder,
	SessionReport,
	Step,
	Time,
} from './types.ts';
import { readVerdict } from './gate/verdict.ts';
import { readStatus } from './gate/worker-status.ts';

type StepOf<Name extends Step['step']> = Extract<Step, { step: Name }>;

/** What is remembered of a start: which process may act from here on, and where it found the repository. */
export function started(
	step: StepOf<'start'>,
	scene: Scene,
	at: { branch: string; head: CommitId; walls: string; payers: readonly AgentPayer[] },
): Event {
	return { event: 'started', process: scene.process, version: scene.version, mode: step.mode, ...at };
}

/** A session that is about to be spawned; a wait where the repository is not as the run left it. */
export function opened(
	{ order, task, follower }: StepOf<'open'>,
	at: { base: CommitId; branch: string } | { elsewhere: string },
	now: Time,
): Event {
	if ('elsewhere' in at) return repositoryBusy(at.elsewhere, now + WHILE);
	const { session, role, text, attempt, prompt, instead, holes } = order;
	const who = { session, role, agent: prompt.agent, prompt: prompt.name, instead };
	return {
		event: 'opened',
		task: task.id,
		text,
		details: role === 'worker' ? holes.details : null,
		line: task.line,
		follower,
		equals: task.equals,
		attempt,
		...who,
		...at,
	};
}

/** A worker session's end, and its honest exit where it took one. */
export function worked({ session, task }: SessionOrder, report: SessionReport): Event {
	const { text, end, usage, pays, agentSession, model, ms } = report;
	const status = readStatus(text);
	return { event: 'worked', session, task, end, status, usage, pays, agentSession, model, ms };
}

/** A reviewer session's end, and what it said of the candidate. */
export function reviewed(
	{ session, task, prompt }: SessionOrder,
	candidate: Candidate,
	report: SessionReport,
): Event {
	const { text, nonce, roomChanges, ...rest } = report;
	const reviewer = prompt.name;
	const verdict = readVerdict({ text, nonce, roomChanges, end: report.end, reviewer });
	const { commit, tree } = candidate;
	return { event: 'reviewed', session, task, reviewer, candidate: commit, tree, nonce, verdict, ...rest };
}

/** The checks' results; a wait where they could not be run. null when they were stopped: that is decided again. */
export function checked(
	{ attempt, candidate, plan }: StepOf<'check'>,
	result: Checked | { stopped: string } | { busy: string },
	now: Time,
): Event | null {
	if ('busy' in result) return repositoryBusy(result.busy, now + WHILE);
	if ('stopped' in result) return null;
	const { commit, base, tree } = candidate;
	const { on } = plan;
	return {
		event: 'checked',
		task: attempt.task,
		on,
		commit: on === 'base' ? base : commit,
		tree,
		setup: plan.setup?.command ?? null,
		...result,
	};
}

/** An attempt that failed, and why. `ref` keeps its candidate. */
export function rejected({ attempt, findings, blocked }: StepOf<'reject'>, ref: string | null): Event {
	const { task, text, number } = attempt;
	return { event: 'rejected', task, text, attempt: number, findings, blocked, ref };
}

/** A commit that may land, or why there is none. */
export function sealed(
	{ task }: Attempt,
	seal: { kind: 'sealed'; sealed: Sealed } | { kind: 'stale'; why: string },
): Event {
	return seal.kind === 'sealed'
		? { event: 'sealed', task, sealed: seal.sealed }
		: { event: 'unlanded', task, why: seal.why };
}

/** A landing, or what came in between. */
export function landed(
	{ attempt, candidate, sealed, equals }: StepOf<'land'>,
	landing: { kind: 'landed' } | { kind: 'stale' | 'busy'; why: string },
	now: Time,
): Event {
	const { task, text, number } = attempt;
	if (landing.kind === 'busy') return repositoryBusy(landing.why, now + MOMENT);
	if (landing.kind === 'stale') return { event: 'unlanded', task, why: landing.why };
	const approvals = attempt.reviews.filter(
		({ verdict, tree }) => verdict.kind === 'approved' && tree === candidate.tree,
	);
	return {
		event: 'landed',
		task,
		text,
		attempt: number,
		commit: sealed.commit,
		tree: candidate.tree,
		equals,
		worker: attempt.work?.session ?? null,
		reviewers: approvals.map((review) => review.session),
	};
}

/** A mark, or the wait for a list that cannot be written now: the mark stays owed. */
export function marked(
	{ task, as }: StepOf<'mark'>,
	result: { lines: readonly number[]; outcome: MarkOutcome } | { notNow: string },
): Event {
	if ('outcome' in result) return { event: 'marked', task, as, ...result };
	return { event: 'waiting', for: { kind: 'todo', why: result.notNow }, until: null };
}

/** Somebody else holds the repository: wait a moment, say so, look again. */
function repositoryBusy(why: string, until: Time): Event {
	return { event: 'waiting', for: { kind: 'repository', why }, until };
}

/** Another git holds its lock for so long, a person another branch; in ms. */
const MOMENT = 2000;
const WHILE = 10_000;
