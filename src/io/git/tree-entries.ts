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

/** What brings an index from the first tree to the second, on the stdin of `update-index -z --index-info`, in latin1. */
export function asIndexInfo(entries: readonly TreeEntry[]): string {
	return entries.map(({ mode, id, file }) => `${mode === ABSENT ? '0' : mode} ${id}\t${file}\0`).join('');
}
