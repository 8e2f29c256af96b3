import {
	closeSync,
	existsSync,
	fdatasyncSync,
	fstatSync,
	openSync,
	readFileSync,
	readSync,
	statSync,
	writeSync,
} from 'node:fs';
import type { BigIntStats } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { applyMark, findTask, parseTodo, ticksFor } from '../core/todo.ts';
import type { Mark, MarkOutcome, Task, TaskId, TaskState, Todo } from '../core/types.ts';

export type Read =
	{ readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly key: string } | { readonly kind: 'absent' };

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

/** What tells one state of a file from another; null when there is no file that could be read. */
export function statKey(file: string): string | null {
	try {
		const stat = statSync(file, { bigint: true });
		return stat.isFile() ? keyOf(stat) : null;
	} catch (error) {
		if (ABSENT.includes((error as NodeJS.ErrnoException).code ?? '')) return null;
		throw error;
	}
}

export interface Marker {
	/** See `World.mark`. `bytes`: the list after the last byte was written. */
	mark(
		id: TaskId,
		as: Mark,
		optional: boolean,
	): Promise<{ lines: number[]; outcome: MarkOutcome } | { notNow: string }>;
}

/**
 * Writes marks into the list: one byte each, in place, at an offset verified just before, then read back. It waits for
 * the file to be quiet (nobody saved it just now, no editor has it open), but no longer than a minute: an editor may
 * stay open all night. Never renames, never touches the times.
 */
export function openMarker(file: string): Marker {
	let ours: string | null = null;
	const isQuiet = (key: string) => key === ours || (age(file) > QUIET && !isOpenInEditor(file));
	return {
		async mark(id, as, optional) {
			const lines = new Set<number>();
			const giveUp = Date.now() + PATIENCE;
			for (;;) {
				const found = await findBox(file, id, as, optional);
				const isLate = Date.now() > giveUp;
				if (found.kind === 'gone') return { lines: [...lines], outcome: 'gone' };
				if (found.kind === 'marked')
					return { lines: [...lines], outcome: lines.size > 0 ? 'written' : 'already' };
				if (found.kind === 'no list' && isLate) return { notNow: 'there is no list to be read' };
				if (found.kind === 'box' && (isLate || isQuiet(found.key))) {
					ours = writeMark(file, found.bytes, found.box, as);
					if (ours !== null) lines.add(found.box.line);
				} else await sleep(50);
			}
		},
	};
}

type Found =
	| { readonly kind: 'no list' | 'gone' | 'marked' }
	| { readonly kind: 'box'; readonly box: Task; readonly bytes: Uint8Array; readonly key: string };

/** The next box that the mark is still missing in. */
async function findBox(file: string, id: TaskId, as: Mark, optional: boolean): Promise<Found> {
	const read = await stableRead(file);
	const parsed = read.kind === 'bytes' ? parseTodo(read.bytes, { optional }) : read;
	if (read.kind === 'absent' || parsed.kind !== 'list') return { kind: 'no list' };
	const boxes = boxesFor(parsed.todo, id, as);
	if (boxes === 'gone') return { kind: 'gone' };
	const box = boxes.find((task) => read.bytes[task.offset] !== as.charCodeAt(0));
	return box ? { kind: 'box', box, bytes: read.bytes, key: read.key } : { kind: 'marked' };
}

const ABSENT = ['ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES', 'ELOOP'];
/** No save for so long, in ms. */
const QUIET = 1500;
const PATIENCE = 60_000;

function keyOf(stat: BigIntStats): string {
	return [stat.dev, stat.ino, stat.size, stat.mtimeNs].join(':');
}

function readIfThere(file: string): Uint8Array | null {
	try {
		return readFileSync(file);
	} catch (error) {
		if (ABSENT.includes((error as NodeJS.ErrnoException).code ?? '')) return null;
		throw error;
	}
}

function age(file: string): number {
	const stat = statSync(file, { throwIfNoEntry: false });
	// A time in the future says nothing about when it was saved.
	return stat && stat.mtimeMs <= Date.now() ? Date.now() - stat.mtimeMs : Infinity;
}

/** By the lock files of vim, nano and emacs. */
function isOpenInEditor(file: string): boolean {
	const { dir, base } = path.parse(file);
	return [`.${base}.swp`, `.#${base}`].some((name) => existsSync(path.join(dir, name)));
}

function boxesFor(todo: Todo, id: TaskId, as: Mark): readonly Task[] | 'gone' {
	const task = findTask(todo, id);
	if (!task) return 'gone';
	if (as !== 'x') return [task];
	// What a person dropped is not ticked behind their back.
	return task.state === 'dropped' ? 'gone' : ticksFor(todo, id).filter((box) => box.state !== DROPPED);
}

const DROPPED: TaskState = 'dropped';

/** null: the file was saved in between, nothing was written, or what was written is gone again. Else the file's key. */
function writeMark(file: string, bytes: Uint8Array, box: Task, as: Mark): string | null {
	const fd = openSync(file, 'r+');
	try {
		const now = Buffer.alloc(bytes.length + 1);
		const length = readSync(fd, now, 0, now.length, 0);
		if (!now.subarray(0, length).equals(bytes)) return null;
		writeSync(fd, as, box.offset);
		fdatasyncSync(fd);
		const key = keyOf(fstatSync(fd, { bigint: true }));
		const after = readIfThere(file);
		return after && Buffer.from(after).equals(applyMark(bytes, box, as)) ? key : null;
	} finally {
		closeSync(fd);
	}
}
