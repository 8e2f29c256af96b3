import { isNobodysFault } from '../run/sessions.ts';
import type { EntryOf } from '../run/parts.ts';
import { parseSettings } from '../rules/settings.ts';
import type { CheckResult, RuleTexts } from '../types.ts';
import { ended } from './story-sessions.ts';
import { attemptOf, expectSettled, fault, isRed } from './telling.ts';
import type { Attempt, Telling } from './telling.ts';

/** A candidate was made of the work tree, or could not be. */
export function propose(telling: Telling, entry: EntryOf<'proposed'>): void {
	const attempt = attemptOf(telling, entry);
	if (!attempt) return;
	expectSettled(telling, attempt);
	if (!attempt.work) fault(telling, 'a candidate, and no worker that completed');
	const { proposal } = entry;
	attempt.candidate =
		proposal.kind === 'refused' ? null : { ...proposal.candidate, at: Date.parse(entry.at) };
	attempt.results = new Map();
}

/** Checks were run, on the candidate or on what it is built on. */
export function check(telling: Telling, entry: EntryOf<'checked'>): void {
	const attempt = attemptOf(telling, entry);
	if (!attempt) return;
	expectSettled(telling, attempt);
	const { on, commit, tree, results } = entry;
	const wanted = on === 'base' ? attempt.base : attempt.candidate?.commit;
	if (tree !== attempt.candidate?.tree || commit !== wanted)
		fault(telling, 'checks of another tree than the candidate’s');
	for (const result of results)
		if (!isPlausible(result)) fault(telling, `a check that is ${result.result}, exit ${result.exitCode}`);
	if (on === 'base') checkBase(telling, attempt, entry);
	else checkCandidate(telling, attempt, entry);
}

function checkCandidate({ asked }: Telling, attempt: Attempt, { setup, results }: EntryOf<'checked'>): void {
	for (const result of results) {
		const { command } = result;
		attempt.results.set(command, [...(attempt.results.get(command) ?? []), result]);
		if (command === setup && !asked?.checks.includes(command)) attempt.waived.add(command);
		else attempt.waived.delete(command);
	}
}

/** Of what is not looked at again it is known how it was. */
function checkBase(telling: Telling, { unsure }: Attempt, entry: EntryOf<'checked'>): void {
	const { commit, results, installed } = entry;
	const red = telling.redAt.get(commit) ?? new Set();
	telling.redAt.set(commit, red);
	for (const result of results) {
		for (const known of [red, unsure]) if (!isRed(result)) known.delete(result.command);
		if (isRed(result)) (installed === 'changed' ? unsure : red).add(result.command);
	}
}

/** The end of a reviewer session, and its verdict. */
export function review(telling: Telling, entry: EntryOf<'reviewed'>): void {
	const attempt = attemptOf(telling, entry);
	if (!attempt) return;
	const agent = ended(telling, attempt, entry, 'reviewer');
	if (agent === null) return;
	const { candidate, tree, nonce, session, end } = entry;
	if (candidate !== attempt.candidate?.commit || tree !== attempt.candidate.tree)
		fault(telling, `${session} judged another tree than the candidate’s`);
	if (telling.nonces.has(nonce)) fault(telling, `the nonce of ${session} was another session’s`);
	if (nonce === '' && end.kind === 'completed') fault(telling, `${session} had no nonce`);
	if (nonce !== '') telling.nonces.add(nonce);
	attempt.reviews.push({ ...entry, agent });
}

/**
 * A person changed settings or prompts: what these asked for and do not any more does not count. What was never in them came
 * from the command line, and is asked for still.
 */
export function accept(telling: Telling, { settings, prompts }: EntryOf<'accepted'>): void {
	const { attempt, asked } = telling;
	const before = asked?.checks ?? [];
	const checks = checksIn(settings) ?? before;
	const reviewers = prompts.map(({ name }) => name).filter((name) => name.startsWith('reviewer'));
	// Without one of its own, a repository has the one that is shipped.
	telling.asked = { checks, reviewers: reviewers.length > 0 ? reviewers : ['reviewer'] };
	for (const command of checks) attempt?.waived.delete(command);
	for (const command of before) if (!checks.includes(command)) attempt?.waived.add(command);
}

/** null: they cannot be read by this version of the loop. */
function checksIn({ file, text }: RuleTexts['settings']): readonly string[] | null {
	try {
		return parseSettings(file, text).settings.checks;
	} catch {
		return null;
	}
}

/** The commit that may land was made. */
export function seal(telling: Telling, entry: EntryOf<'sealed'>): void {
	const attempt = attemptOf(telling, entry);
	if (!attempt) return;
	expectSettled(telling, attempt);
	const { sealed } = entry;
	if (sealed.head !== attempt.candidate?.head)
		fault(telling, 'what was sealed stands on another commit than its candidate was made on');
	attempt.sealed = sealed;
	telling.sealed.add(sealed.commit);
}

/** Of each reviewer by name, what it said last: ends that are nobody's fault say nothing. */
export function lastReviews({ reviews }: Attempt): Attempt['reviews'] {
	const counted = reviews.filter(({ end }) => !isNobodysFault(end));
	return [...new Map(counted.map((each) => [each.reviewer, each])).values()];
}

function isPlausible({ result, exitCode }: CheckResult): boolean {
	if (result === 'green') return exitCode === 0;
	return result !== 'red' || exitCode !== 0;
}
