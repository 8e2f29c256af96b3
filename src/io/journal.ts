import { createHash } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../core/errors.ts';
import type { Entry, Event } from '../core/types.ts';

export interface Journal {
	readonly entries: readonly Entry[];
	/** On disk when it resolves. */
	append(event: Event): Promise<Entry>;
	close(): Promise<void>;
}

/**
 * The append-only record: one line an event, `checksum json`. A line that was torn by a crash can only be the last one
 * and is cut off; a line broken anywhere else, or one of a newer version, is refused, as guessing would be worse.
 */
export async function openJournal(folder: string): Promise<Journal> {
	const file = path.join(folder, FILE);
	const handle = await open(file, 'a+', 0o600);
	try {
		const bytes = await handle.readFile();
		const { entries, length } = readLines(bytes, file);
		if (length < bytes.length) await handle.truncate(length);
		if (bytes.length === 0) await syncFolder(folder);
		return { entries, append: appender(handle), close: () => handle.close() };
	} catch (error) {
		await handle.close();
		throw error;
	}
}

/** The entries as they are, for a reader that holds no lock. An absent journal is an empty one. */
export async function readJournal(folder: string): Promise<readonly Entry[]> {
	const file = path.join(folder, FILE);
	try {
		return readLines(await readFile(file), file).entries;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
		throw error;
	}
}

const FILE = 'journal.jsonl';
const VERSION = 1;
const NEWLINE = 10;

function readLines(bytes: Buffer, file: string): { entries: Entry[]; length: number } {
	const entries: Entry[] = [];
	let start = 0;
	while (start < bytes.length) {
		const end = bytes.indexOf(NEWLINE, start);
		const entry = end === -1 ? null : parseLine(bytes.toString('utf8', start, end), file);
		if (!entry) break;
		entries.push(entry);
		start = end + 1;
	}
	const rest = bytes.indexOf(NEWLINE, start);
	if (rest !== -1 && bytes.indexOf(NEWLINE, rest + 1) !== -1) refuseDamage(file, entries.length + 1);
	return { entries, length: start };
}

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

function refuseDamage(file: string, line: number): never {
	throw new UserError({
		what: `The journal is damaged at line ${line}.`,
		why: `${file} was changed by something else: its checksum does not hold, and more lines follow.`,
		fix: `Look at it, then move it aside to start a new one: mv '${file}' '${file}.damaged'`,
	});
}

/** One append after the other: two events may be recorded at the same moment. */
function appender(handle: FileHandle): Journal['append'] {
	let last: Promise<unknown> = Promise.resolve();
	return (event) => {
		const entry: Entry = { at: new Date().toISOString(), ...event };
		const json = JSON.stringify({ v: VERSION, ...entry });
		const written = last.then(async () => {
			await handle.appendFile(`${checksum(json)} ${json}\n`);
			await handle.datasync();
			return entry;
		});
		last = written.catch(() => undefined);
		return written;
	};
}

function checksum(json: string): string {
	return createHash('sha256').update(json).digest('hex').slice(0, 8);
}

async function syncFolder(folder: string): Promise<void> {
	const handle = await open(folder, 'r');
	await handle.sync();
	await handle.close();
}
