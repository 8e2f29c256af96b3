/** The white space before the text of a line, in characters and in columns. */
export function indentOf(line: string): { readonly length: number; readonly column: number } {
	return white(line, 0, 0);
}

/** The bullet of a list item, at the start of a text that starts at a column. `content`: the column of the item's text. */
export function bulletIn(
	text: string,
	column: number,
): { readonly length: number; readonly content: number } | null {
	const bullet = /^(?:[-*+]|\d{1,9}[.)])(?=[ \t]|$)/.exec(text);
	if (bullet === null) {
		return null;
	}
	const end = bullet[0].length;
	const after = white(text, end, column + end);
	return { length: after.length, content: after.length === text.length ? column + end + 1 : after.column };
}

/** Whether a text is a thematic break: `---`, `* * *`. */
export function isRule(text: string): boolean {
	return /^(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$/.test(text);
}

/** The run of backticks or tildes that opens a fence at the start of a text. Backticks after it make it inline code. */
export function fenceRun(text: string): string | null {
	return /^(?:`{3,}(?=[^`]*$)|~{3,})/.exec(text)?.[0] ?? null;
}

/** The heading that a line is (`## Title`), or makes of the paragraph line above it (`-----`). */
export function headingIn(
	line: string,
	above: string | null,
): { readonly level: number; readonly title: string } | null {
	const hashes = /^(#{1,6})(?:[ \t]|$)/.exec(line);
	if (hashes !== null) {
		const title = line.slice(hashes[0].length).trim();
		return { level: hashes[1]!.length, title: title.replace(/(?:^|[ \t])#+$/, '').trimEnd() };
	}
	if (above === null || !/^(?:={2,}|-{2,})[ \t]*$/.test(line)) {
		return null;
	}
	return { level: line.includes('=') ? 1 : 2, title: above };
}

/** Whether an HTML comment is open at the end of a line; `open`: whether one is at its start. */
export function leavesComment(line: string, open: boolean): boolean {
	let inside = open;
	for (let at = 0; ; inside = !inside) {
		const next = line.indexOf(inside ? '-->' : '<!--', at);
		if (next === -1) {
			return inside;
		}
		// `<!-->` is a whole comment: its dashes count for both ends.
		at = next + (inside ? 3 : 2);
	}
}

/** The line with its inline code blotted out. */
export function withoutCode(line: string): string {
	return line.replace(/(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)/gs, '');
}

/** Skips white space from an index and its column on; a tab goes on to the next multiple of four. */
function white(text: string, from: number, column: number): { length: number; column: number } {
	let [length, at] = [from, column];
	for (; text[length] === ' ' || text[length] === '\t'; length++) {
		at += text[length] === ' ' ? 1 : 4 - (at % 4);
	}
	return { length, column: at };
}
