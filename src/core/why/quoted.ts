/** A word as it has to be written for `sh`: as it is where that is plain, else in single quotes. */
export function quoted(word: string): string {
	return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
