import { isAuthor } from '../notes.ts';
import type { CheckResult, Entry, TaskId } from '../types.ts';

/** Why an attempt was turned down. */
type Against =
	'a check' | 'a reviewer' | 'no verdict' | 'no candidate' | 'nothing changed' | 'blocked' | 'other';

/** What the gate did. */
export interface GateFigures {
	readonly candidates: number;
	readonly landed: number;
	/** Of these, at the first attempt. */
	readonly atOnce: number;
	/** By what turned them down, most first. */
	readonly rejected: readonly { readonly against: Against; readonly times: number }[];
	/** Reviewer sessions by what they said. */
	readonly verdicts: { readonly approved: number; readonly rejected: number; readonly unreadable: number };
	readonly flaky: number;
	/** Sessions that were cut off, by how they ended. */
	readonly cutOff: readonly { readonly how: string; readonly times: number }[];
}

/** Counts what the journal says of candidates, checks and reviewers. */
export function gateFigures(entries: readonly Entry[]): GateFigures {
	const against = new Map<Against, number>();
	const cutOff = new Map<string, number>();
	const verdicts = { approved: 0, rejected: 0, unreadable: 0 };
	const last = new Map<TaskId, Against>();
	for (const entry of entries) {
		if ('task' in entry) last.set(entry.task, suspicion(entry, last.get(entry.task) ?? 'other'));
		if (entry.event === 'rejected')
			count(against, entry.blocked === null ? last.get(entry.task)! : 'blocked');
		if (entry.event === 'reviewed') verdicts[entry.verdict.kind] += 1;
		if ((entry.event === 'worked' || entry.event === 'reviewed') && entry.end.kind !== 'completed')
			count(cutOff, entry.end.kind);
	}
	const landed = entries.filter((entry) => entry.event === 'landed');
	return {
		candidates: entries.filter((entry) => entry.event === 'proposed' && entry.proposal.kind === 'candidate')
			.length,
		landed: landed.length,
		atOnce: landed.filter(({ attempt }) => attempt === 1).length,
		rejected: sorted(against).map(([against, times]) => ({ against, times })),
		verdicts,
		flaky: entries.flatMap((entry) =>
			entry.event === 'checked' ? entry.results.filter(({ result }) => result === 'flaky') : [],
		).length,
		cutOff: sorted(cutOff).map(([how, times]) => ({ how, times })),
	};
}

/** What would have turned an attempt down, had it been over after this entry. */
function suspicion(entry: Entry, before: Against): Against {
	if (entry.event === 'opened') return isAuthor(entry.role) ? 'other' : before;
	if (entry.event === 'proposed') return PROPOSED[entry.proposal.kind];
	if (entry.event === 'reviewed') return { ...REVIEWED, approved: before }[entry.verdict.kind];
	return entry.event === 'checked' && entry.on !== 'base' && entry.results.some(isRed) ? 'a check' : before;
}

const PROPOSED = { candidate: 'other', unchanged: 'nothing changed', refused: 'no candidate' } as const;
const REVIEWED = { rejected: 'a reviewer', unreadable: 'no verdict' } as const;

function isRed({ result }: CheckResult): boolean {
	return result === 'red' || result === 'overtime';
}

function count<Key>(counts: Map<Key, number>, key: Key): void {
	counts.set(key, (counts.get(key) ?? 0) + 1);
}

function sorted<Key>(counts: ReadonlyMap<Key, number>): [Key, number][] {
	return [...counts].toSorted(([, one], [, other]) => other - one);
}
