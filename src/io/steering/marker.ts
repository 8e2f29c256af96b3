import { lstatSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { findTask, ticksFor } from '../../core/todo/todo.ts';
import type { Mark, MarkOutcome, Task, TaskId, TaskState, Todo } from '../../core/types.ts';
import { readIfThere, stableRead } from './todo-file.ts';
import type { Stable } from './todo-file.ts';
import { writeMark } from './write-mark.ts';
import { parseList } from './parsed-list.ts';

export interface Marker {
	/** See `World.mark`. Without `equals`, however many equal tasks there are. */
	mark(
		id: TaskId,
		as: Mark,
		optional: boolean,
		equals?: number,
	): Promise<{ lines: number[]; outcome: MarkOutcome } | { notNow: string }>;
}

export interface MarkerOptions {
	/** How long nobody must have saved the list, in ms. */
	readonly quiet?: number;
	/** Asked again and again while a mark waits; true ends the wait. */
	readonly isUrgent?: () => Promise<boolean>;
}

/**
 * Writes marks into the list: one byte each, in place, at an offset verified just before, then read back. It waits for
 * the file to be quiet (nobody saved it just now, or has unsaved edits of it), but no longer than a minute, and for the
 * same edits only once: an editor may stay open all night. Never renames, never touches the times.
 */
export function openMarker(file: string, options: MarkerOptions = {}): Marker {
	const { quiet = QUIET, isUrgent = async () => false } = options;
	let ours: string | null = null;
	let hasWaited = false;
	const isQuiet = (key: string) => {
		if (key !== ours) hasWaited = false;
		return hasWaited || quiet === 0 || (key === ours ? !hasUnsavedEdits(file) : isLeftAlone(file, quiet));
	};
	const write = (found: Box, as: Mark) => {
		const key = writeMark(file, found, found.box, as);
		ours = key ?? ours;
		return key === null ? null : found.box.line;
	};
	return {
		async mark(id, as, optional, equals) {
			const lines = new Set<number>();
			const giveUp = performance.now() + PATIENCE;
			for (let isLate = false; ;) {
				const found = await findBox(file, { id, as, equals }, optional);
				if (found.kind === 'gone') return { lines: [...lines], outcome: 'gone' };
				if (found.kind === 'marked')
					return { lines: [...lines], outcome: lines.size > 0 ? 'written' : 'already' };
				const written = found.kind === 'box' && (isLate || isQuiet(found.key)) ? write(found, as) : null;
				if (written !== null) lines.add(written);
				else if (isLate)
					return { notNow: `${path.basename(file)} cannot be ${found.kind === 'box' ? 'written' : 'read'}` };
				else {
					await sleep(Math.min(50, quiet));
					hasWaited = performance.now() > giveUp;
					isLate = hasWaited || (await isUrgent());
				}
			}
		},
	};
}

/** Where the mark is due: for a tick the parents that it completes too. `gone`: it is due nowhere any more. */
export function boxesFor(todo: Todo, id: TaskId, as: Mark): readonly Task[] | 'gone' {
	const task = findTask(todo, id);
	if (!task) return 'gone';
	if (as !== 'x') return [task];
	// What a person dropped is not ticked behind their back.
	return task.state === 'dropped' ? 'gone' : ticksFor(todo, id).filter((box) => box.state !== DROPPED);
}

const DROPPED: TaskState = 'dropped';

/** Whether nobody saved a file for so long (in ms), or has unsaved edits of it. */
export function isLeftAlone(file: string, quiet: number = QUIET): boolean {
	return age(file) > quiet && !hasUnsavedEdits(file);
}

type Found = { readonly kind: 'no list' | 'gone' | 'marked' } | Box;

/** A box that the mark is missing in. */
interface Box extends Stable {
	readonly kind: 'box';
	readonly box: Task;
}

/** A mark for a task. `equals`: how many there are like it, if that matters. */
interface Wanted {
	readonly id: TaskId;
	readonly as: Mark;
	readonly equals: number | undefined;
}

async function findBox(file: string, { id, as, equals }: Wanted, optional: boolean): Promise<Found> {
	const read = await stableRead(file);
	const parsed = read.kind === 'bytes' ? parseList(read.bytes, { optional }) : read;
	if (read.kind === 'absent' || parsed.kind !== 'list') return { kind: 'no list' };
	const boxes = boxesFor(parsed.todo, id, as);
	// The line that is found now may be another one of them.
	const isOther = equals !== undefined && findTask(parsed.todo, id)?.equals !== equals;
	if (boxes === 'gone' || isOther) return { kind: 'gone' };
	const box = boxes.find((task) => read.bytes[task.offset] !== as.charCodeAt(0));
	return box ? { kind: 'box', box, bytes: read.bytes, key: read.key } : { kind: 'marked' };
}

/** No save for so long, in ms. */
const QUIET = 1500;
const PATIENCE = 60_000;

function age(file: string): number {
	const stat = statSync(file, { throwIfNoEntry: false });
	// A time in the future says nothing about when it was saved.
	return stat && stat.mtimeMs <= Date.now() ? Date.now() - stat.mtimeMs : Infinity;
}

/**
 * As the editors' own files tell: emacs keeps a dangling link while there are some; vim and nano say so in a byte of
 * their swap file (vim's memline.c, `b0_dirty`; nano never takes it back, so a later save is what counts).
 */
function hasUnsavedEdits(file: string): boolean {
	const { dir, base } = path.parse(file);
	if (lstatSync(path.join(dir, `.#${base}`), { throwIfNoEntry: false })) return true;
	const saved = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
	return [path.join(dir, `.${base}.swp`), ...swapsOfNeovim(file)].some((swap) => {
		const written = statSync(swap, { throwIfNoEntry: false })?.mtimeMs ?? 0;
		return written > saved && readIfThere(swap)?.[DIRTY_AT] === DIRTY;
	});
}

const DIRTY_AT = 1007;
const DIRTY = 0x55;

/** neovim keeps them together (`:help directory`), by its version among what it calls data or state. */
function swapsOfNeovim(file: string): string[] {
	const { env } = process;
	const homes = [
		env['XDG_STATE_HOME'] ?? path.join(os.homedir(), '.local/state'),
		env['XDG_DATA_HOME'] ?? path.join(os.homedir(), '.local/share'),
	];
	return homes.map((home) => path.join(home, 'nvim/swap', `${file.replaceAll('/', '%')}.swp`));
}
