import { cut } from '../plain.ts';
import type { Change } from '../types.ts';

/** A change as git tells it: with the ids of its objects, zeros where there is none. */
export interface RawChange extends Change {
	readonly oldId: string;
	readonly newId: string;
}

/**
 * The changes in the output of
 * `git diff-tree -r -z --raw --numstat --no-renames --ignore-submodules=none BASE CANDIDATE`: first a record
 * `:OLDMODE NEWMODE OLD NEW STATUS NUL path NUL` for each path, then `ADDED TAB DELETED TAB path NUL` for each in the same
 * order (`-` for binary). Without `--ignore-submodules=none` a `.gitmodules` in the tree can hide submodule moves.
 * Throws on anything else: a change that was overlooked would not be judged.
 */
export function parseRawDiff(output: string): RawChange[] {
	const changes: Omit<RawChange, 'added' | 'deleted'>[] = [];
	const sizes: Pick<Change, 'path' | 'added' | 'deleted'>[] = [];
	// Sticky: each pattern eats its records from the start on, one after the other, and leaves the rest.
	const rest = output
		.replace(
			/:(\d{6}) (\d{6}) ([\da-f]+) ([\da-f]+) [^\0]+\0([^\0]+)\0/gy,
			(_, oldMode: string, newMode: string, oldId: string, newId: string, path: string) => {
				changes.push({ path, status: statusOf(oldMode, newMode), oldMode, newMode, oldId, newId });
				return '';
			},
		)
		.replace(/(\d+|-)\t(\d+|-)\t([^\0]+)\0/gy, (_, added: string, deleted: string, path: string) => {
			sizes.push({ path, added: lineCount(added), deleted: lineCount(deleted) });
			return '';
		});
	if (rest !== '' || pathsOf(changes) !== pathsOf(sizes)) {
		throw new Error(`git diff-tree: records that do not add up: ${JSON.stringify(cut(output, 500))}`);
	}
	return changes.map((change, i) => ({ ...change, added: null, deleted: null, ...sizes[i] }));
}

function statusOf(oldMode: string, newMode: string): Change['status'] {
	if (oldMode === '000000') {
		return 'added';
	}
	if (newMode === '000000') {
		return 'deleted';
	}
	// The first three digits of a mode are the type: file, symbolic link, submodule.
	return oldMode.slice(0, 3) === newMode.slice(0, 3) ? 'modified' : 'type-changed';
}

function lineCount(field: string): number | null {
	return field === '-' ? null : Number(field);
}

function pathsOf(records: readonly { path: string }[]): string {
	return records.map(({ path }) => path).join('\0');
}
