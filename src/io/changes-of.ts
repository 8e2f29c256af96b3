import { parseRawDiff } from '../core/changes.ts';
import type { Change, CommitId } from '../core/types.ts';
import type { Project } from './project.ts';

/** What differs between two commits, path by path. Renames are shown as what they are: a deletion and an addition. */
export async function changesOf(project: Project, base: CommitId, candidate: CommitId): Promise<Change[]> {
	return parseRawDiff(await project.git(['diff-tree', '-r', '-z', '--ignore-submodules=none', '--raw', '--numstat', '--no-renames', '--abbrev=40', base, candidate]));
}
