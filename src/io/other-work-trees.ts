import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Project } from './project.ts';

/** Another work tree of the same repository in which a loop has run, or runs. */
export interface OtherWorkTree {
	/** As people know it. */
	readonly name: string;
	/** Where its loop keeps its journal. */
	readonly state: string;
}

/** The first one has the git directory that all share; of each other one, that lies in there (git-worktree(1)). */
export function otherWorkTrees({ gitDir, commonDir }: Project): OtherWorkTree[] {
	const linked = path.join(commonDir, 'worktrees');
	const names = existsSync(linked) ? readdirSync(linked) : [];
	return [
		{ name: 'the first work tree', folder: commonDir },
		...names.toSorted().map((name) => ({ name: `the work tree ${name}`, folder: path.join(linked, name) })),
	]
		.filter(({ folder }) => folder !== gitDir)
		.map(({ name, folder }) => ({ name, state: path.join(folder, 'nightloop') }))
		.filter(({ state }) => existsSync(state));
}
