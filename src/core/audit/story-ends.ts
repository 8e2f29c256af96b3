import { sessionName } from '../gate/commit-message.ts';
import type { EntryOf } from '../run/parts.ts';
import { lastReviews } from './story-judging.ts';
import { attemptOf, expectSettled, fault, judgeAnew, redOf, setTask, UNTRIED } from './telling.ts';
import type { Attempt, Telling } from './telling.ts';

/** The attempt failed, and what was on record until then must say so too. */
export function reject(telling: Telling, entry: EntryOf<'rejected'>): void {
	const attempt = attemptOf(telling, entry);
	if (!attempt) return;
	if (entry.attempt !== attempt.number)
		fault(telling, `attempt ${entry.attempt} was rejected, and ${attempt.number} was in hand`);
	expectSettled(telling, attempt);
	const doubt = unfounded(attempt, entry);
	if (doubt !== null) fault(telling, doubt);
	keep(telling, entry, attempt.candidate);
	setTask(telling, attempt.task, { attempts: attempt.number });
	telling.attempt = null;
}

/** A landing: all that had to come before it must be on record, for that very tree. */
export function land(telling: Telling, entry: EntryOf<'landed'>): void {
	const attempt = attemptOf(telling, entry);
	const twice = telling.landings.has(entry.commit) ? ['it is on record as landed twice'] : [];
	const faults = attempt ? whyNotLanded(telling, attempt, entry) : ['no attempt at its task was in hand'];
	const approvals = attempt ? approvalsOf(attempt) : [];
	telling.landings.set(entry.commit, {
		line: telling.line,
		entry,
		sealed: attempt?.sealed ?? null,
		worker: attempt?.work ? sessionName(attempt.work) : null,
		reviewers: approvals.map(sessionName),
		faults: [...twice, ...faults],
	});
	// What lands is the base of what follows.
	telling.redAt.set(entry.commit, new Set(attempt ? redOf(attempt) : []));
	setTask(telling, entry.task, { attempts: 0, state: 'landed', commit: entry.commit, tick: 'owed' });
	telling.attempt = null;
}

/** A mark in the list. */
export function mark(telling: Telling, { task, as }: EntryOf<'marked'>): void {
	const known = telling.tasks.get(task);
	if (as === 'x' && known?.state !== 'landed') fault(telling, 'a tick for a task that had not landed');
	if (as === '!' && known?.state !== 'parked') fault(telling, 'a mark [!] for a task that was not parked');
	if (as === 'x' && known) setTask(telling, task, { tick: 'written' });
}

/** The task is not the loop's to work on any more. */
export function abandon(telling: Telling, { task, heir }: EntryOf<'abandoned'>): void {
	if (heir !== null && telling.tasks.has(task)) telling.tasks.set(heir, UNTRIED);
	telling.attempt = null;
}

/** The loop gave up on it. */
export function park(telling: Telling, entry: EntryOf<'parked'>): void {
	if (telling.attempt?.work) fault(telling, 'a task was parked while its work was being judged');
	setTask(telling, entry.task, { state: 'parked' });
	keep(telling, entry, null);
	telling.attempt = null;
}

/** Unlanded changes were taken out of the tree. */
export function clear(telling: Telling, entry: EntryOf<'cleared'>): void {
	keep(telling, entry, null);
}

/** A person begins to take a landed task back. */
export function takeBack(telling: Telling, { undoing }: EntryOf<'undoing'>): void {
	const landing = telling.landings.get(undoing.commit);
	if (landing && landing.entry.task !== undoing.task)
		fault(telling, 'what is undone landed for another task');
	telling.firstHead ??= undoing.sealed.head;
	telling.undoing = undoing;
	telling.sealed.add(undoing.sealed.commit);
}

/** A seal came too late: what it was for is judged anew, or a taking back given up. */
export function unland(telling: Telling, entry: EntryOf<'unlanded'>): void {
	if (telling.undoing?.task === entry.task) {
		telling.undoing = null;
		return;
	}
	const attempt = attemptOf(telling, entry);
	if (attempt) judgeAnew(attempt);
}

/** It was taken back. */
export function tookBack(telling: Telling, { task, commit, by }: EntryOf<'undone'>): void {
	const { undoing, undos, line } = telling;
	if (undoing?.commit !== commit || undoing.sealed.commit !== by || undoing.task !== task)
		fault(telling, 'a task was undone, and nothing on record began that');
	if ([...undos.values()].some(({ of }) => of === commit)) fault(telling, 'what is undone was undone before');
	undos.set(by, { line, of: commit, task, sealed: undoing?.sealed ?? null });
	telling.tasks.set(task, UNTRIED);
	telling.undoing = null;
	// What was in hand begins anew, on top of it.
	telling.attempt = null;
}

function keep(
	telling: Telling,
	entry: EntryOf<'rejected' | 'parked' | 'cleared'>,
	made: Attempt['candidate'],
): void {
	const { line } = telling;
	const at = made?.at ?? Date.parse(entry.at);
	if (entry.ref !== null) telling.refs.push({ line, ref: entry.ref, commit: made?.commit ?? null, at });
}

/** Why a rejection is not what the record before it adds up to. null: it is. */
function unfounded(attempt: Attempt, { findings, blocked }: EntryOf<'rejected'>): string | null {
	if (blocked === null) return unfoundedBy(attempt, findings[0]?.by ?? 'nobody');
	const isSaid = attempt.work?.status?.status === 'blocked';
	return isSaid ? null : 'it was rejected as blocked, which its worker did not say';
}

function unfoundedBy(attempt: Attempt, by: string): string | null {
	if (OWN.includes(by)) return null;
	const red = redOf(attempt);
	if (attempt.results.has(by))
		return red.includes(by) ? null : 'it was rejected for a check that is on record as green';
	const said = lastReviews(attempt).find(({ reviewer }) => reviewer === by);
	if (!said) return `it was rejected by ${by}, of which nothing is on record`;
	return said.verdict.kind === 'approved' && red.length === 0
		? `it was rejected by ${by}, which is on record as approving`
		: null;
}

/** Those who find something beside checks and reviewers. */
const OWN: readonly string[] = ['nightloop', 'worker'];

function approvalsOf({ reviews, candidate }: Attempt): Attempt['reviews'] {
	return reviews.filter(({ verdict, tree }) => verdict.kind === 'approved' && tree === candidate?.tree);
}

function whyNotLanded(telling: Telling, attempt: Attempt, entry: EntryOf<'landed'>): string[] {
	const { work, candidate, sealed } = attempt;
	const approvals = approvalsOf(attempt);
	const last = lastReviews(attempt);
	const named = [entry.worker, ...entry.reviewers];
	const rules: readonly (readonly [boolean, string])[] = [
		[entry.attempt === attempt.number, `attempt ${attempt.number} was in hand, not attempt ${entry.attempt}`],
		[work !== null && work.session === entry.worker, 'no worker session of that name completed on it'],
		[
			candidate !== null && candidate.tree === entry.tree,
			'the tree on record as landed is not its candidate’s',
		],
		[sealed?.commit === entry.commit, 'that commit was not sealed'],
		[approvals.length > 0, 'no reviewer approved that tree'],
		[
			entry.reviewers.join() === approvals.map(({ session }) => session).join(),
			'the reviewers on record as approving it are others',
		],
		[new Set(named).size === named.length, 'one session has two parts in it'],
		[approvals.every(({ end }) => end.kind === 'completed'), 'a reviewer that approved did not end well'],
		[last.every((review) => !speaksAgainst(telling, review)), 'a reviewer did not approve that tree'],
	];
	return [...rules.flatMap(([holds, why]) => (holds ? [] : [why])), ...whyRed(telling, attempt)];
}

/** One that gave no verdict, and is no reviewer any more, says nothing. */
function speaksAgainst({ asked }: Telling, { verdict, reviewer }: Attempt['reviews'][number]): boolean {
	const isAsked = asked === null || asked.reviewers.includes(reviewer);
	return verdict.kind === 'rejected' || (verdict.kind === 'unreadable' && isAsked);
}

/**
 * Red lands only where base is known to be red as well, or where every approval expects it: as the worker says that the task
 * wants it so, or as base was red with what the worker has installed.
 */
function whyRed({ redAt }: Telling, attempt: Attempt): string[] {
	const { base, work, waived, unsure } = attempt;
	const isExpected = approvalsOf(attempt).every(
		({ verdict }) => verdict.kind === 'approved' && verdict.red === 'expected',
	);
	const mayBe = (command: string) => isExpected && (work?.status?.red != null || unsure.has(command));
	return redOf(attempt)
		.filter((command) => !waived.has(command) && !redAt.get(base)?.has(command) && !mayBe(command))
		.map((command) => `the check \`${command}\` was red on that tree`);
}
