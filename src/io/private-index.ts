import { existsSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { CommitId, TreeId } from '../core/types.ts';
import type { Git } from './git.ts';
import type { Project } from './project.ts';
import { withoutPath, withoutSteering } from './steering-files.ts';
import { DURABLE } from './git.ts';

/** An index of the loop's own, which says what the work tree holds. The person's index is never read for it. */
export interface PrivateIndex {
	/** The tree of the work tree as it is now, steering files as of `head`. Leaves out the given untracked paths. */
	treeOf(head: CommitId, leaveOut: readonly string[]): Promise<TreeId>;
	/** Paths that are not in `head`, not ignored and not steering; a nested repository ends in a slash. */
	untracked(head: CommitId): Promise<string[]>;
	/** Paths that differ from what was hashed last, steering and the given untracked ones aside. */
	drift(leaveOut: readonly string[]): Promise<string[]>;
	/** Brings the work tree from one tree to another. Rejects when it is not as it was hashed last. */
	move(from: string, to: string): Promise<void>;
}

/**
 * Seeded by `read-tree`, which keeps what it knows of files that did not change, so that only changed ones are hashed
 * again. That knowledge is only believed while nobody else has touched the file: else it is made anew.
 */
export function openPrivateIndex(project: Project): PrivateIndex {
	const file = path.join(project.state, 'index');
	const specs = withoutSteering(project);
	const git: Git = (args, options) => project.git(args, { ...options, index: file });
	let known: string | null = null;
	const remember = () => {
		known = fingerprint(file);
	};
	const seed = async (head: CommitId) => {
		if (existsSync(file) && fingerprint(file) !== known) await rm(file);
		// A power cut leaves git's lock on it.
		await rm(`${file}.lock`, { force: true });
		await git(['read-tree', '--reset', head]);
		remember();
	};
	return {
		async treeOf(head, leaveOut) {
			await seed(head);
			const input = [...specs, ...leaveOut.flatMap(withoutPath)].join('\0');
			await git(['add', '-A', '--pathspec-from-file=-', '--pathspec-file-nul'], { input, durable: DURABLE });
			const tree = await git(['write-tree']);
			remember();
			return tree.trim() as TreeId;
		},
		async untracked(head) {
			await seed(head);
			return list(await git(['ls-files', '-o', '--exclude-standard', '-z', '--', ...specs]));
		},
		async drift(leaveOut) {
			const found = list(
				await git(['ls-files', '-m', '-d', '-o', '--exclude-standard', '-z', '--', ...specs]),
			);
			return [...new Set(found)].filter((name) => !leaveOut.includes(name));
		},
		async move(from, to) {
			await git(['read-tree', '-m', '-u', from, to]);
			remember();
		},
	};
}

/** Paths that git prints with `-z`. */
export function list(output: string): string[] {
	return output.split('\0').filter((name) => name !== '');
}

/** The change time cannot be set by hand, short of setting the clock. */
function fingerprint(file: string): string {
	const { ino, size, ctimeNs, mtimeNs } = statSync(file, { bigint: true });
	return [ino, size, ctimeNs, mtimeNs].join(':');
}
