import { parseRawDiff } from '../../core/changes.ts';
import type { Change, CommitId, TreeId } from '../../core/types.ts';
import type { Project } from '../project.ts';

/** What differs between a commit and a tree, path by path. Renames are shown as what they are: a deletion and an addition. */
export async function changesOf(project: Project, base: CommitId, candidate: TreeId): Promise<Change[]> {
	return parseRawDiff(
		await project.git([
			'diff-tree',
			'-r',
			'-z',
			'--ignore-submodules=none',
			'--raw',
			'--numstat',
			'--no-renames',
			base,
			candidate,
		]),
	);
}
