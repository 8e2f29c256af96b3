import { chmodSync, lstatSync } from 'node:fs';
import type { Stats } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type { Project } from '../project.ts';
import { asText } from '../steering/steering-files.ts';
import { isAbsence } from '../steering/todo-file.ts';

// Files and folders that a session closed to everybody, the loop included.

/** What its owner needs of a folder to see what is in it, and to change that. */
export const READ = 0o500;
export const WRITE = 0o700;

/** Opens those of our own that a session closed, the outer ones first. Names are one character a byte. */
export function openFolders({ root }: Project, names: readonly string[], needs: number): void {
	for (const name of [...new Set(names)].toSorted()) {
		const folder = path.join(root, asText(name));
		const found = ownAt(folder);
		if (!found?.isDirectory() || (found.mode & needs) === needs) continue;
		chmodSync(folder, (found.mode & 0o7777) | needs);
	}
}

/** Of `a/b/c`: the root, `a` and `a/b`. */
export function foldersAround(name: string): string[] {
	const parts = name.split('/').slice(0, -1);
	return ['', ...parts.map((_, index) => parts.slice(0, index + 1).join('/'))];
}

/** What is there and belongs to this user, links as they are; null: nothing that could be opened. */
export function ownAt(file: string): Stats | null {
	try {
		const found = lstatSync(file, { throwIfNoEntry: false });
		return found?.uid === process.getuid?.() ? (found ?? null) : null;
	} catch (error) {
		if (isAbsence(error)) return null;
		throw error;
	}
}
