import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

export interface Tail {
	/** Reads what has come since the last call, line by line. Resolves to how many bytes came. */
	read(onLine: ((line: string) => void) | null): number;
	/** The last part of the file, at most `bytes` long. */
	last(bytes: number): string;
	close(): void;
}

/**
 * Follows a file that another process writes, through a descriptor of its own. A line that is longer than 4 MB is passed
 * over, so that output without an end costs no memory.
 */
export function openTail(file: string): Tail {
	const fd = openSync(file, 'r');
	const chunk = Buffer.allocUnsafe(CHUNK);
	const decoder = new StringDecoder('utf8');
	const lines = splitLines();
	let position = 0;
	return {
		read(onLine) {
			const size = fstatSync(fd).size;
			const came = Math.max(0, size - position);
			if (!onLine) {
				position = size;
				return came;
			}
			while (position < size) {
				const length = readSync(fd, chunk, 0, Math.min(CHUNK, size - position), position);
				if (length === 0) break;
				position += length;
				lines(decoder.write(chunk.subarray(0, length)), onLine);
			}
			return came;
		},
		last(bytes) {
			const size = fstatSync(fd).size;
			const length = Math.min(bytes, size);
			const buffer = Buffer.alloc(length);
			const read = readSync(fd, buffer, 0, length, size - length);
			return buffer.toString('utf8', 0, read);
		},
		close: () => closeSync(fd),
	};
}

const CHUNK = 64 * 1024;
const LONGEST_LINE = 4 * 1024 * 1024;

/** LF only: other separators occur inside JSON strings. */
function splitLines(): (text: string, onLine: (line: string) => void) => void {
	let parts: string[] = [];
	let length = 0;
	const add = (part: string) => {
		length += part.length;
		if (length <= LONGEST_LINE) parts.push(part);
		else parts = [];
	};
	return (text, onLine) => {
		let start = 0;
		for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
			add(text.slice(start, end));
			if (length <= LONGEST_LINE) onLine(parts.join(''));
			parts = [];
			length = 0;
			start = end + 1;
		}
		add(text.slice(start));
	};
}
