/** How many columns a terminal gives to a printable text: about, as each has its own table. */
export function widthOf(text: string): number {
	// Most texts are plain, and the segmenter takes a while to load.
	if (/^[ -~·…✓✗]*$/.test(text)) return text.length;
	return charactersOf(text).reduce((sum, character) => sum + (WIDE.test(character) ? 2 : 1), 0);
}

/** The text, or as much of it as fits into so many columns, of which the last is then `…`. */
export function cutToWidth(text: string, columns: number): string {
	if (widthOf(text) <= columns) return text;
	let cut = '';
	for (const character of charactersOf(text)) {
		if (widthOf(cut + character) > columns - 1) break;
		cut += character;
	}
	return `${cut}…`;
}

/** Whether a text holds characters of two columns. */
export function isWide(text: string): boolean {
	return WIDE.test(text);
}

/** As people see them: what is combined is one. */
export function charactersOf(text: string): string[] {
	return Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
}

// Unicode Standard Annex 11: what stands in two columns, roughly.
const WIDE =
	/[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{1F300}-\u{1FAFF}\u{20000}-\u{3FFFD}]/u;
