import {
	closeSync,
	constants,
	fdatasyncSync,
	openSync,
	readFileSync,
	writeFileSync,
	writeSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../core/errors.ts';
import type { Addition } from '../../core/plan/addition.ts';
import { isLeftAlone } from './marker.ts';
import { isAbsence, openKey, readIfThere, stableRead, statKey } from './todo-file.ts';
import type { Read, Stable } from './todo-file.ts';

/**
 * Writes new lines behind the last byte of a list, in place, once nobody saves it or has unsaved edits of it; but waits for
 * that no longer than a minute. `make` is asked again for what is to be added whenever the list was saved meanwhile. Makes
 * the list where there is none. null: `make` has nothing to add, and nothing was written. Rejects with a `UserError` where
 * the list cannot be written.
 */
export async function appendTo(
	file: string,
	make: (bytes: Uint8Array) => Addition | null,
	quiet?: number,
): Promise<Addition | null> {
	const giveUp = Date.now() + PATIENCE;
	for (let before: Read | null = null; ;) {
		const read: Read = await stableRead(file);
		const addition = make(read.kind === 'bytes' ? read.bytes : new Uint8Array());
		if (addition === null) return null;
		const isLate = Date.now() > giveUp;
		// An editor may just have moved it away.
		const isDue = read.kind === 'absent' ? before?.kind === 'absent' : isLeftAlone(file, quiet);
		if ((isDue || isLate) && write(file, read, addition.bytes) === 'written') return addition;
		if (isLate) throw notWritable(file, 'It was saved again and again, or cannot be read.');
		before = read;
		await sleep(before.kind === 'absent' ? GONE : 50);
	}
}

/** In ms. */
const PATIENCE = 60_000;
/** A list that is away for so long is not there, in ms. */
const GONE = 500;

function write(file: string, read: Read, more: Uint8Array): 'written' | 'raced' {
	try {
		return read.kind === 'absent' ? create(file, more) : append(file, read, more);
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException;
		// Made by somebody just now, or something that can be no list.
		if (code === 'EEXIST' && statKey(file) !== null) return 'raced';
		if (isAbsence(error) || code === 'EEXIST' || code === 'EROFS' || code === 'ENOSPC')
			throw notWritable(file, message);
		throw error;
	}
}

function create(file: string, bytes: Uint8Array): 'written' {
	writeFileSync(file, bytes, { flag: 'wx', flush: true });
	return 'written';
}

/** With O_APPEND: behind what is there at that moment, never over it, nor past an end that has moved. */
function append(file: string, { bytes, key }: Stable, more: Uint8Array): 'written' | 'raced' {
	const fd = openSync(file, constants.O_RDWR | constants.O_APPEND);
	try {
		if (openKey(fd) !== key || !Buffer.from(bytes).equals(readFileSync(fd))) return 'raced';
		writeSync(fd, more);
		fdatasyncSync(fd);
	} finally {
		closeSync(fd);
	}
	// A save that raced it wins; then it is made again.
	return Buffer.from(readIfThere(file) ?? '').includes(Buffer.from(more)) ? 'written' : 'raced';
}

function notWritable(file: string, why: string): UserError {
	return new UserError({
		what: `Nothing could be added to ${path.basename(file)}.`,
		why,
		fix: 'Give yourself write access to it, or save and close it, and try again.',
	});
}
