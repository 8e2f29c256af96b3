import { undoMessage } from '../../core/gate/commit-message.ts';
import type { Landing } from '../../core/run/landings.ts';
import type { CommitId, Sealed, TreeId } from '../../core/types.ts';
import { commitTree } from './candidate.ts';
import { DURABLE } from './git.ts';
import { withMarkedList } from './list-in-tree.ts';
import type { Marking } from './list-in-tree.ts';
import { position } from './position.ts';
import { list } from './private-index.ts';
import { entriesBetween, treeWith } from './tree-entries.ts';
import { holdSealed } from './sealed.ts';
import type { Project } from '../project.ts';
import { asBytes, steeringTest } from '../steering/steering-files.ts';

export type Reversal =
	| { readonly kind: 'sealed'; readonly sealed: Sealed }
	/** One character a byte. */
	| { readonly kind: 'conflict'; readonly files: readonly string[] };

/**
 * Makes the commit that takes a landed one back: what HEAD holds less the task's code, and the list as it is on disk,
 * marked. Moves nothing. `ownList`: where the list was that the task landed by, if that is on record.
 */
export async function sealUndo(
	project: Project,
	landing: Landing,
	{ why, marking, ownList }: { why: string; marking: Marking; ownList: string | null },
): Promise<Reversal> {
	const { head, branch } = await position(project);
	const reversed = await withoutLanding(project, landing, head, ownList);
	if (typeof reversed !== 'string') return { kind: 'conflict', files: reversed };
	const marked = await withMarkedList(project, reversed, marking);
	const { tree, list } = marked === 'gone' ? { tree: reversed, list: null } : marked;
	const commit = await commitTree(project, tree, [head], undoMessage({ ...landing, why }));
	await holdSealed(project, commit);
	return { kind: 'sealed', sealed: { commit, head, branch, list } };
}

/**
 * A merge of HEAD and the landing's parent on top of the landing, the steering files as of HEAD in all three: they are
 * no part of it, and never conflict. Resolves to the tree, or to the paths that conflict.
 */
async function withoutLanding(
	project: Project,
	{ commit, parent }: Landing,
	head: CommitId,
	ownList: string | null,
): Promise<TreeId | string[]> {
	const isSteering = steeringTest(project);
	const own = ownList === null ? null : asBytes(ownList);
	const isLeftOut = (name: string) => isSteering(name) || name === own;
	const trees = [];
	for (const each of [commit, head, parent])
		trees.push(await treeOf(project, each, { with: isLeftOut, asOf: head }));
	const [landed, now, before] = trees as [TreeId, TreeId, TreeId];
	// git finds the base of a merge by the history, so one is made: `--merge-base` is only known since 2.40.
	const base = await commitTree(project, landed, [], 'base');
	const sides = await Promise.all([
		commitTree(project, now, [base], 'ours'),
		commitTree(project, before, [base], 'theirs'),
	]);
	const args = ['merge-tree', '--write-tree', '-z', '--name-only', '--no-messages', ...sides];
	const answer = await project.git(args, { answers: [0, 1], encoding: 'latin1', durable: DURABLE });
	const [tree, ...conflicts] = list(answer);
	return conflicts.length > 0 ? conflicts.map(asInTree) : (tree as TreeId);
}

/** Where a file and a folder are in each other's way, merge-tree calls the file by its name and its side's. */
function asInTree(conflict: string): string {
	return conflict.replace(/~[0-9a-f]{40}(?:[0-9a-f]{24})?$/, '');
}

/** A commit's tree, some of its paths as they are in another commit. */
async function treeOf(
	project: Project,
	commit: CommitId,
	paths: { with: (name: string) => boolean; asOf: CommitId },
): Promise<TreeId> {
	const entries = commit === paths.asOf ? [] : await entriesBetween(project, commit, paths.asOf);
	const taken = entries.filter(({ file }) => paths.with(file));
	if (taken.length === 0) return (await project.git(['rev-parse', `${commit}^{tree}`])).trim() as TreeId;
	return treeWith(project, commit, taken);
}
