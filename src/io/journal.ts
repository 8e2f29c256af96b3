import { createHash } from 'node:crypto';
import { existsSync, lstatSync } from 'node:fs';
import { open, readFile, rename, rm, writeFile } from 'node:fs/promises';
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
		return { entries, ...(await writer(folder, handle, bytes.subarray(0, length))) };
	} catch (error) {
		await handle.close();
		throw error;
	}
}

/** Records events of a command that is no loop, under the lock of the work tree. */
export async function recordAll(folder: string, events: readonly Event[]): Promise<Entry[]> {
	const journal = await openJournal(folder);
	try {
		const entries: Entry[] = [];
		for (const event of events) entries.push(await journal.append(event));
		return entries;
	} finally {
		await journal.close();
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

/**
 * One append after the other: two events may be recorded at the same moment. A session may have got at the file: it is
 * written again, whole, when it is not as the last append left it. Where its folder is gone, the next append does that.
 */
async function writer(folder: string, opened: FileHandle, known: Buffer): Promise<Omit<Journal, 'entries'>> {
	let handle = opened;
	let key = await keyOf(handle);
	const whole = [known];
	const write = async (line: Buffer) => {
		whole.push(line);
		if (keyAt(folder) === key) {
			await handle.appendFile(line);
			await handle.datasync();
		} else if (existsSync(folder)) {
			await handle.close();
			handle = await replace(folder, whole);
		}
		key = await keyOf(handle);
	};
	let last: Promise<unknown> = Promise.resolve();
	return {
		append(event) {
			const entry: Entry = { at: new Date().toISOString(), ...event };
			const json = JSON.stringify({ v: VERSION, ...entry });
			const written = last.then(() => write(Buffer.from(`${checksum(json)} ${json}\n`))).then(() => entry);
			last = written.catch(() => undefined);
			return written;
		},
		close: () => handle.close(),
	};
}

/** Which file it is, and when it was written to: the change time cannot be set by hand. */
async function keyOf(handle: FileHandle): Promise<string> {
	const { dev, ino, size, ctimeNs } = await handle.stat({ bigint: true });
	return [dev, ino, size, ctimeNs].join(':');
}

/** null where there is no file. A link is none. */
function keyAt(folder: string): string | null {
	const found =
		existsSync(folder) && lstatSync(path.join(folder, FILE), { bigint: true, throwIfNoEntry: false });
	return found && found.isFile() ? [found.dev, found.ino, found.size, found.ctimeNs].join(':') : null;
}

async function replace(folder: string, lines: readonly Buffer[]): Promise<FileHandle> {
	const file = path.join(folder, FILE);
	const fresh = `${file}.new`;
	for (const each of [fresh, file]) {
		// A rename does not replace a folder, and opening waits for a pipe.
		if (lstatSync(each, { throwIfNoEntry: false })?.isFile() === false) await rm(each, { recursive: true });
	}
	await writeFile(fresh, Buffer.concat(lines), { mode: 0o600, flush: true });
	await rename(fresh, file);
	await syncFolder(folder);
	return open(file, 'a+', 0o600);
}

function checksum(json: string): string {
	return createHash('sha256').update(json).digest('hex').slice(0, 8);
}

async function syncFolder(folder: string): Promise<void> {
	const handle = await open(folder, 'r');
	await handle.sync();
	await handle.close();
}
