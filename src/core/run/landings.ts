import type { CommitId, TaskId } from '../types.ts';

/** A commit of the branch that has trailers of the loop's. */
export interface LoopCommit {
	readonly commit: CommitId;
	readonly parents: readonly CommitId[];
	/** What `Nightloop-Task` says: one task, where nobody meddled with the message. */
	readonly tasks: readonly string[];
	/** What `Nightloop-Undo` says: the commit that it takes back. '' in one that lands. */
	readonly undoes: string;
	/** Words of what `Nightloop-Worker` and `Nightloop-Reviewer` say; one that ends a name is `agent/model/session`. */
	readonly sessions: readonly string[];
	readonly subject: string;
}

/** A commit that landed one task. */
export type Landing = LoopCommit & { readonly parent: CommitId; readonly task: TaskId };

/** null: it landed none, or a merge or a squash made one commit of several. */
export function asLanding(commit: LoopCommit): Landing | null {
	const [task, ...moreTasks] = commit.tasks;
	const [parent, ...moreParents] = commit.parents;
	if (task === undefined || parent === undefined || commit.undoes !== '') return null;
	return moreTasks.length + moreParents.length > 0 ? null : { ...commit, task: task as TaskId, parent };
}

/**
 * What became of a task's landings, given the commits of that task, newest first: those that still stand, newest first, and
 * which commit took back each of the others. What undoes a commit that is not there (a rebase gave it another name) undoes
 * the landing before it.
 */
export function landingsOf(commits: readonly LoopCommit[]): {
	readonly standing: readonly Landing[];
	readonly undoneBy: ReadonlyMap<CommitId, CommitId>;
} {
	const standing: Landing[] = [];
	const undoneBy = new Map<CommitId, CommitId>();
	const known = new Set<string>(commits.map(({ commit }) => commit));
	for (const each of commits.toReversed()) {
		const landing = asLanding(each);
		if (landing) standing.unshift(landing);
		const isMeant = ({ commit }: Landing) => commit === each.undoes || !known.has(each.undoes);
		const at = each.undoes === '' ? -1 : standing.findIndex(isMeant);
		for (const { commit } of at === -1 ? [] : standing.splice(at, 1)) undoneBy.set(commit, each.commit);
	}
	return { standing, undoneBy };
}
