import { lstatSync, readdirSync } from 'node:fs';
import type { Stats } from 'node:fs';
import path from 'node:path';
import { remove } from '../walls/layers.ts';

/** Keeps what people read of sessions and checks from growing for ever. */
export interface LogRoom {
	/**
	 * Removes the oldest logs until all together take less than the limit. To be called before a session, as what it writes
	 * must find room. Resolves to one line the first time that any are removed, else to none.
	 */
	make(): Promise<string[]>;
}

/** In bytes as the disk counts them. `each`: what comes at most from one call to the next. */
interface Limits {
	readonly most: number;
	readonly each: number;
}

const MB = 1024 * 1024;
const LIMITS: Limits = { most: 1024 * MB, each: 64 * MB };

/** Of the folder `.nightloop`. Looked through anew only when so much may have come since that it could be too much. */
export function openLogRoom(folder: string, { most, each }: Limits = LIMITS): LogRoom {
	/** Somebody put more into it than the loop would have: that is no reason for others to go. */
	const first = ({ at, bytes }: Log) => (bytes > each ? 0 : at);
	/** Calls for which there is room for certain. */
	let certain = 0;
	let told = false;
	return {
		async make() {
			if (certain-- > 0) return [];
			const logs = KINDS.flatMap(({ name, names }) => logsIn(path.join(folder, name), names)).toSorted(
				(one, other) => first(one) - first(other),
			);
			let taken = logs.reduce((sum, { bytes }) => sum + bytes, 0);
			let removed = 0;
			for (const log of logs) {
				if (taken <= most - each) break;
				await remove(log.path);
				taken -= log.bytes;
				removed++;
			}
			certain = Math.max(0, Math.floor((most - taken) / each) - 1);
			if (removed === 0 || told) return [];
			told = true;
			return [`the oldest logs are removed from now on: all together are kept below ${most / MB} MB`];
		},
	};
}

/** As the loop names them; what else lies there is not its own. */
const KINDS = [
	{ name: 'sessions', names: /^\d{4,}-[a-z-]+$/ },
	{ name: 'checks', names: /^[0-9a-f]{12}-[a-z0-9-]+\.log$/ },
];

interface Log {
	readonly path: string;
	/** When it was written to last, in ms. */
	readonly at: number;
	readonly bytes: number;
}

function logsIn(folder: string, names: RegExp): Log[] {
	// A session may have put a link in its place.
	if (!lookAt(folder)?.isDirectory()) return [];
	return readdirSync(folder)
		.filter((name) => names.test(name))
		.flatMap((name) => {
			const file = path.join(folder, name);
			const found = lookAt(file);
			return found ? [{ path: file, at: found.mtimeMs, bytes: sizeOf(file, found) }] : [];
		});
}

/** No link is followed: what it leads to is nobody's log. */
function sizeOf(file: string, found: Stats): number {
	const own = Math.max(LEAST, found.blocks * 512);
	if (!found.isDirectory()) return own;
	return (inReach(() => readdirSync(file)) ?? []).reduce((sum, name) => {
		const within = path.join(file, name);
		const next = lookAt(within);
		return sum + (next ? sizeOf(within, next) : 0);
	}, own);
}

/** In bytes: an empty file is one more to be kept, too. */
const LEAST = 4096;

function lookAt(file: string): Stats | null {
	return inReach(() => lstatSync(file, { throwIfNoEntry: false })) ?? null;
}

/** A session may have closed a folder, or made one that is too deep to have a path. */
function inReach<Found>(look: () => Found): Found | null {
	try {
		return look();
	} catch (error) {
		if (['ENAMETOOLONG', 'EACCES', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? ''))
			return null;
		throw error;
	}
}
