/** Makes lines of bytes as they come. */
export interface Lines {
	/** Hands over each line that is complete with these bytes. */
	take(bytes: Buffer, onLine: (line: string) => void): void;
	/** Whether a line has begun that has not ended. */
	isOpen(): boolean;
	/** What comes up to the next line end is no line: bytes are missing in it. */
	passOver(): void;
	/** How many lines were passed over, and not handed over. */
	passed(): number;
}

/**
 * LF only: other separators occur inside JSON strings. A line that is longer than 4 MB is passed over, so that output
 * without an end costs no memory.
 */
export function openLines(): Lines {
	let parts: Buffer[] = [];
	let length = 0;
	let passed = 0;
	const add = (part: Buffer) => {
		length += part.length;
		// What is read next goes where this was.
		if (length <= LONGEST) parts.push(Buffer.from(part));
		else parts = [];
	};
	const end = (part: Buffer) => {
		if (length === 0 && part.length <= LONGEST) return part.toString('utf8');
		add(part);
		const line = length <= LONGEST ? Buffer.concat(parts).toString('utf8') : null;
		if (line === null) passed++;
		parts = [];
		length = 0;
		return line;
	};
	return {
		take(bytes, onLine) {
			let start = 0;
			for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, start)) {
				const line = end(bytes.subarray(start, at));
				if (line !== null) onLine(line);
				start = at + 1;
			}
			if (start < bytes.length) add(bytes.subarray(start));
		},
		isOpen: () => length > 0,
		passOver() {
			parts = [];
			length = LONGEST + 1;
		},
		passed: () => passed + (length > LONGEST ? 1 : 0),
	};
}

const LF = 10;
/** In bytes. */
const LONGEST = 4 * 1024 * 1024;
