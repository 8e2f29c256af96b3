import { closeSync, fsyncSync, lstatSync, mkdirSync, openSync } from 'node:fs';
import { mkdtempSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import type { Stats } from 'node:fs';
import path from 'node:path';
import { list } from './private-index.ts';
import { ABSENT, asIndexInfo, SUBMODULE } from './tree-entries.ts';
import type { TreeEntry } from './tree-entries.ts';
import type { Project } from '../project.ts';
import { isAbsence } from '../steering/todo-file.ts';

// Files of the work tree are brought from one commit to another: each in one step, so that a kill at any point leaves it as
// in the one or as in the other. Names are one character a byte. Submodules are left as they are.

/** Paths that are not as before the change, or lie where it would write. */
export async function inTheWay(project: Project, entries: readonly TreeEntry[]): Promise<string[]> {
	const changed = await differing(project, entries.map(backwards));
	const removed = new Set(entries.filter(isRemoved).map(({ file }) => file));
	const blocking = entries
		.filter(isWritten)
		.flatMap(({ file }) => [...filesAbove(project, file), ...filesIn(project, file)])
		.filter((name) => !removed.has(name));
	return [...new Set([...changed, ...blocking])];
}

/** Brings those that are as before the change; repeated, it does the rest. Resolves to paths that are neither. */
export async function bringFiles(project: Project, entries: readonly TreeEntry[]): Promise<string[]> {
	removeStale(project);
	const due = await differing(project, entries);
	const kept = await differing(project, entries.map(backwards));
	const [theirs, ours] = [true, false].map((isKept) =>
		entries.filter(({ file }) => due.has(file) && kept.has(file) === isKept),
	) as [TreeEntry[], TreeEntry[]];
	for (const { file } of ours.filter(isRemoved)) rmSync(at(project.root, file), { force: true });
	for (const { file } of entries.filter(isRemoved)) removeEmptyAbove(project, file);
	return [...theirs.map(({ file }) => file), ...(await write(project, ours.filter(isWritten)))];
}

function isRemoved({ mode }: TreeEntry): boolean {
	return mode === ABSENT;
}

function isWritten({ mode }: TreeEntry): boolean {
	return mode !== ABSENT && mode !== SUBMODULE;
}

function backwards({ oldMode, mode, oldId, id, file }: TreeEntry): TreeEntry {
	return { oldMode: mode, mode: oldMode, oldId: id, id: oldId, file };
}

/** Paths that the work tree does not have as the second tree does. */
async function differing(project: Project, entries: readonly TreeEntry[]): Promise<Set<string>> {
	const written = entries.filter(isWritten);
	const there = entries
		.filter(isRemoved)
		.filter(({ file }) => foundAt(project, file)?.isDirectory() === false);
	const index = await indexOf(project, written);
	const changed = await project.git(['ls-files', '-m', '-d', '-z'], { index, encoding: 'latin1' });
	return new Set([...there.map(({ file }) => file), ...list(changed)]);
}

/** An index of these files alone: git then looks at no others. */
async function indexOf(project: Project, written: readonly TreeEntry[]): Promise<string> {
	const index = path.join(project.state, 'undo.index');
	for (const each of [index, `${index}.lock`]) rmSync(each, { force: true });
	const input = asIndexInfo(written);
	await project.git(['update-index', '-z', '--index-info'], { index, input, encoding: 'latin1' });
	return index;
}

/** What is no folder, though the path leads through it. */
function filesAbove(project: Project, name: string): string[] {
	return above(name).filter((each) => foundAt(project, each)?.isDirectory() === false);
}

/** Of `a/b/c`: `a` and `a/b`. */
function above(name: string): string[] {
	const parts = name.split('/').slice(0, -1);
	return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** What lies in the folder that is there in place of a file. */
function filesIn(project: Project, name: string): string[] {
	if (!foundAt(project, name)?.isDirectory()) return [];
	return readdirSync(at(project.root, name), { encoding: 'latin1' }).flatMap((each) => {
		const inside = `${name}/${each}`;
		return foundAt(project, inside)?.isDirectory() ? filesIn(project, inside) : [inside];
	});
}

/** As git does with folders that a file was the last in. */
function removeEmptyAbove(project: Project, name: string): void {
	for (const folder of above(name).toReversed()) {
		const isThere = foundAt(project, folder) !== null;
		if (isThere && !unless(HINDRANCES, () => rmdirSync(at(project.root, folder)))) return;
	}
}

/** Resolves to the paths where something came in the way. */
async function write(project: Project, entries: readonly TreeEntry[]): Promise<string[]> {
	if (entries.length === 0) return [];
	const folder = mkdtempSync(path.join(project.logs, TEMPORARY));
	const index = await indexOf(project, entries);
	const names = entries.map(({ file }) => file);
	const checkOut = async (which: readonly string[], ...how: string[]) =>
		project.git(['checkout-index', '-z', '--stdin', ...how], {
			index,
			input: which.join('\0'),
			encoding: 'latin1',
		});
	await checkOut(names, `--prefix=${folder}/`);
	const stuck = names.filter((name) => !unless(HINDRANCES, () => makeRoom(project, name)));
	const free = names.filter((name) => !stuck.includes(name));
	const far = free.filter((name) => !unless(['EXDEV'], () => moveIn(project, folder, name)));
	if (far.length > 0) await checkOut(far, '--force');
	for (const each of new Set(free.map((name) => path.posix.dirname(name)))) sync(at(project.root, each));
	rmSync(folder, { recursive: true, force: true });
	return stuck;
}

const TEMPORARY = 'undo-';

function removeStale({ logs }: Project): void {
	for (const name of readdirSync(logs).filter((each) => each.startsWith(TEMPORARY)))
		rmSync(path.join(logs, name), { recursive: true, force: true });
}

function makeRoom(project: Project, name: string): void {
	mkdirSync(at(project.root, path.posix.dirname(name)), { recursive: true });
	if (foundAt(project, name)?.isDirectory()) removeEmpty(project, name);
}

function removeEmpty(project: Project, name: string): void {
	const folder = at(project.root, name);
	for (const each of readdirSync(folder, { encoding: 'latin1' })) removeEmpty(project, `${name}/${each}`);
	rmdirSync(folder);
}

function moveIn(project: Project, folder: string, name: string): void {
	const [from, to] = [at(folder, name), at(project.root, name)];
	if (lstatSync(from).isFile()) sync(from);
	renameSync(from, to);
}

/** A rename must not reach the disk before what it names. */
function sync(file: Buffer): void {
	const fd = openSync(file, 'r');
	try {
		fsyncSync(fd);
	} finally {
		closeSync(fd);
	}
}

/** false: it failed for one of these reasons. */
function unless(reasons: readonly string[], act: () => void): boolean {
	try {
		act();
		return true;
	} catch (error) {
		if (reasons.includes((error as NodeJS.ErrnoException).code ?? '')) return false;
		throw error;
	}
}

const HINDRANCES = ['ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EISDIR', 'ENOENT', 'EBUSY'];

/** null: nothing is there. Links are as they are. */
function foundAt(project: Project, name: string): Stats | null {
	try {
		return lstatSync(at(project.root, name), { throwIfNoEntry: false }) ?? null;
	} catch (error) {
		if (isAbsence(error)) return null;
		throw error;
	}
}

function at(folder: string, name: string): Buffer {
	return Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name, 'latin1')]);
}
