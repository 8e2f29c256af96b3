import {
	constants,
	copyFileSync,
	linkSync,
	lstatSync,
	mkdirSync,
	readdirSync,
	readlinkSync,
	rmSync,
	statSync,
	symlinkSync,
	utimesSync,
} from 'node:fs';
import type { Stats } from 'node:fs';
import path from 'node:path';
import { isAbsence } from '../steering/todo-file.ts';

/** What was seen of a git directory when it was mirrored last, by path in it: what is still so need not be read again. */
export interface Seen {
	readonly folders: Map<string, Listing>;
	readonly files: Map<string, Stamp>;
}

/** What tells one state of a file from another. All that the system says of one takes ten times the memory. */
type Stamp = Pick<Stats, 'ino' | 'ctimeMs' | 'size'>;

/** What is in a folder, locks aside; whatever is no folder is among the files. */
export interface Listing {
	readonly stat: Stamp | null;
	readonly files: readonly string[];
	readonly folders: readonly string[];
}

export function nothingSeen(): Seen {
	return { folders: new Map(), files: new Map() };
}

/**
 * Makes `to` hold what the git directory `from` holds. Costs a stat a file of what was seen before; of objects, which
 * nobody writes again once they are there, one a folder. What lies too deep to have a path is passed over.
 */
export function mirrorGit(from: string, to: string, seen: Seen, folder = ''): void {
	const now = listOf(from, folder, seen);
	const isKnown = seen.folders.get(folder) === now;
	if (!isKnown && !hasPath(() => prepare(path.join(to, folder), now))) return;
	if (!isKnown || !isOfObjects(folder)) {
		for (const name of now.files) hasPath(() => mirrorFile(from, to, within(folder, name), seen));
	}
	if (!isKnown) remember(seen.folders, folder, now, now.stat);
	for (const name of now.folders) mirrorGit(from, to, seen, within(folder, name));
}

/** What is in a folder of a git directory now; what was seen of it, itself, while that is still so. */
export function listOf(gitDir: string, folder: string, seen: Seen): Listing {
	const place = path.join(gitDir, folder);
	const stat = lookAt(place);
	const known = seen.folders.get(folder);
	if (known && isSame(known.stat, stat)) return known;
	if (!stat?.isDirectory()) return { stat: stat && stampOf(stat), files: [], folders: [] };
	const entries = readdirSync(place, { withFileTypes: true }).filter(({ name }) => !isPassing(folder, name));
	return {
		stat: stampOf(stat),
		files: entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name),
		folders: entries.filter((entry) => entry.isDirectory()).map(({ name }) => name),
	};
}

/** Whether a folder holds objects: the repository's, a submodule's, or those of git-lfs. */
export function isOfObjects(folder: string): boolean {
	const names = folder.split('/');
	const at = names.indexOf('objects');
	const isRef = names.slice(0, at).some((name) => name === 'refs' || name === 'logs');
	return at !== -1 && !isRef && names[at + 1] !== 'info';
}

/** Whether a file there is named by its content, so that it is never written again. */
export function isObject(name: string): boolean {
	return (
		isOfObjects(path.dirname(name)) && /^(?:[0-9a-f]{38,64}|pack-[0-9a-f]+\.\w+)$/.test(path.basename(name))
	);
}

/** A path in a git directory, as cheap as can be: there may be thousands of refs. */
export function within(folder: string, name: string): string {
	return folder === '' ? name : `${folder}/${name}`;
}

/** What is there, links as they are; null: nothing that can be named. */
export function lookAt(file: string): Stats | null {
	try {
		return lstatSync(file, { throwIfNoEntry: false }) ?? null;
	} catch (error) {
		if (isAbsence(error) || isTooLong(error)) return null;
		throw error;
	}
}

/** Whether nothing was written to it in between: the change time cannot be set by hand. */
export function isSame(one: Stamp | null | undefined, other: Stamp | null): boolean {
	if (!one || !other) return false;
	return one.ino === other.ino && one.ctimeMs === other.ctimeMs && one.size === other.size;
}

export function stampOf({ ino, ctimeMs, size }: Stats): Stamp {
	return { ino, ctimeMs, size };
}

/** Puts one file of `from` into `to`, or takes it away there where there is none. */
export function copyEntry(from: string, to: string): void {
	const stat = lookAt(from);
	makeRoom(to);
	if (stat?.isSymbolicLink()) symlinkSync(readlinkSync(from), to);
	else if (stat?.isFile()) copyFileSync(from, to, constants.COPYFILE_FICLONE);
}

/**
 * The same for an object, with its times. Its blocks are shared where the file system can; where it cannot, those of a
 * very large one are all the same, by a hard link.
 */
export function copyObject(from: string, to: string): void {
	const { size, atime, mtime } = statSync(from);
	makeRoom(to);
	if (size > LARGE && isClonedOrLinked(from, to)) return;
	copyFileSync(from, to, constants.COPYFILE_FICLONE);
	utimesSync(to, atime, mtime);
}

/** In bytes: a pack that nobody wants to have twice. */
const LARGE = 256 * 1024 * 1024;

function isClonedOrLinked(from: string, to: string): boolean {
	const ways = [() => copyFileSync(from, to, constants.COPYFILE_FICLONE_FORCE), () => linkSync(from, to)];
	return ways.some((way) => {
		try {
			way();
			return true;
		} catch (error) {
			if (UNABLE.includes((error as NodeJS.ErrnoException).code ?? '')) return false;
			throw error;
		}
	});
}

const UNABLE = ['EXDEV', 'EMLINK', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL', 'ENOTTY'];

function makeRoom(file: string): void {
	if (lookAt(file)) rmSync(file, { recursive: true });
	else mkdirSync(path.dirname(file), { recursive: true });
}

/** Locks of a git at work, and what is noted of the session itself. */
function isPassing(folder: string, name: string): boolean {
	return name.endsWith('.lock') || (folder.endsWith('nightloop') && name.startsWith('before.json'));
}

/** Whether what was to be done could be: on the one side or the other, a path may be longer than the system takes. */
function hasPath(act: () => void): boolean {
	try {
		act();
		return true;
	} catch (error) {
		if (isTooLong(error)) return false;
		throw error;
	}
}

function isTooLong(error: unknown): boolean {
	return (error as NodeJS.ErrnoException).code === 'ENAMETOOLONG';
}

/** A folder, with nothing in it that is not in the other one. */
function prepare(folder: string, { files, folders }: Listing): void {
	if (!lookAt(folder)?.isDirectory()) rmSync(folder, { force: true });
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	const wanted = new Set([...files, ...folders]);
	const stale = readdirSync(folder).filter((name) => !wanted.has(name));
	for (const name of stale) rmSync(path.join(folder, name), { recursive: true, force: true });
}

function mirrorFile(from: string, to: string, name: string, seen: Seen): void {
	const stat = lookAt(`${from}/${name}`);
	if (isSame(seen.files.get(name), stat)) return;
	const [source, target] = [path.join(from, name), path.join(to, name)];
	if (!isObject(name)) copyEntry(source, target);
	else if (stat?.isFile() && lookAt(target)?.size !== stat.size) copyObject(source, target);
	remember(seen.files, name, stat && stampOf(stat), stat);
}

/** Not what changed just now: a clock's tick may hold another change. */
export function remember<Value>(
	all: Map<string, Value>,
	name: string,
	value: Value | null,
	stat: Stamp | null,
) {
	if (value !== null && stat && Date.now() - stat.ctimeMs > TICK) all.set(name, value);
	else all.delete(name);
}

/** Longer than file systems take from one time to the next, in ms. */
const TICK = 50;
