import { isNobodysFault } from '../run/sessions.ts';
import type { EntryOf } from '../run/parts.ts';
import type { CheckResult } from '../types.ts';
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
	if (on === 'base') telling.redAt.set(commit, redIn(results));
	else
		for (const result of results)
			attempt.results.set(result.command, [...(attempt.results.get(result.command) ?? []), result]);
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

/** A person changed the settings: what they do not ask for any more does not count. */
export function accept({ attempt }: Telling, { settings }: EntryOf<'accepted'>): void {
	for (const command of attempt?.results.keys() ?? [])
		if (!settings.text.includes(command)) attempt!.results.delete(command);
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

function redIn(results: readonly CheckResult[]): ReadonlySet<string> {
	return new Set(results.filter(isRed).map(({ command }) => command));
}

function isPlausible({ result, exitCode }: CheckResult): boolean {
	if (result === 'green') return exitCode === 0;
	return result !== 'red' || exitCode !== 0;
}
