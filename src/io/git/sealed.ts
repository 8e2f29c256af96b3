import { existsSync } from 'node:fs';
import { copyFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { CommitId, Sealed } from '../../core/types.ts';
import { DURABLE, isGitError } from './git.ts';
import { position } from './position.ts';
import { list } from './private-index.ts';
import { asIndexInfo } from './tree-entries.ts';
import type { TreeEntry } from './tree-entries.ts';
import type { Project } from '../project.ts';

// How a sealed commit gets on its branch, whether it lands a task or takes one back. To be called under the index lock.

export type Place =
	| { readonly kind: 'before' }
	| { readonly kind: 'landed' }
	| { readonly kind: 'stale'; readonly why: string };

/** Until the next one is made: between two steps, or two starts, no branch leads to it. */
export async function holdSealed(project: Project, commit: CommitId): Promise<void> {
	await project.git(['update-ref', SEALED, commit]);
}

export const SEALED = 'refs/nightloop/sealed';

/** Whether it is still to be put on its branch, or lies there already, under whatever came since. */
export async function whereIs(project: Project, sealed: Sealed): Promise<Place> {
	const { head, branch } = await position(project);
	const tip =
		branch === sealed.branch ? head : ((await project.git(['rev-parse', sealed.branch])).trim() as CommitId);
	if (tip === sealed.commit) return { kind: 'landed' };
	if (tip === sealed.head)
		return branch === sealed.branch
			? { kind: 'before' }
			: { kind: 'stale', why: `${branch} is checked out now` };
	const missing = await project.git(['rev-list', '--max-count=1', sealed.commit, `^${tip}`]);
	return missing === ''
		? { kind: 'landed' }
		: { kind: 'stale', why: `the branch moved to ${tip.slice(0, 9)} while it was judged` };
}

/** By compare-and-swap. `what`: what the branch's log says of it. */
export async function moveBranch(
	project: Project,
	sealed: Sealed,
	what: 'land' | 'undo',
): Promise<'done' | 'locked' | 'moved'> {
	const { branch, commit, head } = sealed;
	try {
		await project.git(['update-ref', '-m', `nightloop: ${what}`, branch, commit, head], { durable: DURABLE });
		return 'done';
	} catch (error) {
		if (!isGitError(error)) throw error;
		if (/\.lock': File exists/.test(error.stderr)) return 'locked';
		// A loop that was killed alone leaves a git that may be moving it to that very commit just now.
		if (/but expected|unable to resolve reference/.test(error.stderr))
			return (await whereIs(project, sealed)).kind === 'landed' ? 'done' : 'moved';
		// A git that was killed, or met a full disk, may have moved it or not: the next call looks.
		throw error;
	}
}

/**
 * The person's index with every given path brought to the sealed commit that held what its parent held. null: nothing to
 * do. It is theirs once `takeOver` was called with it.
 */
export async function followingIndex(
	project: Project,
	sealed: Sealed,
	entries: Promise<readonly TreeEntry[]>,
): Promise<string | null> {
	const ours = path.join(project.state, 'following.index');
	const staged = async () => ((await copyIndex(project, ours)) ? stagedIn(project, ours, sealed.head) : null);
	const [all, kept] = await Promise.all([entries, staged()]);
	const following = all.filter(({ file }) => kept?.has(file) === false);
	if (following.length === 0) return null;
	await project.git(['update-index', '-z', '--index-info'], {
		index: ours,
		input: asIndexInfo(following),
		encoding: 'latin1',
		durable: DURABLE,
	});
	return ours;
}

async function copyIndex(project: Project, copy: string): Promise<boolean> {
	const theirs = path.join(project.gitDir, 'index');
	if (!existsSync(theirs)) return false;
	await rm(`${copy}.lock`, { force: true });
	await copyFile(theirs, copy);
	return true;
}

/** Makes it the person's index. null: theirs stays. */
export async function takeOver(project: Project, index: string | null): Promise<void> {
	if (index !== null) await rename(index, path.join(project.gitDir, 'index'));
}

/** Paths, one character a byte, that an index holds otherwise than a commit does. Without `index`: the person's. */
export async function stagedIn(
	project: Project,
	index: string | undefined,
	commit: CommitId,
): Promise<Set<string>> {
	const args = ['diff-index', '--cached', '--name-only', '-z', '--no-renames', commit];
	return new Set(list(await project.git(args, { ...(index && { index }), encoding: 'latin1' })));
}
