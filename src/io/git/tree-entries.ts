import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { TreeId } from '../../core/types.ts';
import { DURABLE } from './git.ts';
import type { Project } from '../project.ts';

/** A path in which two trees differ, as both have it. `ABSENT` for the mode of one that does not have it. */
export interface TreeEntry {
	readonly oldMode: string;
	readonly mode: string;
	readonly oldId: string;
	readonly id: string;
	/** One character a byte. */
	readonly file: string;
}

export const ABSENT = '000000';
export const SUBMODULE = '160000';

/** Every path in which two trees, or commits, differ; submodules are paths as well. */
export async function entriesBetween(project: Project, from: string, to: string): Promise<TreeEntry[]> {
	const args = ['diff-tree', '-r', '-z', '--raw', '--no-renames', '--ignore-submodules=none', from, to];
	return rawEntries(await project.git(args, { encoding: 'latin1' }));
}

/** `:oldmode newmode oldid newid status NUL path NUL`, as diff-tree prints it with `-z --raw`. */
function rawEntries(raw: string): TreeEntry[] {
	const fields = raw.split('\0');
	const entries = [];
	for (let at = 0; at + 1 < fields.length; at += 2) {
		const [oldMode = '', mode = '', oldId = '', id = ''] = fields[at]!.slice(1).split(' ');
		entries.push({ oldMode, mode, oldId, id, file: fields[at + 1]! });
	}
	return entries;
}

/** A tree with some of its paths as the entries have them. Made in a scratch index. */
export async function treeWith(
	project: Project,
	tree: string,
	entries: readonly TreeEntry[],
): Promise<TreeId> {
	const { git } = project;
	const index = path.join(project.state, 'landing.index');
	for (const each of [index, `${index}.lock`]) await rm(each, { force: true });
	await git(['read-tree', tree], { index });
	await git(['update-index', '-z', '--index-info'], {
		index,
		input: asIndexInfo(entries),
		encoding: 'latin1',
	});
	return (await git(['write-tree'], { index, durable: DURABLE })).trim() as TreeId;
}

/** What brings an index from the first tree to the second, on the stdin of `update-index -z --index-info`, in latin1. */
export function asIndexInfo(entries: readonly TreeEntry[]): string {
	return entries.map(({ mode, id, file }) => `${mode === ABSENT ? '0' : mode} ${id}\t${file}\0`).join('');
}
