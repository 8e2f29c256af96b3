import { existsSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../core/errors.ts';
import type { CommitId, Entry, Run } from '../core/types.ts';
import type { Project } from '../io/project.ts';
import { todoInTree } from '../io/steering/steering-files.ts';

/**
 * Throws a `UserError` where a landing was cut off by a kill, and another list is to be worked through than the one that it
 * ticks: its box would stay open, and the task land once more.
 */
export function refuseOtherList(project: Project, run: Run, entries: readonly Entry[]): void {
	const { root, folder, todo } = project;
	const owed = listOwed(run, entries);
	if (owed === null || owed === todoInTree(project) || !existsSync(path.join(root, owed))) return;
	const [name, other] = [path.join(root, owed), todo].map((file) => path.relative(folder, file));
	throw new UserError({
		what: `A landing by ${name} is not finished, and ${other} is to be worked through.`,
		why: 'Its commit may be on the branch already, and its box is still open: it would be done twice.',
		fix: `Start it with --todo ${name} first; --once is enough.`,
	});
}

/** From the top of the work tree; null where no tick is owed, or none by a list that is on record. */
function listOwed({ attempt, tasks }: Run, entries: readonly Entry[]): string | null {
	if (attempt?.sealed) return attempt.sealed.list;
	const unticked = [...tasks.values()].filter(({ state, marks }) => state === 'landed' && marks === 0);
	const commits = new Set<CommitId | null>(unticked.map(({ commit }) => commit));
	const seals = entries.flatMap((entry) => (entry.event === 'sealed' ? [entry.sealed] : []));
	return seals.find(({ commit }) => commits.has(commit))?.list ?? null;
}
