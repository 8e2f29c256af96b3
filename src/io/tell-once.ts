import type { Entry } from '../core/types.ts';

interface Told {
	readonly at: string;
	readonly words: string;
}

/**
 * What is left to be told of an entry: a wait that is begun again and again is told once, and the end of one for the machine
 * only where it is the last.
 */
export function tellOnce(wordsOf: (entry: Entry) => string | null): (entry: Entry) => Told[] {
	let last = '';
	let held: Told | null = null;
	let isTried = false;
	return (entry) => {
		const words = wordsOf(entry);
		if (words === null) return [];
		const now = { at: entry.at, words };
		if (entry.event === 'resumed') {
			held = isTried ? now : null;
			return isTried ? [] : [now];
		}
		const before = held;
		held = null;
		isTried = entry.event === 'waiting' && entry.for.kind === 'machine';
		if (entry.event === 'waiting' && words === last) return [];
		last = words;
		return before ? [before, now] : [now];
	};
}
