import type { CommitId, TreeId } from '../types.ts';

/** What git holds of the loop's work, as it is read from its objects. */
export interface History {
	/** With a line like the loop's trailers, or named on record; oldest first. */
	readonly commits: readonly LoopCommit[];
	/** Named on record, and there is no such commit. */
	readonly missing: ReadonlySet<CommitId>;
	/** On record as landed, and not on their branch any more, or nowhere. */
	readonly off: ReadonlyMap<CommitId, 'its branch is there' | 'its branch is gone'>;
	/** Already there when the journal that tells of them, or else this work tree's, began. */
	readonly before: ReadonlySet<CommitId>;
	/** On a branch that was fetched from elsewhere. */
	readonly fetched: ReadonlySet<CommitId>;
	/** Ours, with what they point at. */
	readonly refs: ReadonlyMap<string, CommitId>;
	/** What cannot be seen here, in words. */
	readonly unseen: readonly string[];
}

export interface LoopCommit {
	readonly id: CommitId;
	readonly tree: TreeId;
	readonly parents: readonly CommitId[];
	/** `name <address>`. */
	readonly committer: string;
	readonly message: string;
	/** `changed`: an object of git's is not what its name says. */
	readonly objects: 'intact' | 'changed';
	readonly difference: Difference;
}

/** In what a landed commit differs from the tree that it says was judged, or an undo from what it says it takes back. */
export type Difference =
	| { readonly kind: 'none' }
	| { readonly kind: 'list'; readonly path: string }
	| { readonly kind: 'more' }
	/** The objects that would tell are not here. */
	| { readonly kind: 'unseen' };
