import { constants, lstatSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, readlink, rm, symlink, utimes } from 'node:fs/promises';
import path from 'node:path';

/**
 * Makes `to` the same as `from`: files by size and modification time, links as they are, folders recursively, and
 * nothing else in them. Copies share their blocks where the file system can. Sockets and devices are passed over.
 */
export async function mirror(from: string, to: string): Promise<void> {
	const source = lstatSync(from, { throwIfNoEntry: false });
	const target = lstatSync(to, { throwIfNoEntry: false });
	if (source && target && isSameFile(source, target)) return;
	const isFolder = source?.isDirectory() && target?.isDirectory();
	if (!isFolder) await rm(to, { recursive: true, force: true });
	if (source) await copy(from, to, source);
}

async function copy(from: string, to: string, source: Stats): Promise<void> {
	await mkdir(path.dirname(to), { recursive: true });
	if (source.isDirectory()) await mirrorFolder(from, to);
	else if (source.isSymbolicLink()) await symlink(await readlink(from), to);
	else if (source.isFile()) await mirrorFile(from, to, source);
}

async function mirrorFolder(from: string, to: string): Promise<void> {
	await mkdir(to, { recursive: true });
	const names = await readdir(from);
	for (const stale of await readdir(to)) {
		if (!names.includes(stale)) await rm(path.join(to, stale), { recursive: true, force: true });
	}
	for (const name of names) await mirror(path.join(from, name), path.join(to, name));
}

async function mirrorFile(from: string, to: string, source: Stats): Promise<void> {
	await copyFile(from, to, constants.COPYFILE_FICLONE);
	await chmod(to, source.mode & 0o777);
	await utimes(to, source.atime, source.mtime);
}

/** Links are always made again: that is as cheap as reading them. */
function isSameFile(one: Stats, other: Stats): boolean {
	const isSame =
		one.size === other.size && one.mode === other.mode && Math.abs(one.mtimeMs - other.mtimeMs) < 1;
	return one.isFile() && other.isFile() && isSame;
}
