import { existsSync, lstatSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../core/errors.ts';
import type { Entry, Event } from '../core/types.ts';
import { FILE, isErrno, openLiveFile, syncFolder } from './journal-file.ts';
import { lineOf, readLines } from './journal-lines.ts';
import type { Lines } from './journal-lines.ts';
import { clearStrayParts, isReadable, partName, readParts, sumIn } from './journal-parts.ts';
import type { Parts } from './journal-parts.ts';

export interface Journal {
	/** As it was opened: from the last sum on. */
	readonly entries: readonly Entry[];
	/** On disk when it resolves. */
	append(event: Event): Promise<Entry>;
	close(): Promise<void>;
}

/** What an append does while the machine says no: it tells, and tries again until that is over or the signal says stop. */
export interface Patience {
	/** In the machine's words; null: it is over. */
	onTrouble(message: string | null): void;
	readonly signal: AbortSignal;
}

/**
 * The append-only record: one line an event, `checksum json`. A line that was torn by a crash can only be the last one
 * and is cut off; a line broken anywhere else, or one of a newer version, is refused, as guessing would be worse. Where it
 * has grown long it is closed as a part, `journal.0001.jsonl`, and begun anew with the sum of all that was. Without
 * `patience` an append rejects as soon as the machine says no; nothing of its line is in the file then.
 */
export async function openJournal(folder: string, patience: Patience | null = null): Promise<Journal> {
	const file = path.join(folder, FILE);
	if (isReplaced(file)) throw noFile(file);
	const handle = await open(file, 'a+', 0o600);
	try {
		const bytes = await handle.readFile();
		const { entries, length } = believed(bytes, file);
		if (length < bytes.length) await handle.truncate(length);
		if (bytes.length === 0) await syncFolder(folder);
		await clearStrayParts(folder, entries);
		const live = await openLiveFile(folder, handle, bytes.subarray(0, length));
		const sum = await live.sumUp();
		return { entries: sum ? [sum] : entries, ...writer(live, patience) };
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

/** The entries from the last sum on, for a reader that holds no lock. An absent journal is an empty one. */
export async function readJournal(folder: string): Promise<readonly Entry[]> {
	const file = path.join(folder, FILE);
	// A pipe would be waited for, for ever.
	if (isReplaced(file)) throw noFile(file);
	try {
		return believed(await readFile(file), file).entries;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
		throw error;
	}
}

function isReplaced(file: string): boolean {
	return lstatSync(file, { throwIfNoEntry: false }) !== undefined && !isReadable(file);
}

/** All entries, or at least so many of the last ones, closed parts included, for a reader that holds no lock. */
export async function readWhole(folder: string, least = Infinity): Promise<Parts> {
	// In this order: what the live file names does not change any more.
	const live = await readJournal(folder);
	const sum = sumIn(live);
	if (!sum) return { entries: live, lost: [] };
	const { entries, lost } = await readParts(folder, sum, least - live.length);
	return { entries: [...entries, ...live], lost };
}

function believed(bytes: Buffer, file: string): Lines {
	const lines = readLines(bytes, file);
	// No crash tears a sum: it is on disk before the file has its name.
	const isSumTorn = lines.length === 0 && bytes.length > 0 && existsSync(partBeside(file));
	if (lines.damagedAt === null && !isSumTorn) return lines;
	throw new UserError({
		what: `The journal is damaged at line ${lines.damagedAt ?? 1}.`,
		why: `${file} was changed by something else: its checksum does not hold, and no crash did that.`,
		fix: `Look at it, then move it aside: mv '${file}' '${file}.damaged'   The next start knows from the commits what has landed, and says what it does not know.`,
	});
}

function noFile(file: string): UserError {
	return new UserError({
		what: 'Something else stands in the place of the journal.',
		why: `${file} is a pipe, a folder, a link or longer than any text, and the loop made none of them.`,
		fix: `Look at it, then move it aside: mv '${file}' '${file}.damaged'   The next start knows from the commits what has landed, and says what it does not know.`,
	});
}

function partBeside(file: string): string {
	return path.join(path.dirname(file), partName(1));
}

/** One append after the other: two events may be recorded at the same moment. */
function writer(
	live: Awaited<ReturnType<typeof openLiveFile>>,
	patience: Patience | null,
): Omit<Journal, 'entries'> {
	let last: Promise<unknown> = Promise.resolve();
	return {
		append(event) {
			const entry: Entry = { at: new Date().toISOString(), ...event };
			const line = lineOf(entry);
			const written = last.then(() => untilWritten(() => live.write(line), patience)).then(() => entry);
			last = written.then(
				() => live.sumUp(),
				() => undefined,
			);
			return written;
		},
		close: () => last.then(() => live.close()),
	};
}

async function untilWritten(write: () => Promise<void>, patience: Patience | null): Promise<void> {
	for (let tries = 0; ; tries++) {
		try {
			await write();
			if (tries > 0) patience?.onTrouble(null);
			return;
		} catch (error) {
			if (patience === null || !isTrouble(error)) throw error;
			if (tries === 0) patience.onTrouble(error.message);
			const { signal } = patience;
			const pause = Math.min(1000 * 2 ** tries, LONGEST_PAUSE);
			// Asked to stop now: what was to be recorded is found out anew by the next start.
			await sleep(pause, undefined, { signal }).catch(() => Promise.reject(error));
		}
	}
}

const LONGEST_PAUSE = 30_000; // ms

function isTrouble(error: unknown): error is NodeJS.ErrnoException {
	return isErrno(error) && TROUBLES.includes(error.code);
}

/** What a machine says no with, and may not say a while later. */
const TROUBLES: readonly string[] = [
	'ENOSPC',
	'EDQUOT',
	'EFBIG',
	'EIO',
	'EMFILE',
	'ENFILE',
	'ENOMEM',
	'EAGAIN',
	'EBUSY',
	'EACCES',
	'EPERM',
	'EROFS',
	'ESTALE',
];
