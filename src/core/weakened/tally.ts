interface Named {
	readonly name: string;
}

/** How often each name is there, less what was taken. */
export interface Tally {
	/** false: there is none of it left. */
	take(item: Named): boolean;
}

/** Counts items by their names. */
export function tallyOf(items: readonly Named[]): Tally {
	const counts = new Map<string, number>();
	for (const { name } of items) counts.set(name, (counts.get(name) ?? 0) + 1);
	return {
		take({ name }) {
			const left = counts.get(name) ?? 0;
			counts.set(name, left - 1);
			return left > 0;
		},
	};
}

/** What some have more of than others, by name. */
export function surplus<Item extends Named>(some: readonly Item[], others: readonly Named[]): Item[] {
	const tally = tallyOf(others);
	return some.filter((item) => !tally.take(item));
}
