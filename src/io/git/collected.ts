import type { CommitId, Sealed } from '../../core/types.ts';
import { isGitError } from './git.ts';
import { isShortage } from '../mishap.ts';
import type { Project } from '../project.ts';

// A `git gc --prune=now` of a person's takes every object that no ref leads to, or did not when it began: also what the loop
// has just made.

/** Does once more what makes objects, where git could not go on with those it made. */
export async function onceMore<Result>(act: () => Promise<Result>): Promise<Result> {
	try {
		return await act();
	} catch (error) {
		if (!isGitError(error) || isShortage(error)) throw error;
		return act();
	}
}

/** Rejects with a `GitError` where anything of a commit is missing that its ancestor does not have. */
export async function seeWhole(project: Project, commit: CommitId, ancestor: CommitId): Promise<void> {
	await project.git(['rev-list', '--objects', '--quiet', commit, `^${ancestor}`]);
}

/** What is done with a sealed commit; `stale` where that is not there any more, or not all of it. */
export async function unlessCollected<Result>(
	project: Project,
	{ commit, head }: Sealed,
	act: () => Promise<Result>,
): Promise<Result | { readonly kind: 'stale'; readonly why: string }> {
	try {
		return await act();
	} catch (error) {
		if (!isGitError(error) || isShortage(error)) throw error;
		try {
			await seeWhole(project, commit, head);
		} catch (missing) {
			if (!isGitError(missing) || isShortage(missing)) throw missing;
			return {
				kind: 'stale',
				why: `git collected what was to land (git gc): ${commit.slice(0, 9)} is not whole`,
			};
		}
		throw error;
	}
}
