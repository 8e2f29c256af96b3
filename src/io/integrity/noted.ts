import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isObject, jsonObject } from '../../core/json.ts';
import type { Position } from '../git/position.ts';
import type { Project } from '../project.ts';
import { textIfThere } from '../steering/todo-file.ts';
import type { Reach } from '../walls/walls.ts';
import type { NotedList } from './restore-list.ts';

/** What there was before a session. */
export interface Noted {
	readonly reach: Reach;
	readonly at: Position;
	/** What tells the git directory from another one in its place. */
	readonly folder: string;
	readonly files: readonly (readonly [string, string | null])[];
	readonly locks: readonly string[];
	readonly unfinished: readonly string[];
	readonly list: NotedList | null;
}

/** Where it is while the session lives, for the loop that comes after one that died meanwhile. */
export function notedFile(project: Project): string {
	return path.join(project.state, 'before.json');
}

/** Whole or not at all, and on the disk when it returns. */
export function writeNoted(project: Project, noted: Noted): void {
	mkdirSync(project.state, { recursive: true, mode: 0o700 });
	const making = `${notedFile(project)}.new`;
	// A pipe in its place would be waited for, for ever.
	rmSync(making, { recursive: true, force: true });
	writeFileSync(making, JSON.stringify(noted), { flag: 'wx', flush: true, mode: 0o600 });
	renameSync(making, notedFile(project));
}

/** null as well where a session left something else there: it could have removed it. */
export function readNoted(project: Project): Noted | null {
	const value = jsonObject(textIfThere(notedFile(project)));
	return isNoted(value) ? value : null;
}

/** Of each part its shape: what it says can only be believed. */
function isNoted(value: unknown): value is Noted {
	if (!isObject(value)) return false;
	const { reach, at, folder, files, locks, unfinished, list } = value;
	return (
		REACHES.includes(reach) &&
		isObject(at) &&
		/^[0-9a-f]{40,64}$/.test(String(at['head'])) &&
		/^(?:HEAD|refs\/heads\/.+)$/.test(String(at['branch'])) &&
		isPath(folder) &&
		Array.isArray(files) &&
		files.every((pair) => Array.isArray(pair) && isPath(pair[0]) && isTextOrNull(pair[1])) &&
		[locks, unfinished].every((paths) => Array.isArray(paths) && paths.every(isPath)) &&
		(list === null || isNotedList(list))
	);
}

function isNotedList(value: unknown): value is NotedList {
	if (!isObject(value)) return false;
	const { file, bytes, mode, link } = value;
	return (
		isPath(file) && typeof bytes === 'string' && Number.isInteger(mode) && (link === null || isPath(link))
	);
}

const REACHES: readonly unknown[] = ['work tree', 'everything'] satisfies Reach[];

/** No name of a file holds a NUL. */
function isPath(value: unknown): value is string {
	return typeof value === 'string' && !value.includes('\0');
}

function isTextOrNull(value: unknown): value is string | null {
	return value === null || typeof value === 'string';
}
