import { commitMessage } from './commit-message.ts';
import { lostTask } from './lost-task.ts';
import type { Lost } from './lost-task.ts';
import { MOST_CUT_OFFS, waitForTodo, workOn } from './next.ts';
import { reviewOrder } from './orders.ts';
import { isNobodysFault } from './run-sessions.ts';
import { findTask } from './todo.ts';
import type { Attempt, Candidate, CheckResult, Finding, Review, Run, Scene, Step, Task } from './types.ts';
import { afterTrouble } from './waits.ts';

/**
 * The next step of an attempt: the first thing that is missing in it. From the work to the candidate, past the checks and
 * every reviewer, to the seal; any "no" on the way is a rejection, and there is no other way through.
 */
export function judge(run: Run, attempt: Attempt, scene: Scene): Step {
	if (scene.todo.kind !== 'list') return waitForTodo(scene.todo);
	const { todo } = scene.todo;
	const lost = lostTask(attempt, todo, ['dropped', 'done', 'parked']);
	if (lost) return giveUp(run, attempt, lost);
	const task = findTask(todo, attempt.task)!;
	return (
		afterTrouble(run, scene) ??
		(attempt.work ? judgeWork(run, attempt, attempt.work, scene, task) : workOn(run, scene, todo, task))
	);
}

function giveUp(run: Run, { task, text }: Attempt, { why, heir }: Lost): Step {
	if (!heir && run.leftover) return { step: 'clear', task, keep: 'snapshots', why };
	return { step: 'record', event: { event: 'abandoned', task, text, why, heir: heir?.id ?? null } };
}

function judgeWork(
	run: Run,
	attempt: Attempt,
	{ status }: NonNullable<Attempt['work']>,
	scene: Scene,
	task: Task,
): Step {
	const { proposal } = attempt;
	if (attempt.drifts >= MOST_CUT_OFFS) return reject(attempt, [NEVER_STILL]);
	if (status?.status === 'blocked') return rejectBlocked(attempt, status.reason);
	if (!proposal) return { step: 'propose', attempt };
	if (proposal.kind === 'refused')
		return reject(attempt, [finding(proposal.what, proposal.evidence, 'nightloop')]);
	if (proposal.kind === 'unchanged' && status?.status !== 'already-done') return reject(attempt, [UNCHANGED]);
	return judgeCandidate(run, attempt, proposal.candidate, scene, task);
}

function judgeCandidate(run: Run, attempt: Attempt, candidate: Candidate, scene: Scene, task: Task): Step {
	const { checks, commit } = scene.settings;
	const results = attempt.checks ?? [];
	if (!checks.every((command, index) => results[index]?.command === command)) {
		return { step: 'check', attempt, candidate, settings: scene.settings };
	}
	const red = results.filter((check) => checks.includes(check.command) && check.result !== 'green');
	if (red.length > 0) return reject(attempt, red.map(redFinding));
	return (
		reviewNext(run, attempt, candidate, scene, task) ?? {
			step: 'seal',
			attempt,
			candidate,
			message: commitMessage(commit, attempt, candidate),
		}
	);
}

/** Every reviewer in turn; the first rejection stops spending. null only when each approved this very tree. */
function reviewNext(run: Run, attempt: Attempt, candidate: Candidate, scene: Scene, task: Task): Step | null {
	for (const prompt of scene.reviewers) {
		const reviews = attempt.reviews.filter((review) => review.reviewer === prompt.name && isCounted(review));
		const last = reviews.at(-1);
		if (last?.verdict.kind === 'rejected') return reject(attempt, last.verdict.findings);
		if (last && approves(last, candidate)) continue;
		if (reviews.length >= MOST_ASKED) return reject(attempt, [noVerdict(prompt.name, reviews)]);
		const order = reviewOrder(run, scene, attempt, candidate, task, prompt);
		if (attempt.open) return { step: 'review', order, candidate };
		return { step: 'open', order, task, follower: attempt.follower };
	}
	return null;
}

function approves(review: Review, candidate: Candidate): boolean {
	const { end, verdict, tree } = review;
	return end.kind === 'completed' && verdict.kind === 'approved' && tree === candidate.tree;
}

function isCounted(review: Review): boolean {
	return !isNobodysFault(review.end);
}

/** How often a reviewer is asked about one candidate before "no verdict" counts as a rejection. */
const MOST_ASKED = 2;

const UNCHANGED = finding(
	'the session changed nothing, and did not say that the task is already done',
	'',
	'nightloop',
);
const NEVER_STILL = finding('the work tree changed again and again while it was judged', '', 'nightloop');

function finding(what: string, evidence: string, by: string): Finding {
	return { what, evidence, blocking: true, by };
}

function redFinding({ command, result, exitCode, tail }: CheckResult): Finding {
	const how = result === 'overtime' ? 'did not end in time' : `failed (exit ${exitCode})`;
	return finding(`\`${command}\` ${how}`, tail, command);
}

function noVerdict(reviewer: string, reviews: readonly Review[]): Finding {
	const whys = reviews.flatMap(({ verdict }) => (verdict.kind === 'unreadable' ? [verdict.why] : []));
	return finding(`${reviewer} gave no readable verdict on this candidate`, whys.join('\n'), reviewer);
}

function reject(attempt: Attempt, findings: readonly Finding[]): Step {
	return { step: 'reject', attempt, findings, blocked: null };
}

function rejectBlocked(attempt: Attempt, reason: string): Step {
	const said = finding(`the worker said that it is blocked: ${reason}`, '', 'worker');
	return { step: 'reject', attempt, findings: [said], blocked: reason };
}
