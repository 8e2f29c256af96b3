import { chmodSync, existsSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { putAside } from '../git/aside.ts';
import {
	copyObject,
	isObject,
	isOfObjects,
	isSame,
	listOf,
	lookAt,
	mirrorGit,
	nothingSeen,
	remember,
	stampOf,
	within,
} from './git-mirror.ts';
import type { Seen } from './git-mirror.ts';
import { isSameContent } from './same-content.ts';
import { isFolder, ownFolder } from '../own-folder.ts';
import type { Project } from '../project.ts';

// Where a session can write to everything, the git directory has a shadow outside of the repository. Whatever a session
// does to it, what was in it before is still there.

/** Brings the shadow up to date; again where a git moved objects from one file to another meanwhile. */
export function castShadow(project: Project): void {
	const packs = path.join(project.commonDir, 'objects/pack');
	for (let tries = 1; ; tries++) {
		const before = lookAt(packs);
		try {
			castOnce(project);
			if (before === null || isSame(before, lookAt(packs)) || tries === MOST_TRIES) return;
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || tries === MOST_TRIES) throw error;
		}
	}
}

/** Each goes on with what the one before it has brought. */
const MOST_TRIES = 20;

function castOnce(project: Project): void {
	const shadow = shadowOf(project);
	if (!isFolder(project.cache)) ownFolder(project.cache);
	const seen = hasShadow(project) ? seenOf(project) : forget(project);
	mirrorGit(project.commonDir, shadow, seen);
}

/** Where a file of the git directory has its shadow. */
export function shadowOf(project: Project, file: string = project.commonDir): string {
	return path.join(project.cache, 'shadow', path.relative(project.commonDir, file));
}

/** Whether it is one still. What is not as git needs it has been tampered with, and nothing is to be put back from it. */
export function hasShadow(project: Project): boolean {
	const [head, ...folders] = ['HEAD', 'objects', 'refs'].map((name) =>
		lookAt(path.join(shadowOf(project), name)),
	);
	return head?.isFile() === true && folders.every((each) => each?.isDirectory());
}

/**
 * Makes the git directory again from its shadow where it is gone, or is no repository any more. What is there instead is
 * put aside. Resolves to one line for what was done.
 */
export function rebuildIfLost(project: Project): string[] {
	const { commonDir, gitDir, root } = project;
	if (!existsSync(path.join(shadowOf(project), 'HEAD'))) return [];
	const closed = [commonDir, gitDir].filter(openAgain);
	const lost = [
		{ folder: commonDir, needs: ['', 'objects', 'refs'] },
		{ folder: gitDir, needs: ['', 'nightloop'] },
	].find(
		({ folder, needs }) => !needs.every((name) => lookAt(path.join(folder, name))?.isDirectory()),
	)?.folder;
	if (lost === undefined)
		return [...new Set(closed)].map((folder) => `${path.relative(root, folder)} ${CLOSED}`);
	if (lookAt(lost)) putAside(project, lost);
	mirrorGit(shadowOf(project, lost), lost, nothingSeen());
	forget(project);
	return [`${path.relative(root, lost)} was destroyed by the session: rebuilt as it was before it`];
}

const CLOSED = 'was closed to the loop during the session: opened again';

/** Files of the git directory, by path in it, that are not as in the shadow: changed, new or gone. Objects aside. */
export function changedFiles(project: Project, folder = ''): string[] {
	if (isOfObjects(folder)) return [];
	const [seen, shadow] = [seenOf(project), shadowOf(project)];
	const now = listOf(project.commonDir, folder, seen);
	const was = seen.folders.get(folder) ?? listOf(shadow, folder, nothingSeen());
	const files = both(was.files, now.files).map((name) => within(folder, name));
	const folders = both(was.folders, now.folders);
	return [
		...files.filter((name) => hasChanged(project, name, seen)),
		...folders.flatMap((name) => changedFiles(project, within(folder, name))),
	];
}

/** Objects, by path in the git directory, that are not there any more or not as they were. */
export function lostObjects(project: Project, folder = ''): string[] {
	const was = seenOf(project).folders.get(folder) ?? listOf(shadowOf(project), folder, nothingSeen());
	const objects = was.files.map((name) => within(folder, name)).filter(isObject);
	return [
		...objects.filter((name) => isLost(project, name)),
		...was.folders.flatMap((name) => lostObjects(project, within(folder, name))),
	];
}

/** Puts objects back, by path in the git directory. */
export function bringBack(project: Project, objects: readonly string[]): void {
	for (const name of objects)
		copyObject(path.join(shadowOf(project), name), path.join(project.commonDir, name));
}

const memories = new WeakMap<Project, Seen>();

function seenOf(project: Project): Seen {
	return memories.get(project) ?? forget(project);
}

function forget(project: Project): Seen {
	const seen = nothingSeen();
	memories.set(project, seen);
	return seen;
}

function openAgain(folder: string): boolean {
	const found = lookAt(folder);
	if (!found?.isDirectory() || (found.mode & 0o700) === 0o700) return false;
	chmodSync(folder, (found.mode & 0o777) | 0o700);
	return true;
}

function both(some: readonly string[], others: readonly string[]): readonly string[] {
	return some === others ? some : [...new Set([...some, ...others])];
}

function hasChanged(project: Project, name: string, seen: Seen): boolean {
	const [is, was] = [`${project.commonDir}/${name}`, path.join(shadowOf(project), name)];
	const stat = lookAt(is);
	if (isSame(seen.files.get(name), stat)) return false;
	const before = lookAt(was);
	if (stat?.size !== before?.size || kindOf(is, stat) !== kindOf(was, before)) return true;
	return stat?.isFile() === true && !isSameContent(is, was);
}

function kindOf(file: string, stat: ReturnType<typeof lookAt>): string {
	if (!stat || stat.isDirectory()) return 'no file';
	if (stat.isSymbolicLink()) return `link to ${readlinkSync(file)}`;
	return stat.isFile() ? 'file' : 'nothing to read';
}

/** One that git found again has another time, and is the same all the same. */
function isLost(project: Project, name: string): boolean {
	const { files } = seenOf(project);
	const [is, was] = [`${project.commonDir}/${name}`, path.join(shadowOf(project), name)];
	const stat = lookAt(is);
	if (isSame(files.get(name), stat)) return false;
	const before = lookAt(was);
	if (!stat?.isFile() || stat.size !== before?.size) return before !== null;
	const isEqual = Math.abs(stat.mtimeMs - before.mtimeMs) < 1 || isSameContent(is, was);
	if (isEqual) remember(files, name, stampOf(stat), stat);
	return !isEqual;
}
