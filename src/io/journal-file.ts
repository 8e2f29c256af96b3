import { existsSync, lstatSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { addedUp } from '../core/run/run.ts';
import { sumOf } from '../core/run/sum.ts';
import type { Entry } from '../core/types.ts';
import { entriesIn, lineOf, readLines } from './journal-lines.ts';
import { digestOf, partName, sumIn } from './journal-parts.ts';
import type { Sum } from './journal-parts.ts';

/** The live file of a journal, held open by the one process that may write to it. */
export interface LiveFile {
	/** On disk when it resolves; where it rejects, not in the file either, and it may be tried again. */
	write(line: Buffer): Promise<void>;
	/**
	 * Closes the file as a part and begins it anew with the sum of all, where it has grown long. null: it has not, or there
	 * is no room to. A crash at any point leaves one or the other.
	 */
	sumUp(): Promise<Entry | null>;
	close(): Promise<void>;
}

export const FILE = 'journal.jsonl';

/**
 * `opened` is read, and holds `known`. What is in the file is kept in memory as well: a session may have got at it, and it is
 * written again, whole, when it is not as the last write left it. Where its folder is gone, the next write does that.
 */
export async function openLiveFile(folder: string, opened: FileHandle, known: Buffer): Promise<LiveFile> {
	const held: Held = {
		folder,
		handle: opened,
		key: await keyOf(opened),
		pieces: [],
		length: 0,
		longAt: lengthToSumAt(firstLine(known)),
	};
	keep(held, known);
	return {
		write: (line) => write(held, line),
		async sumUp() {
			if (held.length < held.longAt || !existsSync(folder)) return null;
			try {
				return await beginAnew(held);
			} catch (error) {
				if (!isErrno(error)) throw error;
				held.longAt = held.length + SHORT;
				return null;
			}
		},
		close: () => held.handle.close(),
	};
}

/** Whether an error is the system's word. */
export function isErrno(error: unknown): error is NodeJS.ErrnoException & { code: string } {
	return error instanceof Error && typeof (error as NodeJS.ErrnoException).code === 'string';
}

/** For the names in a folder to be on disk. */
export async function syncFolder(folder: string): Promise<void> {
	const handle = await open(folder, 'r');
	try {
		await handle.sync();
	} finally {
		await handle.close();
	}
}

/** Makes a file of the journal anew, whatever stands in its place: on disk when it resolves to it, open. */
export async function replaceFile(
	folder: string,
	name: string,
	lines: readonly Buffer[],
): Promise<FileHandle> {
	const file = path.join(folder, name);
	const fresh = `${file}.new`;
	for (const each of [fresh, file]) {
		// A rename does not replace a folder, and opening waits for a pipe.
		if (lstatSync(each, { throwIfNoEntry: false })?.isFile() === false) await rm(each, { recursive: true });
	}
	const made = await open(fresh, 'w', 0o600);
	try {
		for (const each of lines) await made.writeFile(each);
		await made.sync();
	} finally {
		await made.close();
	}
	await rename(fresh, file);
	await syncFolder(folder);
	return open(file, 'a+', 0o600);
}

interface Held {
	readonly folder: string;
	handle: FileHandle;
	/** Which file it is, as the last write left it. */
	key: string;
	/** What is in the file, all of one size, the last one filled as far as it goes: neither thousands of small ones, nor a large one that is made anew. */
	pieces: Buffer[];
	/** How much of them is in the file. */
	length: number;
	/** From which length on it is to be summed up. */
	longAt: number;
}

async function write(held: Held, line: Buffer): Promise<void> {
	if (keyAt(held.folder) === held.key) await append(held, line);
	else if (existsSync(held.folder)) await rewrite(held, [...contentOf(held), line]);
	held.key = await keyOf(held.handle);
	keep(held, line);
}

function contentOf({ pieces, length }: Held): Buffer[] {
	return pieces.map((piece, index) => piece.subarray(0, length - index * PIECE));
}

function keep(held: Held, line: Buffer): void {
	for (let kept = 0; kept < line.length;) {
		const used = held.length % PIECE;
		if (used === 0) held.pieces.push(Buffer.allocUnsafeSlow(PIECE));
		const more = line.copy(held.pieces.at(-1)!, used, kept);
		kept += more;
		held.length += more;
	}
}

/** In bytes. */
const PIECE = 64 * 1024;

async function append(held: Held, line: Buffer): Promise<void> {
	const { handle, length } = held;
	try {
		await handle.appendFile(line);
		await handle.datasync();
	} catch (error) {
		// Where that cannot be done either, the key does not hold any more, and the next try writes the file again.
		const cut = handle.truncate(length).then(() => keyOf(handle));
		held.key = await cut.catch(() => held.key);
		throw error;
	}
}

async function rewrite(held: Held, lines: readonly Buffer[]): Promise<void> {
	const fresh = await replaceFile(held.folder, FILE, lines);
	await held.handle.close();
	held.handle = fresh;
}

async function beginAnew(held: Held): Promise<Entry> {
	const { folder } = held;
	const whole = Buffer.concat(contentOf(held));
	const sum = sumOfFile(whole, path.join(folder, FILE));
	await (await replaceFile(folder, partName(sum.parts), [whole])).close();
	const line = lineOf(sum);
	await rewrite(held, [line]);
	const key = await keyOf(held.handle);
	Object.assign(held, { key, pieces: [], length: 0, longAt: lengthToSumAt(line.length) });
	keep(held, line);
	return sum;
}

/** In bytes. What is added to a sum until there is another one: it is read at each start. */
const SHORT = 1024 * 1024;

/** A sum that grew large with its tasks is written more rarely: all of them are no more than twice what they add up. */
function lengthToSumAt(sum: number): number {
	return sum + Math.max(SHORT, sum / 2);
}

/** How long the sum is that a file begins with; 0: it begins with none. */
function firstLine(bytes: Buffer): number {
	const end = bytes.indexOf('\n') + 1;
	return sumIn(readLines(bytes.subarray(0, end), FILE).entries) ? end : 0;
}

/** Never holds all entries at once: it is done by a process that is to stay small. */
function sumOfFile(whole: Buffer, file: string): Sum {
	let [parts, entries] = [1, 0];
	const counted = function* () {
		for (const { entry } of entriesIn(whole, file)) {
			if (entry.event === 'summed') [parts, entries] = [entry.parts + 1, entry.entries];
			entries++;
			yield entry;
		}
	};
	const run = sumOf(addedUp(counted()));
	return { at: new Date().toISOString(), event: 'summed', parts, entries, digest: digestOf(whole), run };
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
