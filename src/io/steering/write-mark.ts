import { closeSync, fdatasyncSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { strayByte } from '../../core/todo/stray.ts';
import { applyMark } from '../../core/todo/todo.ts';
import type { Mark, Task } from '../../core/types.ts';
import { isAbsence, openKey, readIfThere } from './todo-file.ts';
import type { Stable } from './todo-file.ts';

/**
 * Writes one byte in place, if the file is still as it was read. Resolves to the file's new key; null: it was saved in
 * between, and nothing was written, or what was written is gone again. A byte that landed in what a save just then put
 * there is given back its place.
 */
export function writeMark(file: string, { bytes, key }: Stable, box: Task, as: Mark): string | null {
	const fd = openIfThere(file);
	if (fd === null) return null;
	try {
		if (!holds(fd, bytes) || openKey(fd) !== key) return null;
		writeSync(fd, as, box.offset);
		fdatasyncSync(fd);
		const written = openKey(fd);
		const after = readIfThere(file);
		if (after && Buffer.from(after).equals(applyMark(bytes, box, as))) return written;
		giveBack(fd, bytes, box.offset, as);
		return null;
	} finally {
		closeSync(fd);
	}
}

function openIfThere(file: string): number | null {
	try {
		return openSync(file, 'r+');
	} catch (error) {
		if (isAbsence(error)) return null;
		throw error;
	}
}

function holds(fd: number, bytes: Uint8Array): boolean {
	return Buffer.from(bytes).equals(contents(fd, bytes.length + 1));
}

function contents(fd: number, atMost: number): Uint8Array {
	const all = Buffer.alloc(atMost);
	return all.subarray(0, readSync(fd, all, 0, atMost, 0));
}

function giveBack(fd: number, before: Uint8Array, offset: number, as: Mark): void {
	const after = contents(fd, fstatSync(fd).size);
	// Another byte there is not ours: the save came after it.
	const byte = after[offset] === as.charCodeAt(0) ? strayByte(before, after, offset) : null;
	if (byte === null || !holds(fd, after)) return;
	writeSync(fd, Uint8Array.of(byte), 0, 1, offset);
	fdatasyncSync(fd);
}
