import { createHash } from 'node:crypto';
import { UserError } from '../core/errors.ts';
import type { Entry } from '../core/types.ts';

/** What a file of the journal holds: as much as can be believed, from its beginning. */
export interface Lines {
	readonly entries: readonly Entry[];
	/** How many bytes that is. */
	readonly length: number;
	/** The line, from 1, of which the checksum does not hold, and which no crash tore, as more lines follow. null: none. */
	readonly damagedAt: number | null;
}

/** Reads `checksum json`, one line an entry. Throws a `UserError` for what a newer version wrote. `file`: for messages. */
export function readLines(bytes: Buffer, file: string): Lines {
	const entries: Entry[] = [];
	let length = 0;
	for (const { entry, end } of entriesIn(bytes, file)) {
		entries.push(entry);
		length = end;
	}
	const rest = bytes.indexOf(NEWLINE, length);
	const isDamaged = rest !== -1 && bytes.indexOf(NEWLINE, rest + 1) !== -1;
	return { entries, length, damagedAt: isDamaged ? entries.length + 1 : null };
}

/** The same entries one by one, each with where its line ends. */
export function* entriesIn(bytes: Buffer, file: string): Generator<{ entry: Entry; end: number }> {
	let start = 0;
	while (start < bytes.length) {
		const end = bytes.indexOf(NEWLINE, start);
		const entry = end === -1 ? null : parseLine(bytes.toString('utf8', start, end), file);
		if (!entry) return;
		start = end + 1;
		yield { entry, end: start };
	}
}

/** The line of an entry. */
export function lineOf(entry: Entry): Buffer {
	const json = JSON.stringify({ v: VERSION, ...entry });
	return Buffer.from(`${checksum(json)} ${json}\n`);
}

/** The entry of one line, with or without its end, one character a byte; null where its checksum does not hold, or this version cannot read it. */
export function readableEntry(line: string): Entry | null {
	try {
		return parseLine(Buffer.from(line, 'latin1').toString().replace(/\n$/, ''), '');
	} catch (error) {
		if (error instanceof UserError || error instanceof SyntaxError) return null;
		throw error;
	}
}

/** 2: a file may begin with a sum, which version 1 knows nothing of. */
const VERSION = 2;
const NEWLINE = 10;

function parseLine(line: string, file: string): Entry | null {
	const space = line.indexOf(' ');
	const json = line.slice(space + 1);
	if (checksum(json) !== line.slice(0, space)) return null;
	const { v, ...entry } = JSON.parse(json) as { v: number } & Entry;
	if (v > VERSION) {
		throw new UserError({
			what: `The journal was written by a newer nightloop (format ${v}, this one reads ${VERSION}).`,
			why: `${file} may hold events that this version would misread.`,
			fix: 'Update nightloop and start it again.',
		});
	}
	return entry;
}

function checksum(json: string): string {
	return createHash('sha256').update(json).digest('hex').slice(0, 8);
}
