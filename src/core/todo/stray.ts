/**
 * A mark was written into a file at the very moment that somebody saved other bytes into it. `before` is what it was
 * meant for, `after` what is there now, mark and all. Says which byte the mark took the place of, going by the line that
 * it stands in now: null where that line is as it was, or is one that was not there before. Boxes may differ, as such a
 * save may undo other marks.
 */
export function strayByte(before: Uint8Array, after: Uint8Array, offset: number): number | null {
	const from = after.lastIndexOf(LF, offset - 1) + 1;
	const line = after.subarray(from, endOf(after, offset));
	const column = offset - from;
	let missing: number | null = null;
	for (let start = 0; start < before.length; start = endOf(before, start) + 1) {
		// Two lines, where the mark stands for the line end between them.
		const old = before.subarray(start, start + line.length);
		const isWhole = old.length === line.length && endOf(before, start + line.length) === start + line.length;
		if (!isWhole || !isSameBut(column, old, line)) continue;
		if (old[column] === line[column]) return null;
		missing ??= old[column]!;
	}
	return missing;
}

const LF = 10;

function endOf(bytes: Uint8Array, from: number): number {
	const end = bytes.indexOf(LF, from);
	return end === -1 ? bytes.length : end;
}

function isSameBut(column: number, one: Uint8Array, other: Uint8Array): boolean {
	return one.every((byte, index) => index === column || byte === other[index] || isInBox(one, index));
}

function isInBox(line: Uint8Array, index: number): boolean {
	return line[index - 1] === OPENING && line[index + 1] === CLOSING;
}

const OPENING = 91;
const CLOSING = 93;
