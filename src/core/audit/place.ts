import type { CommitLine } from './commits.ts';
import type { History } from './facts.ts';
import type { Story } from './telling.ts';
import type { CommitId, TaskId, Todo } from '../types.ts';

/**
 * By task, the commit that its tick is for: the last one that landed it and was not taken back, of those on their branch
 * where there is one.
 */
export function standingOf(
	lines: readonly CommitLine[],
	history: History,
	story: Story | null,
): Map<TaskId, CommitId> {
	const all = inOrder(lines, story);
	const there = all.filter((line) => !isAway(line, history));
	return new Map([...lastLandings(all), ...lastLandings(there)]);
}

/**
 * The line of a commit, with what is to be said where it is not on its branch any more. A person may have thrown it away, by a
 * reset perhaps, or with a branch: only the tick for it must not outlive it.
 */
export function judgePlace(
	line: CommitLine,
	history: History,
	standing: ReadonlyMap<TaskId, CommitId>,
	todo: Todo | null,
): CommitLine {
	const { commit, state, why } = line;
	if (!isAway(line, history)) return line;
	const isTicked = todo?.tasks.some((task) => task.state === 'done' && standing.get(task.id) === commit);
	if (isTicked && history.off.get(commit) !== 'its branch is gone')
		return {
			...line,
			state: 'BROKEN',
			why: [...why, 'it is not on its branch any more, and its box is ticked'],
		};
	return {
		...line,
		state: state === 'BROKEN' ? state : 'by-hand',
		why: [...why, 'it was taken off its branch by hand'],
	};
}

function isAway({ commit }: CommitLine, { off, missing }: History): boolean {
	return off.has(commit) || missing.has(commit);
}

/** As they came to pass: git lists those last that are on no branch. */
function inOrder(lines: readonly CommitLine[], story: Story | null): CommitLine[] {
	const when = ({ commit }: CommitLine) => (story?.landings.get(commit) ?? story?.undos.get(commit))?.line;
	const told = lines.filter((line) => when(line) !== undefined).toSorted((a, b) => when(a)! - when(b)!);
	let next = 0;
	return lines.map((line) => (when(line) === undefined ? line : told[next++]!));
}

function lastLandings(lines: readonly CommitLine[]): Map<TaskId, CommitId> {
	const landed = new Map<TaskId, CommitId>();
	for (const { task, about, commit, undoes } of lines) {
		if (task === null) continue;
		if (about === 'landing') landed.set(task, commit);
		else if (landed.get(task) === undoes) landed.delete(task);
	}
	return landed;
}
