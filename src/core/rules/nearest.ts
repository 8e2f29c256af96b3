/** The one of some words that is the fewest edits away from a word; of equals the first. */
export function nearest(word: string, known: readonly string[]): string {
	const distances = known.map((each) => edits(word.toLowerCase(), each.toLowerCase()));
	return known[distances.indexOf(Math.min(...distances))]!;
}

/** How many letters must be put in, taken out or replaced to make one word of the other (Levenshtein). */
function edits(from: string, to: string): number {
	let row = Array.from({ length: to.length + 1 }, (_, column) => column);
	for (let at = 0; at < from.length; at++) {
		let left = at + 1;
		row = row.map((above, column) => {
			const replaced = column === 0 ? left : row[column - 1]! + (to[column - 1] === from[at] ? 0 : 1);
			left = Math.min(replaced, above + 1, left + 1);
			return left;
		});
	}
	return row.at(-1)!;
}
