import { taskOf } from '../../core/notes.ts';
import { ticksFor } from '../../core/todo/todo.ts';
import type { Attempt, Candidate, Sealed } from '../../core/types.ts';
import { commitTree } from './candidate.ts';
import { onceMore, seeWhole, unlessCollected } from './collected.ts';
import { lockIndex } from './index-lock.ts';
import { withMarkedList } from './list-in-tree.ts';
import { position } from './position.ts';
import { followingIndex, holdSealed, moveBranch, takeOver, whereIs } from './sealed.ts';
import { tooManyTicks } from './sealed-list.ts';
import { entriesBetween } from './tree-entries.ts';
import type { Project } from '../project.ts';
import { asBytes, todoInTree } from '../steering/steering-files.ts';

export type Seal =
	{ readonly kind: 'sealed'; readonly sealed: Sealed } | { readonly kind: 'stale'; readonly why: string };
export type Landing =
	| { readonly kind: 'landed' }
	| { readonly kind: 'stale'; readonly why: string }
	| { readonly kind: 'busy'; readonly why: string };

/** Makes the commit that may land: exactly the candidate's tree, the list with its tick aside. Moves nothing. */
export function seal(
	project: Project,
	attempt: Attempt,
	candidate: Candidate,
	message: string,
	optional: boolean,
): Promise<Seal> {
	return onceMore(async () => {
		const { head, branch } = await position(project);
		if (head !== candidate.head)
			return { kind: 'stale', why: `the branch moved to ${head.slice(0, 9)} since the candidate was made` };
		if (branch !== attempt.branch) return { kind: 'stale', why: `${branch} is checked out now` };
		const ticked = await withMarkedList(project, candidate.tree, {
			as: 'x',
			optional,
			boxes: (todo) => (taskOf(todo, attempt.task) ? ticksFor(todo, attempt.task) : null),
		});
		if (ticked === 'gone') return { kind: 'stale', why: 'the task is not in the list any more' };
		const commit = await commitTree(project, ticked.tree, [head], message);
		await holdSealed(project, commit);
		return { kind: 'sealed', sealed: { commit, head, branch, list: ticked.list } };
	});
}

/**
 * Moves the branch to the sealed commit, only if it is still where it was; then lets the person's index follow, path by
 * path, where it held what HEAD held. Asked again after a crash, it finds what is done and does the rest.
 */
export function land(
	project: Project,
	attempt: Attempt,
	candidate: Candidate,
	sealed: Sealed,
	optional: boolean,
): Promise<Landing> {
	return unlessCollected(project, sealed, async () => {
		const lock = await lockIndex(project);
		if (lock.kind === 'busy') return lock;
		try {
			const entries = entriesBetween(project, sealed.head, sealed.commit);
			const [there, more, ticks, next] = await Promise.all([
				whereIs(project, sealed),
				holdsMore(project, candidate, sealed),
				entries.then((all) => tooManyTicks(project, all, attempt.task, optional)),
				followingIndex(project, sealed, entries),
				seeWhole(project, sealed.commit, sealed.head),
			]);
			if (there.kind === 'stale') return there;
			if (more) return { kind: 'stale', why: 'the sealed commit holds more than what was judged' };
			if (there.kind === 'before' && ticks) return ticks;
			const move = there.kind === 'before' ? await moveBranch(project, sealed, 'land') : 'done';
			if (move === 'locked') return { kind: 'busy', why: 'another git holds the branch' };
			if (move === 'moved') return { kind: 'stale', why: 'the branch moved at the last moment' };
			await takeOver(project, next);
			return { kind: 'landed' };
		} finally {
			await lock.release();
		}
	});
}

/** The commit may differ from the candidate in the list, and in nothing else. */
async function holdsMore(project: Project, candidate: Candidate, { commit, head }: Sealed): Promise<boolean> {
	const [differing, parents] = await Promise.all([
		entriesBetween(project, candidate.tree, commit),
		project.git(['rev-list', '--parents', '--max-count=1', commit]),
	]);
	if (parents.trim() !== `${commit} ${head}`) return true;
	const own = todoInTree(project);
	return differing.some(({ file }) => own === null || file !== asBytes(own));
}
