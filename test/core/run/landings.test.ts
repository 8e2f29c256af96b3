import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asLanding, landingsOf } from '../../../src/core/run/landings.ts';
import type { LoopCommit } from '../../../src/core/run/landings.ts';
import type { CommitId } from '../../../src/core/types.ts';

describe('a commit', () => {
	test('that lands one task has one parent', () => {
		expect(asLanding(commit('c'))).toMatchObject({ commit: 'c', parent: 'p', task: 'task' });
	});

	test.each<[string, Partial<LoopCommit>]>([
		['has no task', { tasks: [] }],
		['has several tasks', { tasks: ['one', 'two'] }],
		['is a root', { parents: [] }],
		['is a merge', { parents: ['p', 'q'] as CommitId[] }],
		['takes another one back', { undoes: 'b' }],
	])('lands none where it %s', (_name, more) => {
		expect(asLanding({ ...commit('c'), ...more })).toBeNull();
	});
});

describe('of a task’s landings', () => {
	test.each<[string, string[], string[], string[]]>([
		['one stands that nothing took back', ['a'], ['a'], []],
		['the last one stands first', ['a', 'b'], ['b', 'a'], []],
		['none stands that was taken back', ['a', 'u-a'], [], ['a<u-a']],
		['one stands that landed again', ['a', 'u-a', 'b'], ['b'], ['a<u-a']],
		['the one that is named was taken back', ['a', 'b', 'u-a'], ['b'], ['a<u-a']],
		['the last before it was, where a rebase renamed it', ['a', 'b', 'u-gone'], ['a'], ['b<u-gone']],
		['none was by an undo that has nothing before it', ['u-gone', 'a'], ['a'], []],
		['none twice', ['a', 'b', 'u-b', 'u-b'], ['a'], ['b<u-b']],
	])('%s', (_name, story, standing, undone) => {
		const found = landingsOf(story.map(commit).toReversed());
		expect(found.standing.map(({ commit }) => commit)).toEqual(standing);
		expect([...found.undoneBy].map(([one, by]) => `${one}<${by}`)).toEqual(undone);
	});

	test('each stands or was taken back, never both', () => {
		fc.assert(
			fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(9))), (story) => {
				const commits = story.map(([lands, which], index) => commit(lands ? `${index}` : `u-${which}`));
				const { standing, undoneBy } = landingsOf(commits.toReversed());
				const all = [...standing.map(({ commit }) => commit as string), ...undoneBy.keys()];
				expect(all.toSorted()).toEqual(
					story.flatMap(([lands], index) => (lands ? [`${index}`] : [])).toSorted(),
				);
			}),
		);
	});
});

/** `u-c` takes `c` back. */
function commit(name: string): LoopCommit {
	const undoes = name.startsWith('u-') ? name.slice(2) : '';
	return {
		commit: name as CommitId,
		parents: ['p' as CommitId],
		tasks: ['task'],
		undoes,
		sessions: [],
		subject: name,
	};
}
