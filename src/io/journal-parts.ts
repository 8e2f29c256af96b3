import { constants } from 'node:buffer';
import { createHash } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Entry } from '../core/types.ts';
import { readLines } from './journal-lines.ts';

/** What the closed parts of a journal hold, oldest first. */
export interface Parts {
	readonly entries: readonly Entry[];
	/** A line for each part that is not here, or not as it was closed. */
	readonly lost: readonly string[];
}

/** What a file of the journal is begun with: the parts that count are those that the sum in the live file names. */
export type Sum = Extract<Entry, { event: 'summed' }>;

/** Reads the parts before a sum, the newest first, until there are `least` entries; of older ones sees that they are there. */
export async function readParts(folder: string, sum: Sum, least: number): Promise<Parts> {
	let entries: readonly Entry[] = [];
	let digest: string | null = sum.digest;
	const lost: string[] = [];
	for (let part = sum.parts; part > 0; part--) {
		const file = path.join(folder, partName(part));
		const isWanted = entries.length < least;
		const bytes = isReadable(file) && isWanted ? await readFile(file) : null;
		if (!isReadable(file)) lost.unshift(`part ${part} of the journal is missing: ${file}`);
		if (!bytes) {
			// What it was itself closed over is not known without it.
			digest = null;
			continue;
		}
		const read = readLines(bytes, file);
		if (read.damagedAt !== null)
			lost.unshift(`part ${part} of the journal is damaged at line ${read.damagedAt}: ${file}`);
		else if (digest !== null && digestOf(bytes) !== digest)
			lost.unshift(`part ${part} of the journal is not as it was closed: ${file}`);
		entries = [...read.entries, ...entries];
		digest = sumIn(read.entries)?.digest ?? null;
	}
	return { entries, lost };
}

/** The sum that a file of the journal begins with; null where it is the first. */
export function sumIn([first]: readonly Entry[]): Sum | null {
	return first?.event === 'summed' ? first : null;
}

/** SHA-256, in hex. A part's first line has that of the part before it: the last one tells of all. */
export function digestOf(bytes: Buffer): string {
	return createHash('sha256').update(bytes).digest('hex');
}

/** `journal.0001.jsonl` */
export function partName(part: number): string {
	return `journal.${String(part).padStart(4, '0')}.jsonl`;
}

/** True of a path whose last name is a part's. */
export function isPart(file: string): boolean {
	return /^journal\.\d{4,}\.jsonl$/.test(path.basename(file));
}

/**
 * Clears the way for the next part: where the live file names parts, one beyond them is what a crash left; where there is no
 * live file, they belonged to one that was lost, and are kept under another name.
 */
export async function clearStrayParts(folder: string, live: readonly Entry[]): Promise<void> {
	const parts = (await readdir(folder)).filter(isPart);
	const counted = sumIn(live)?.parts ?? 0;
	for (const name of parts.filter((each) => Number(each.split('.')[1]) > counted)) {
		const file = path.join(folder, name);
		if (live.length > 0) await rm(file, { recursive: true });
		else await rename(file, `${file}.before-${Date.now()}`);
	}
}

/** Whether a file of the journal is one that the loop can have made: no pipe, folder or link, and no longer than a text can be. */
export function isReadable(file: string): boolean {
	const stat = lstatSync(file, { throwIfNoEntry: false });
	return stat?.isFile() === true && stat.size <= constants.MAX_STRING_LENGTH;
}
