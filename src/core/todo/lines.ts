/** One line of a file as bytes: its text for people, and where its first byte is in the file. */
export interface Line {
	readonly text: string;
	readonly start: number;
}

/**
 * The lines of a file, without their ends (LF, CRLF or CR, as in CommonMark 2.1) and without a byte order mark. Invalid
 * UTF-8 reads as U+FFFD; as line ends and ASCII are never part of such a sequence, `start` is right all the same.
 */
export function readLines(bytes: Uint8Array): Line[] {
	const first = hasByteOrderMark(bytes) ? 3 : 0;
	const texts = decode(bytes.subarray(first)).split(lineEnd);
	const starts = lineStarts(bytes, first);
	return starts.map((start, index) => ({ text: texts[index]!, start }));
}

/** Bytes as text for people. */
export function decode(bytes: Uint8Array): string {
	return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

/** A text split at LF, CRLF or CR. */
export const lineEnd = /\r\n|\n|\r/;

/** The block between two lines `---` at the very top of a file. `length` counts both of them. */
export type FrontLines =
	| { readonly kind: 'none' }
	| { readonly kind: 'unclosed' }
	| { readonly kind: 'closed'; readonly language: string; readonly length: number };

/** Finds the front matter among the lines of a file. The word after the first `---`, if any, is its language. */
export function frontLines(lines: readonly string[]): FrontLines {
	const opening = /^---(?!-)[ \t]*(\S*)[ \t]*$/.exec(lines[0]!);
	if (opening === null) {
		return { kind: 'none' };
	}
	const closing = lines.findIndex((line, index) => index > 0 && /^---[ \t]*$/.test(line));
	return closing === -1
		? { kind: 'unclosed' }
		: { kind: 'closed', language: opening[1]!, length: closing + 1 };
}

function hasByteOrderMark(bytes: Uint8Array): boolean {
	return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

function lineStarts(bytes: Uint8Array, first: number): number[] {
	const starts = [first];
	for (let at = first; at < bytes.length; at++) {
		if (bytes[at] === LF || (bytes[at] === CR && bytes[at + 1] !== LF)) {
			starts.push(at + 1);
		}
	}
	return starts;
}

const LF = 10;
const CR = 13;
