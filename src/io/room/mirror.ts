import { constants } from 'node:fs';
import type { Stats } from 'node:fs';
import {
	access,
	chmod,
	copyFile,
	lstat,
	mkdir,
	readFile,
	readlink,
	rm,
	symlink,
	utimes,
	writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { listing, stampOf } from './listing.ts';
import { openRelocation } from './relocate.ts';

/** One folder that is kept as another one is, in parts. */
export interface Mirror {
	/**
	 * Makes the named files and folders the same here as there: contents, modes, times and links, and nothing else in the
	 * folders. Where a text or a link says the one folder, the copy says the other. Sockets, devices and what may not be read are passed over. Rejects for what stands in the way.
	 */
	bring(names: readonly string[]): Promise<void>;
}

/**
 * Copies, never hard links; they share their blocks where the file system can. A file is taken for the same only while
 * neither side was touched since this very mirror copied it.
 */
export function openMirror(from: string, to: string): Mirror {
	/** Stamps of both sides. */
	const known = new Map<string, string>();
	const copy = openCopy(from, to);
	return {
		async bring(names) {
			const isLarge = known.size > MANY;
			const [source, target] = await Promise.all([
				listing(from, names, isLarge),
				listing(to, names, isLarge),
			]);
			const { stale, folders, files } = compare(source, target, known);
			for (const name of stale) await rm(path.join(to, name), { recursive: true, force: true });
			for (const name of folders) await mkdir(path.join(to, name), { recursive: true });
			await together(files, async ({ name, stamp, isThere }) => {
				known.delete(name);
				const made = await copy(name, isThere);
				if (made !== null) known.set(name, pair(stamp, made));
			});
		},
	};
}

interface Wanted {
	readonly name: string;
	readonly stamp: string;
	/** Whether there is a file of that name in the mirror. */
	readonly isThere: boolean;
}

function compare(source: readonly string[], target: readonly string[], known: ReadonlyMap<string, string>) {
	const left = new Map<string, string>();
	for (let at = 0; at < target.length; at += 2) left.set(target[at]!, target[at + 1]!);
	const folders: string[] = [];
	const files: Wanted[] = [];
	for (let at = 0; at < source.length; at += 2) {
		const [name, stamp] = [source[at]!, source[at + 1]!];
		const copy = left.get(name);
		left.delete(name);
		if (stamp !== '') {
			const isSame = copy !== undefined && known.get(name) === pair(stamp, copy);
			if (!isSame) files.push({ name, stamp, isThere: copy !== undefined });
		} else if (copy === undefined) folders.push(name);
	}
	return { stale: left.keys(), folders, files };
}

/** So many files take a thread. */
const MANY = 2000;

/** As many at a time as node has threads for files, and some to keep them busy. */
const AT_A_TIME = 16;

function pair(source: string, target: string): string {
	return `${source} ${target}`;
}

async function together<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
	const left = items.values();
	const worker = async () => {
		for (const item of left) await work(item);
	};
	await Promise.all(Array.from({ length: AT_A_TIME }, worker));
}

/** Resolves to the stamp of the copy. null: what was to be copied cannot be read, or is gone meanwhile. */
function openCopy(from: string, to: string) {
	const relocate = openRelocation(from, to);
	const make = async (source: Stats, original: string, copy: string) => {
		if (source.isSymbolicLink()) {
			const target = await readlink(original, 'buffer');
			return symlink(relocate(target) ?? target, copy);
		}
		const moved = source.size <= LONGEST_TEXT ? relocate(await readFile(original)) : null;
		if (moved) await writeFile(copy, moved, { flag: 'wx' });
		else await copyFile(original, copy, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
		if (moved) await chmod(copy, source.mode);
		await utimes(copy, source.atime, source.mtime);
	};
	return async (name: string, isThere: boolean): Promise<string | null> => {
		const [original, copy] = [path.join(from, name), path.join(to, name)];
		try {
			if (isThere) await rm(copy, { force: true });
			else await mkdir(path.dirname(copy), { recursive: true });
			await make(await lstat(original), original, copy);
			return stampOf(await lstat(copy));
		} catch (error) {
			if (await isReadable(original)) throw error;
			return null;
		}
	};
}

/** In bytes. What is longer is taken for no text. */
const LONGEST_TEXT = 1024 * 1024;

async function isReadable(file: string): Promise<boolean> {
	return (
		(await lstat(file).catch(() => null))?.isSymbolicLink() ||
		access(file, constants.R_OK).then(
			() => true,
			() => false,
		)
	);
}
