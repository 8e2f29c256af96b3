import { checkNext, redToExpect } from './gate/checks.ts';
import { commitMessage } from './gate/commit-message.ts';
import { lostTask } from './todo/lost-task.ts';
import type { Lost } from './todo/lost-task.ts';
import { MOST_CUT_OFFS, shortenNotes, waitForTodo, workOn } from './next.ts';
import { isNotes, taskOf } from './notes.ts';
import { reviewOrder } from './orders.ts';
import { isNobodysFault } from './run/sessions.ts';
import type { Attempt, Candidate, Finding, Prompt, Review, Run, Scene, Step, Task } from './types.ts';
import { awaitAgent, onDuty } from './stand-in.ts';
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
	const task = taskOf(todo, attempt.task)!;
	if (isNotes(task.id) && !attempt.work) return notesWork(run, attempt, scene);
	return (
		afterTrouble(run, scene) ??
		(attempt.work ? judgeWork(run, attempt, attempt.work, scene, task) : workOn(run, scene, todo, task))
	);
}

/** No task waits for the notes: a session that was cut off by more than the loop's own end was the only one. */
function notesWork(run: Run, attempt: Attempt, scene: Scene): Step {
	const isCutOff = run.trouble?.waited === 'not yet' || onDuty(run, scene.consolidator, scene) === null;
	return isCutOff && !attempt.open ? reject(attempt, [GIVEN_UP]) : shortenNotes(run, scene);
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
	return (
		checkNext(run, attempt, candidate, scene) ??
		reviewNext(run, attempt, candidate, scene, task) ?? {
			step: 'seal',
			attempt,
			candidate,
			message: commitMessage(scene.settings.commit, attempt, candidate),
		}
	);
}

/** Every reviewer in turn; the first rejection stops spending. null only when each approved this very tree. */
function reviewNext(run: Run, attempt: Attempt, candidate: Candidate, scene: Scene, task: Task): Step | null {
	const isRed = redToExpect(run, attempt, scene.settings).length > 0;
	for (const prompt of scene.reviewers) {
		const reviews = attempt.reviews.filter((review) => review.reviewer === prompt.name && isCounted(review));
		const last = reviews.at(-1);
		if (last?.verdict.kind === 'rejected') return reject(attempt, findingsOf(attempt, last));
		if (last && approves(last, candidate)) {
			if (!isRed || saysExpected(last)) continue;
			return reject(attempt, [unexpected(prompt), ...findingsOf(attempt, last)]);
		}
		if (reviews.length >= MOST_ASKED)
			return reject(attempt, [noVerdict(prompt.name, reviews), ...findingsOf(attempt)]);
		const order = reviewOrder(run, scene, attempt, candidate, task, prompt);
		if (attempt.open) return { step: 'review', order, candidate };
		const open: Step = { step: 'open', order, task, follower: attempt.follower };
		return awaitAgent(run, scene, prompt) ?? open;
	}
	return null;
}

/** What all reviewers found that have judged so far, each under its name; those of the one that decided come first. */
function findingsOf({ reviews }: Attempt, decided?: Review): Finding[] {
	const others = reviews.filter((review) => review !== decided && isCounted(review));
	return [...(decided ? [decided] : []), ...others].flatMap(({ verdict }) =>
		verdict.kind === 'unreadable' ? [] : verdict.findings,
	);
}

function saysExpected({ verdict }: Review): boolean {
	return verdict.kind === 'approved' && verdict.red === 'expected';
}

function unexpected({ name }: Prompt): Finding {
	const what = 'checks are red, and the reviewer did not say that this is expected';
	return finding(what, 'An approval of red checks must hold "red": "expected".', name);
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

const GIVEN_UP = finding('its session was cut off, and no task waits for another one', '', 'nightloop');

function finding(what: string, evidence: string, by: string): Finding {
	return { what, evidence, blocking: true, by };
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
