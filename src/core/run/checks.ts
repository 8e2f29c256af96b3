import { inAttempt } from './parts.ts';
import type { EntryOf } from './parts.ts';
import type { Attempt, CheckResult, CommitId, Run, TreeId } from '../types.ts';

/** Results of checks: of the candidate for the attempt in hand, of base and of green trees for whoever asks next. */
export function checked(run: Run, { on, commit, tree, results, installed }: EntryOf<'checked'>): Run {
	const greens = results.filter(({ result }) => result === 'green');
	const timed = {
		...run,
		greenMs: new Map([...run.greenMs, ...greens.map((each) => [each.command, each.ms] as const)]),
	};
	if (on === 'base') {
		// For the attempt in hand alone: the next one may find other things installed.
		const unsure = installed === 'changed' ? results.filter((each) => !isGreen(each)) : [];
		const sure = results.filter((each) => !unsure.includes(each));
		return remember(inAttempt(timed, { unsure }), commit, sure);
	}
	const all = merged(run.attempt?.checks ?? [], results);
	return remember(inAttempt(timed, { checks: all }), tree, all.filter(isGreen));
}

/**
 * A candidate in hand. A tree that was green stays so while what is installed is as it was; what was red on it is run
 * again.
 */
export function proposed(run: Run, { proposal }: EntryOf<'proposed'>): Run {
	const tree = proposal.kind === 'refused' ? null : proposal.candidate.tree;
	const known = run.checked.find(({ of }) => of === tree);
	return inAttempt(run, { proposal, checks: null, known: known?.results ?? [] });
}

/** What landed is the base of what follows, with the results that it had. */
export function withBase(run: Run, commit: CommitId, attempt: Attempt | null): Run {
	return attempt?.checks ? remember(run, commit, attempt.checks) : run;
}

const MOST_REMEMBERED = 16;

function remember(run: Run, of: CommitId | TreeId, results: readonly CheckResult[]): Run {
	const known = run.checked.find((each) => each.of === of)?.results ?? [];
	const kept = known.filter(({ command }) => results.every((each) => each.command !== command));
	const others = run.checked.filter((each) => each.of !== of).slice(0, MOST_REMEMBERED - 1);
	return { ...run, checked: [{ of, results: [...kept, ...results] }, ...others] };
}

/** One result a command. Green in one run and red in another on the same tree: flaky. */
function merged(before: readonly CheckResult[], now: readonly CheckResult[]): CheckResult[] {
	const kept = before.filter(({ command }) => now.every((each) => each.command !== command));
	const both = now.map((result) => {
		const first = before.find(({ command }) => command === result.command);
		return first ? again(first, result) : result;
	});
	return [...kept, ...both];
}

function again(first: CheckResult, second: CheckResult): CheckResult {
	const runs = first.runs + second.runs;
	if (isGreen(first) === isGreen(second))
		return { ...second, result: first.result === 'flaky' ? 'flaky' : second.result, runs };
	// The red run is the one that has something to tell.
	return { ...(isGreen(first) ? second : first), result: 'flaky', runs };
}

function isGreen({ result }: CheckResult): boolean {
	return result === 'green' || result === 'flaky';
}
