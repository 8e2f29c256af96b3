import type { CommitId } from '../types.ts';
import type { Story } from './telling.ts';

/** What the journal of another work tree of the repository tells. */
export interface Elsewhere {
	/** Of which one, in words. */
	readonly of: string;
	readonly story: Story;
}

/** Who tells of a commit of which this work tree's journal says nothing, as of one that was merged. null: nobody. */
export function toldElsewhere(
	commit: CommitId,
	own: Story | null,
	others: readonly Elsewhere[],
): Elsewhere | null {
	if (own && tellsOf(own, commit)) return null;
	return others.find(({ story }) => tellsOf(story, commit)) ?? null;
}

/** Whether a journal says anything of a commit. */
export function tellsOf({ landings, undos, sealed }: Story, commit: CommitId): boolean {
	return landings.has(commit) || undos.has(commit) || sealed.has(commit);
}
