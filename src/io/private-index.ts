import path from 'node:path';
import type { CommitId, TreeId } from '../core/types.ts';
import type { Git } from './git.ts';
import { openOwnIndex } from './own-index.ts';
import type { Project } from './project.ts';
import { steeringTest, withoutPath, withoutSteering } from './steering-files.ts';
import { DURABLE } from './git.ts';

/** An index of the loop's own, which says what the work tree holds. The person's index is never read for it. */
export interface PrivateIndex {
	/**
	 * The tree of the work tree as it is now, steering files as of `head`. Leaves out the given untracked paths. What
	 * cannot be read makes it reject, or is left out too.
	 */
	treeOf(head: CommitId, leaveOut: readonly string[], unreadable?: 'rejects' | 'left out'): Promise<TreeId>;
	/** Paths that are not in `head`, not ignored and not steering, one character a byte; a nested repository ends in a slash. */
	untracked(head: CommitId): Promise<string[]>;
	/** Paths that differ from what was hashed last, steering and the given untracked ones aside, one character a byte. */
	drift(leaveOut: readonly string[]): Promise<string[]>;
	/** Brings the work tree from one tree to another. Rejects when it is not as it was hashed last. */
	move(from: string, to: string): Promise<void>;
}

/**
 * Seeded by `read-tree`, which keeps what it knows of files that did not change, so that only changed ones are hashed
 * again. That knowledge is only believed while nobody else has touched the file: else it is made anew.
 */
export function openPrivateIndex(project: Project): PrivateIndex {
	const own = openOwnIndex(path.join(project.state, 'index'));
	const git: Git = (args, options) => project.git(args, { ...options, index: own.file });
	const isSteering = steeringTest(project);
	let seededWith: CommitId | null = null;
	const seed = async (head: CommitId) => {
		if (own.isTrusted() && seededWith === head) return;
		own.discardUnlessTrusted();
		await git(['read-tree', '--reset', head]);
		own.remember();
		seededWith = head;
	};
	const names = async (which: readonly string[]) => {
		const args = ['ls-files', ...which, '-o', '--exclude-standard', '-z'];
		const output = await git(args, { encoding: 'latin1' });
		return [...new Set(list(output))].filter((name) => !isSteering(name));
	};
	return {
		async treeOf(head, leaveOut, unreadable = 'rejects') {
			await seed(head);
			seededWith = null;
			const answers = unreadable === 'rejects' ? [0] : [0, 1];
			const flags = unreadable === 'rejects' ? [] : ['--ignore-errors'];
			const input = [...withoutSteering(project), ...leaveOut.flatMap(withoutPath)].join('\0');
			const args = ['add', '-A', ...flags, '--pathspec-from-file=-', '--pathspec-file-nul'];
			await git(args, { input, answers, encoding: 'latin1', durable: DURABLE });
			const tree = await git(['write-tree']);
			own.remember();
			return tree.trim() as TreeId;
		},
		async untracked(head) {
			await seed(head);
			return names([]);
		},
		async drift(leaveOut) {
			return (await names(['-m', '-d'])).filter((name) => !leaveOut.includes(name));
		},
		async move(from, to) {
			seededWith = null;
			await git(['read-tree', '-m', '-u', from, to]);
			own.remember();
		},
	};
}

/** Paths that git prints with `-z`. */
export function list(output: string): string[] {
	return output.split('\0').filter((name) => name !== '');
}
