import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { openLines } from './lines.ts';
import type { Lines } from './lines.ts';

/** The output of a session, or of a check, as another process appends to it. */
export interface OutputLog {
	/**
	 * Takes in what has come since the last call, line by line where somebody wants lines, and keeps the file from filling
	 * the disk. Returns how many bytes came.
	 */
	follow(onLine: OnLine | null): number;
	/** All that is left to be read, once nothing writes to it any more. */
	rest(onLine: OnLine): void;
	/**
	 * How often lines of it were lost so far: too long to be read, or within some microseconds of a cut. No number says how
	 * many.
	 */
	losses(): number;
	/** The last part of it, at most `bytes` long. */
	last(bytes: number): LastPart;
	/** Leaves its beginning and its end, and a line between them. To be called when nothing writes to it any more. */
	close(): void;
}

interface LastPart {
	readonly text: string;
	/** `in doubt`: it was cut somewhere in this part, and a few bytes may be missing. */
	readonly state: 'whole' | 'in doubt';
}

type OnLine = (line: string) => void;

interface Limits {
	/** In bytes: from what size on it is cut, and how much of its beginning and of its end stays. */
	readonly most: number;
	readonly head: number;
	readonly tail: number;
	/** How long lines may be read at a time, in ms: who writes faster than they are read is not waited for. */
	readonly patience: number;
}

const MB = 1024 * 1024;
export const SESSION_LIMITS: Limits = { most: 64 * MB, head: 8 * MB, tail: 8 * MB, patience: 250 };
export const CHECK_LIMITS: Limits = { most: 15 * MB, head: 0, tail: MB, patience: 0 };

/** Opened before anything writes to it, and then never again by its name: anything may be put in its place. */
export function openLog(file: string, limits: Limits): OutputLog {
	const { most, head, patience } = limits;
	const fd = openSync(file, 'a+', 0o600);
	const log: Log = {
		fd,
		limits,
		lines: openLines(),
		position: 0,
		cuts: 0,
		emptied: 0,
		gone: 0,
		before: Buffer.alloc(0),
		store: null,
	};
	return {
		follow(onLine) {
			// Its own writer may have emptied it.
			noteEmptied(log);
			const came = sizeOf(fd) - log.position;
			if (onLine) readLines(log, onLine, patience);
			else log.position = sizeOf(fd);
			if (sizeOf(fd) > most) cut(log, onLine);
			return came;
		},
		rest(onLine) {
			noteEmptied(log);
			readLines(log, onLine, Number.POSITIVE_INFINITY);
		},
		losses: () => log.cuts + log.lines.passed() + log.emptied,
		last: (bytes) => ({
			text: lastOf(log, bytes).toString('utf8'),
			state: log.gone === 0 || sizeOf(fd) - head >= bytes ? 'whole' : 'in doubt',
		}),
		close() {
			if (log.gone > 0 || sizeOf(fd) > most) joinEnds(log);
			closeSync(fd);
		},
	};
}

/** The last part of a file, at most `bytes` long. */
export function endOf(file: string, bytes: number): string {
	const fd = openSync(file, 'r');
	try {
		const { size } = fstatSync(fd);
		return readBetween(fd, Math.max(0, size - bytes), size).toString('utf8');
	} finally {
		closeSync(fd);
	}
}

interface Log {
	readonly fd: number;
	readonly limits: Limits;
	readonly lines: Lines;
	/** Up to where it was taken in. */
	position: number;
	cuts: number;
	/** How often it became shorter by another hand. */
	emptied: number;
	/** How many bytes were cut out. */
	gone: number;
	/** The end of what was cut out. Kept here, as what is appended meanwhile must come after it. */
	before: Buffer;
	/** Holds that. Most logs never need it. */
	store: Buffer | null;
}

function sizeOf(fd: number): number {
	return fstatSync(fd).size;
}

function noteEmptied(log: Log): void {
	const size = sizeOf(log.fd);
	if (size >= log.position) return;
	log.position = size;
	log.emptied++;
}

function readLines(log: Log, onLine: OnLine, patience: number): void {
	const until = performance.now() + patience;
	const left = () => sizeOf(log.fd) - log.position;
	for (let length = left(); length > 0 && performance.now() < until; length = left()) {
		length = readSync(log.fd, CHUNK, 0, Math.min(CHUNK.length, length), log.position);
		log.lines.take(CHUNK.subarray(0, length), onLine);
		log.position += length;
	}
}

/** Lines are made of it as soon as it is read: all logs can share it. */
const CHUNK = Buffer.allocUnsafeSlow(64 * 1024);

function cut(log: Log, onLine: OnLine | null): void {
	const { head, tail } = log.limits;
	log.store ??= Buffer.allocUnsafeSlow(tail + SPARE);
	const { seen, bytes } = cutOut(log.fd, { head, tail, store: log.store });
	const unread = seen - log.position;
	log.cuts++;
	log.gone += seen - head;
	log.before = bytes;
	log.position = head;
	if (onLine === null) return;
	if (unread > bytes.length) log.lines.passOver();
	if (unread > 0) log.lines.take(bytes.subarray(-unread), onLine);
	if (log.lines.isOpen()) log.lines.passOver();
}

function lastOf({ fd, limits, gone, before }: Log, bytes: number): Buffer {
	const size = sizeOf(fd);
	const rest = readBetween(fd, Math.max(gone > 0 ? limits.head : 0, size - bytes), size);
	const more = Math.min(before.length, bytes - rest.length);
	return more > 0 ? Buffer.concat([before.subarray(-more), rest]) : rest;
}

function joinEnds(log: Log): void {
	const { fd, limits, gone } = log;
	const kept = lastOf(log, limits.tail);
	const note = `[${gone + sizeOf(fd) - limits.head - kept.length} bytes were cut out here]\n`;
	ftruncateSync(fd, limits.head);
	writeSync(fd, Buffer.concat([Buffer.from(limits.head > 0 ? `\n${note}` : note), kept]));
}

const MOST_LOOKS = 10;
/** In bytes, for what comes from one look to the next. */
const SPARE = 1024 * 1024;

/**
 * Cuts all but its beginning out of a file that others append to. `bytes`, in `store`: the last that was in it, at least
 * `tail` where there was so much. What comes between the last look and the cut is lost: each look has only to read what
 * came since the one before, until that is nothing, or next to it.
 */
function cutOut(
	fd: number,
	{ head, tail, store }: { head: number; tail: number; store: Buffer },
): { seen: number; bytes: Buffer } {
	let seen = head;
	let length = 0;
	for (let looks = 0; looks < MOST_LOOKS; looks++) {
		const { size } = fstatSync(fd);
		if (size <= seen) break;
		const came = Math.min(tail, size - seen);
		if (length + came > store.length) {
			store.copyWithin(0, length + came - tail, length);
			length = tail - came;
		}
		// All of it came since the last look, and more.
		if (came < size - seen) length = 0;
		length += readSync(fd, store, length, came, size - came);
		seen = size;
	}
	ftruncateSync(fd, head);
	return { seen, bytes: store.subarray(0, length) };
}

function readBetween(fd: number, from: number, to: number): Buffer {
	const buffer = Buffer.allocUnsafe(Math.max(0, to - from));
	return buffer.subarray(0, readSync(fd, buffer, 0, buffer.length, from));
}
