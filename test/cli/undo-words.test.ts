import { expect, test } from 'vitest';
import { outcomeLines } from '../../src/cli/undo-words.ts';
import type { Undoing } from '../../src/core/types.ts';
import { idOf, scratch } from '../helpers/scratch.ts';
import type { Scratch } from '../helpers/scratch.ts';

test('an undo that moves a submodule back names the command that brings its checkout back too', async () => {
	const place = await scratch();
	const start = await place.git('rev-parse', 'HEAD');
	const moved = await withModules(place, { 'a module': start, other: start });
	const back = await withModules(place, { 'a module': moved });
	const [, , line, ...more] = await outcomeLines(place.project, {
		kind: 'undone',
		undoing: undoing(place, moved, back),
		theirs: [],
	});
	expect(line).toMatch(/: git submodule update -- 'a module'$/);
	expect(more).toEqual([]);
});

test('of an undo that moves none, nothing is said of submodules', async () => {
	const place = await scratch();
	const start = await place.git('rev-parse', 'HEAD');
	const both = undoing(place, await withModules(place, { module: start }), start);
	expect(await outcomeLines(place.project, { kind: 'undone', undoing: both, theirs: [] })).toHaveLength(2);
});

/** A commit that has these of what is no submodule yet, or elsewhere. */
async function withModules({ git }: Scratch, modules: Readonly<Record<string, string>>): Promise<string> {
	for (const [name, commit] of Object.entries(modules))
		await git('update-index', '--add', '--cacheinfo', `160000,${commit},${name}`);
	await git('commit', '--quiet', '--message', 'modules');
	return git('rev-parse', 'HEAD');
}

function undoing({ read }: Scratch, head: string, commit: string): Undoing {
	const sealed = { commit, head, branch: 'refs/heads/main', list: 'todo.md' };
	return {
		task: idOf(read('todo.md'), 'Add'),
		text: 'Add',
		commit: head,
		sealed,
		why: '',
		box: 'open',
	} as unknown as Undoing;
}
