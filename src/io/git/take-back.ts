import { setTimeout as sleep } from 'node:timers/promises';
import type { Sealed, TreeId } from '../../core/types.ts';
import { bringFiles, inTheWay } from './bring-files.ts';
import { unlessCollected } from './collected.ts';
import { lockIndex } from './index-lock.ts';
import { position } from './position.ts';
import { followingIndex, moveBranch, stagedIn, takeOver, whereIs } from './sealed.ts';
import { entriesBetween, treeWith } from './tree-entries.ts';
import type { TreeEntry } from './tree-entries.ts';
import type { Project } from '../project.ts';
import { asBytes, asText } from '../steering/steering-files.ts';

export type TakingBack =
	/** `theirs`: paths that were changed since it began, and stay as they are. */
	| { readonly kind: 'taken back'; readonly theirs: readonly string[] }
	| { readonly kind: 'stale'; readonly why: string }
	| { readonly kind: 'busy'; readonly why: string };

/**
 * Moves the branch to a commit that takes a landed one back; lets the index follow, and the files of the work tree that
 * differ in it. Asked again after a crash, it finds what is done and does the rest; where it had not begun, it does only
 * while nothing is in its way.
 */
export function takeBack(project: Project, sealed: Sealed): Promise<TakingBack> {
	return unlessCollected(project, sealed, () => takeBackWhole(project, sealed));
}

async function takeBackWhole(project: Project, sealed: Sealed): Promise<TakingBack> {
	const lock = await patientLock(project);
	if (lock.kind === 'busy') return lock;
	try {
		const there = await whereIs(project, sealed);
		if (there.kind === 'stale') return there;
		if (there.kind === 'before') {
			const obstacles = await obstaclesTo(project, sealed);
			if (obstacles.length > 0) return { kind: 'stale', why: `${obstacles.join(', ')} changed meanwhile` };
		}
		const entries = await standingEntries(project, sealed, there.kind);
		const next = await followingIndex(project, sealed, Promise.resolve(entries));
		const move = there.kind === 'before' ? await moveBranch(project, sealed, 'undo') : 'done';
		if (move === 'locked') return { kind: 'busy', why: 'another git holds the branch' };
		if (move === 'moved') return { kind: 'stale', why: 'the branch moved at the last moment' };
		await takeOver(project, next);
		const theirs = await bringFiles(project, ofCode(entries, sealed));
		return { kind: 'taken back', theirs: theirs.map(asText) };
	} finally {
		await lock.release();
	}
}

/** Paths that it would change, or write over, and that hold something else than HEAD does; staged ones as well. */
export async function obstaclesTo(project: Project, sealed: Sealed): Promise<string[]> {
	const entries = await codeOf(project, sealed);
	const staged = await stagedIn(project, undefined, sealed.head);
	const inIndex = entries.map(({ file }) => file).filter((file) => staged.has(file));
	return [...new Set([...inIndex, ...(await inTheWay(project, entries))])].map(asText);
}

/** What it changes, the list aside. */
export async function codeOf(project: Project, sealed: Sealed): Promise<TreeEntry[]> {
	return ofCode(await entriesBetween(project, sealed.head, sealed.commit), sealed);
}

/** A tree with what the commit changed: what a work tree that was that tree holds after it. */
export async function treeAfter(project: Project, tree: TreeId, sealed: Sealed): Promise<TreeId> {
	return treeWith(project, tree, await entriesBetween(project, sealed.head, sealed.commit));
}

function ofCode(entries: readonly TreeEntry[], { list }: Sealed): TreeEntry[] {
	return entries.filter(({ file }) => list === null || file !== asBytes(list));
}

/** What the commit changed and no later one changed again. */
async function standingEntries(
	project: Project,
	sealed: Sealed,
	there: 'before' | 'landed',
): Promise<TreeEntry[]> {
	const entries = await entriesBetween(project, sealed.head, sealed.commit);
	const { head } = await position(project);
	if (there === 'before' || head === sealed.commit) return entries;
	const later = new Set((await entriesBetween(project, sealed.commit, head)).map(({ file }) => file));
	return entries.filter(({ file }) => !later.has(file));
}

/** Another git has mostly done in a moment. */
async function patientLock(project: Project): ReturnType<typeof lockIndex> {
	for (let waited = 0; ; waited += GLANCE) {
		const lock = await lockIndex(project);
		if (lock.kind === 'held' || waited >= PATIENCE) return lock;
		await sleep(GLANCE);
	}
}

/** In ms. */
const GLANCE = 100;
const PATIENCE = 3000;
