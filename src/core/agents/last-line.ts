/** The last line that holds anything, trimmed, at most 500 characters of it. Empty where there is none. */
export function lastLine(text: string): string {
	const lines = text.split(/[\r\n]+/).map((line) => line.trim());
	return (lines.findLast((line) => line !== '') ?? '').slice(0, 500);
}
