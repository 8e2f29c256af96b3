import path from 'node:path';
import { apartFrom } from './apart-from.ts';
import type { CommitId, TreeId } from '../../core/types.ts';
import type { Git } from './git.ts';
import { openGitlinks } from './gitlinks.ts';
import type { Command } from '../program.ts';
import { openOwnIndex } from './own-index.ts';
import type { OwnIndex } from './own-index.ts';
import type { Project } from '../project.ts';
import { steeringTest, withoutPath, withoutSteering } from '../steering/steering-files.ts';
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
	/**
	 * How the work tree differs from a tree, which the index then holds. `stays`: what is to stay with the folders around it,
	 * as what is ignored does. One character a byte.
	 */
	difference(tree: TreeId, stays: readonly string[]): Promise<Difference>;
	/** Tracked paths that are not as in the tree that the index holds, seen by another command's view of the files. */
	changed(inside: (git: Command) => Command): Promise<string[]>;
	/** Writes files of the tree that the index holds below a folder, as a checkout does. */
	writeBelow(folder: string, names: readonly string[]): Promise<void>;
	/** The file itself, to be read only. */
	readonly file: string;
	/** Brings the work tree from one tree to another. Rejects when it is not as it was hashed last. */
	move(from: string, to: string): Promise<void>;
}

interface Difference {
	/** Tracked paths that are missing, or not as in the tree. */
	readonly changed: readonly string[];
	/** Paths that are not in the tree, and not ignored; a folder stands for all that is in it, where nothing of that stays. */
	readonly extra: readonly string[];
}

/**
 * Seeded by `read-tree`, which keeps what it knows of files that did not change, so that only changed ones are hashed
 * again. That knowledge is only believed while nobody else has touched the file: else it is made anew.
 */
export function openPrivateIndex(project: Project): PrivateIndex {
	const own = openOwnIndex(path.join(project.state, 'index'));
	const git: Git = (args, options) =>
		project.git(args, { ...options, index: own.file }).catch((error: unknown) => {
			own.unlock();
			throw error;
		});
	const isSteering = steeringTest(project);
	const content = openContent(git, own);
	const links = openGitlinks(project.root, git);
	const names = async (...which: string[]) => (await filesOf(git, which)).filter((name) => !isSteering(name));
	return {
		async treeOf(head, leaveOut, unreadable = 'rejects') {
			await content.hold(head);
			const submodules = await links.of(head);
			const left = [...leaveOut, ...submodules.map(({ name }) => name)];
			content.changes();
			await add(git, [...withoutSteering(project), ...left.flatMap(withoutPath)], unreadable);
			await links.take(submodules);
			return content.write();
		},
		async untracked(head) {
			await content.hold(head);
			return names();
		},
		async drift(leaveOut) {
			return (await names('-m', '-d')).filter((name) => !leaveOut.includes(name));
		},
		async difference(tree, stays) {
			await content.hold(tree);
			const { changed, extra } = differenceIn(await filesOf(git, ['-t', '-m', '-d', '--directory']));
			if (!extra.some((name) => name.endsWith('/'))) return { changed, extra };
			const ignored = await filesOf(git, ['-i', '--directory']);
			return { changed, extra: apartFrom([...ignored, ...stays], project.root, extra) };
		},
		...readingFrom(git),
		file: own.file,
		async move(from, to) {
			content.changes();
			await git(['read-tree', '-m', '-u', from, to]);
			own.remember();
		},
	};
}

/** Which tree it holds, so that it is not read again while nothing changed. */
function openContent(git: Git, own: OwnIndex) {
	let holds: CommitId | TreeId | null = null;
	return {
		async hold(wanted: CommitId | TreeId) {
			if (own.isTrusted() && holds === wanted) return;
			own.discardUnlessTrusted();
			await git(['read-tree', '--reset', wanted]);
			own.remember();
			holds = wanted;
		},
		changes() {
			holds = null;
		},
		async write(): Promise<TreeId> {
			const tree = (await git(['write-tree'])).trim() as TreeId;
			own.remember();
			holds = tree;
			return tree;
		},
	};
}

/** Takes in the work tree as it is. */
async function add(git: Git, specs: readonly string[], unreadable: 'rejects' | 'left out'): Promise<void> {
	const answers = unreadable === 'rejects' ? [0] : [0, 1];
	const flags = unreadable === 'rejects' ? [] : ['--ignore-errors'];
	const args = ['add', '-A', ...flags, '--pathspec-from-file=-', '--pathspec-file-nul'];
	await git(args, { input: specs.join('\0'), answers, encoding: 'latin1', durable: DURABLE });
}

/** What leaves the index as it is. */
function readingFrom(git: Git): Pick<PrivateIndex, 'changed' | 'writeBelow'> {
	return {
		async changed(inside) {
			return [...new Set(list(await git(['ls-files', '-m', '-d', '-z'], { inside })))];
		},
		async writeBelow(folder, names) {
			const args = ['checkout-index', '-z', '--stdin', `--prefix=${folder}/`];
			await git(args, { input: names.join('\0'), encoding: 'latin1' });
		},
	};
}

/** Of the kinds asked for, and what is neither tracked nor ignored. */
async function filesOf(git: Git, which: readonly string[]): Promise<string[]> {
	const args = ['ls-files', ...which, '-o', '--exclude-standard', '-z'];
	return [...new Set(list(await git(args, { encoding: 'latin1' })))];
}

/** A letter and a space before each name: `?` for what is not tracked. */
function differenceIn(entries: readonly string[]): Difference {
	const named = (isExtra: boolean) =>
		entries.filter((entry) => entry.startsWith('? ') === isExtra).map((entry) => entry.slice(2));
	return { changed: [...new Set(named(false))], extra: named(true) };
}

/** Paths that git prints with `-z`. */
export function list(output: string): string[] {
	return output.split('\0').filter((name) => name !== '');
}
