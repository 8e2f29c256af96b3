import { isPastKeeping } from '../why/kept.ts';
import type { History } from './facts.ts';
import type { KeptRef } from './telling.ts';
import type { Time } from '../types.ts';

/** What is kept under refs of ours, and is not there, or is something else. Rejected candidates may go after 14 days. */
export function judgeRefs(
	kept: readonly KeptRef[],
	{ refs }: History,
	now: Time,
): { line: number; why: string }[] {
	return kept.flatMap(({ line, ref, commit, at }) => {
		const found = refs.get(ref);
		const isExpired = ref.startsWith('refs/nightloop/rejected/') && isPastKeeping(at, now + MOMENT);
		if (found === undefined) return isExpired ? [] : [{ line, why: `${ref} is on record, and is gone` }];
		const isIt = commit === null ? found.startsWith(ref.slice(ref.lastIndexOf('-') + 1)) : found === commit;
		return isIt ? [] : [{ line, why: `${ref} is not what was kept there` }];
	});
}

/** It was made a moment before that was recorded; in ms. */
const MOMENT = 3_600_000;
