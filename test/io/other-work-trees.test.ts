import path from 'node:path';
import { expect, test } from 'vitest';
import { otherWorkTrees } from '../../src/io/other-work-trees.ts';
import { findProject, prepareFolders } from '../../src/io/project.ts';
import { scratch } from '../helpers/scratch.ts';

test('each work tree of a repository knows those of the others in which a loop has run', async () => {
	const place = await scratch();
	expect(otherWorkTrees(place.project)).toEqual([]);
	const linked = async (name: string) => {
		await place.git('worktree', 'add', '--quiet', '--detach', path.join(place.around, name));
		return findProject(path.join(place.around, name), undefined);
	};
	const [side] = [await linked('side'), await linked('unused')];
	await prepareFolders(side);
	expect(otherWorkTrees(place.project)).toEqual([{ name: 'the work tree side', state: side.state }]);
	expect(otherWorkTrees(side)).toEqual([{ name: 'the first work tree', state: place.project.state }]);
});
