import { constants } from 'node:buffer';
import { fstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import type { BigIntStats } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Stable {
	readonly bytes: Uint8Array;
	readonly key: string;
}

export type Read = ({ readonly kind: 'bytes' } & Stable) | { readonly kind: 'absent' };

/**
 * The list as it stands, not as an editor is just writing it: read only when nothing about the file changed meanwhile.
 * `key` is the same as long as the file is.
 */
export async function stableRead(file: string): Promise<Read> {
	for (;;) {
		const before = statKey(file);
		if (before === null) return { kind: 'absent' };
		const bytes = readIfThere(file);
		if (bytes === null) return { kind: 'absent' };
		if (statKey(file) === before) return { kind: 'bytes', bytes, key: before };
		await sleep(2);
	}
}

/** What tells one state of a file from another; null when there is no file that could be read, or held as a text. */
export function statKey(file: string): string | null {
	try {
		const stat = statSync(file, { bigint: true });
		return stat.isFile() && stat.size <= constants.MAX_STRING_LENGTH ? keyOf(stat) : null;
	} catch (error) {
		if (isAbsence(error)) return null;
		throw error;
	}
}

/** The same of a file that is open. */
export function openKey(fd: number): string {
	return keyOf(fstatSync(fd, { bigint: true }));
}

/** What is in a file just now; null when there is none that could be read: who reads a pipe waits for ever. */
export function readIfThere(file: string): Uint8Array | null {
	if (statKey(file) === null) return null;
	try {
		return readFileSync(file);
	} catch (error) {
		if (isAbsence(error)) return null;
		throw error;
	}
}

/** The same as text; `''` where there is none. */
export function textIfThere(file: string): string {
	return Buffer.from(readIfThere(file) ?? '').toString();
}

/** The names in a folder; none where there is no folder that could be read. */
export function namesIfThere(folder: string): string[] {
	try {
		return readdirSync(folder);
	} catch (error) {
		if (isAbsence(error)) return [];
		throw error;
	}
}

/** Whether an error says that there is no such file, or none that is ours to open. */
export function isAbsence(error: unknown): boolean {
	return ABSENT.includes((error as NodeJS.ErrnoException).code ?? '');
}

const ABSENT = ['ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES', 'ELOOP'];

function keyOf(stat: BigIntStats): string {
	return [stat.dev, stat.ino, stat.size, stat.mtimeNs].join(':');
}
