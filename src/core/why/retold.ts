import type { Entry, TreeId } from '../types.ts';

/** The entries with a landing, and the mark in the box where it is not owed, for each task that was recalled. */
export function retold(entries: readonly Entry[]): readonly Entry[] {
	return entries.flatMap((entry): readonly Entry[] => {
		if (entry.event !== 'recalled') return [entry];
		const { at } = entry;
		return entry.tasks.flatMap(({ task, text, commit, equals, tick }): Entry[] => {
			const unknown = { attempt: 0, tree: '' as TreeId, worker: null, reviewers: [] };
			const landed: Entry = { at, event: 'landed', task, text, commit, equals, ...unknown };
			const marked: Entry = { at, event: 'marked', task, as: 'x', lines: [], outcome: 'already' };
			return tick === 'owed' ? [landed] : [landed, marked];
		});
	});
}
