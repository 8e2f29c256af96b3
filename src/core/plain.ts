/**
 * One line of a text that an agent or a person wrote, safe to print on a terminal: escape sequences, control characters
 * and bidirectional overrides are taken out, the first line that holds anything is kept and cut at `max` characters.
 */
export function plainLine(text: string, max = 200): string {
	const lines = text.replaceAll(escapes, '').split(lineEnds);
	const first = lines.map((line) => line.replaceAll(unprintable, '').trim()).find((line) => line !== '');
	return cut(first ?? '', max);
}

/** The text, or its first `max` characters of which the last is `…`; never half of a surrogate pair. */
export function cut(text: string, max: number): string {
	if (text.length <= max) {
		return text;
	}
	return `${text.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

const esc = String.fromCharCode(0x1b);
const bel = String.fromCharCode(0x07);

// ECMA-48: operating system commands (to BEL or ST), control sequences, then every other two-character escape.
const escapes = new RegExp(
	`${esc}\\][^${bel}${esc}]*(?:${bel}|${esc}\\\\)?|(?:${esc}\\[|\u009b)[0-?]*[ -/]*[@-~]?|${esc}.?`,
	'g',
);
const lineEnds = /[\r\n\u2028\u2029]+/;
const unprintable = /(?!\t)\p{Cc}|[\u202A-\u202E\u2066-\u2069]/gu;
