import { begin, count, settle, startAgain, work } from './story-sessions.ts';
import { accept, check, propose, review, seal } from './story-judging.ts';
import { abandon, clear, land, mark, park, reject, takeBack, tookBack, unland } from './story-ends.ts';
import { recall, sumUp } from './story-sums.ts';
import { newTelling } from './telling.ts';
import type { Story, Telling } from './telling.ts';
import type { Entry, Event } from '../types.ts';

/**
 * Follows the journal as a story, on its own account: every line must make sense after the ones before it, by the rules that
 * the loop goes by. What does not is a fault, told with its line. `lost`: what of it could not be read.
 */
export function tellStory(entries: readonly Entry[], lost: readonly string[] = []): Story {
	const telling = newTelling(entries, lost);
	for (const [index, entry] of entries.entries()) {
		telling.line = index + 1;
		resolveDoubt(telling, entry);
		hear(telling, entry);
	}
	const { attempt, undoing } = telling;
	return { ...telling, pending: attempt?.sealed?.commit ?? undoing?.sealed.commit ?? null };
}

/** A session without an end may have died with its loop: an undo before the next start settles it. */
function resolveDoubt(telling: Telling, { event }: Entry): void {
	const { doubt } = telling;
	if (doubt === null || event === 'notice' || event === 'summed') return;
	if (event !== 'undoing') telling.faults.push(doubt);
	telling.doubt = null;
}

type Hearing<Name extends Event['event']> = (
	telling: Telling,
	entry: Extract<Entry, { event: Name }>,
) => void;

function hear<Name extends Event['event']>(telling: Telling, entry: Extract<Entry, { event: Name }>): void {
	const hearing: Hearing<Name> | undefined = HEARINGS[entry.event];
	hearing?.(telling, entry);
}

/** What is not named here says nothing about what landed. */
const HEARINGS: { readonly [Name in Event['event']]?: Hearing<Name> } = {
	started: startAgain,
	opened: begin,
	planned: count,
	worked: work,
	settled: settle,
	proposed: propose,
	checked: check,
	reviewed: review,
	accepted: accept,
	sealed: seal,
	unlanded: unland,
	rejected: reject,
	landed: land,
	marked: mark,
	abandoned: abandon,
	parked: park,
	cleared: clear,
	undoing: takeBack,
	undone: tookBack,
	summed: sumUp,
	recalled: recall,
};
