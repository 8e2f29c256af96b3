import type { Adapter } from '../../core/agents/agents.ts';
import { countFences } from '../../core/gate/fence.ts';
import { readVerdict } from '../../core/gate/verdict.ts';
import type { SessionOrder } from '../../core/types.ts';

/** What an agent that speaks in lines says by itself, one message after the other. */
export interface LastWords {
	/** After each line. `losses`: of the output up to now. */
	hear(said: Said, losses: number): void;
	/** Whether nothing was lost since the last one began. */
	areWhole(losses: number): boolean;
	/**
	 * Whether a reviewer approves that said before, with the same nonce, what is no approval. The later words need not be its
	 * own: code that it runs can write to its output.
	 */
	areInDoubt(last: string): boolean;
}

type Said = ReturnType<NonNullable<ReturnType<Adapter['decoder']>['said']>>;

/** Follows them, for a session that is given this nonce. */
export function openLastWords({ role, prompt }: SessionOrder, nonce: string): LastWords {
	let current: Said = { number: 0, text: '' };
	let lossesBefore = 0;
	const verdicts = new Set<string>();
	const approves = (text: string) =>
		readVerdict({ text, nonce, end: { kind: 'completed' }, roomChanges: [], reviewer: prompt.name }).kind ===
		'approved';
	return {
		hear(said, losses) {
			if (said.number !== current.number) {
				if (countFences(current.text, `verdict ${nonce}`) > 0) verdicts.add(current.text);
				lossesBefore = losses;
			}
			current = said;
		},
		areWhole: (losses) => losses === lossesBefore,
		areInDoubt: (last) => role === 'reviewer' && approves(last) && ![...verdicts].every(approves),
	};
}
