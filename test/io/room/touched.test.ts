import { statSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { propose } from '../../../src/io/git/candidate.ts';
import { openCopyRooms } from '../../../src/io/room/copy-room.ts';
import { openPrivateIndex } from '../../../src/io/git/private-index.ts';
import { eventually } from '../../helpers/eventually.ts';
import { quieten, scratch } from '../../helpers/scratch.ts';

test('a file that was written again, with what was in it, is newer in the next room; another one is as it was', async () => {
	const { place, enter } = await ready();
	const [first = 0, other] = await enter();
	place.write('a.txt', place.read('a.txt'));
	quieten(path.join(place.project.root, 'a.txt'));
	const [second = 0, same] = await enter();
	expect([second > first, same]).toEqual([true, other]);
});

test('so is one that was written again within the second in which it was looked at', async () => {
	const { place, enter } = await ready();
	// All that follows is to happen within one second, or nearly.
	await eventually(
		() => Date.now() % 1000 < 50,
		() => 'the beginning of a second',
	);
	place.write('a.txt', 'new\n');
	const [first = 0, other] = await enter();
	place.write('a.txt', 'new\n');
	const [second = 0, same] = await enter();
	place.write('a.txt', 'new\n');
	const [third = 0] = await enter();
	expect([second > first, third > second, same]).toEqual([true, true, other]);
});

async function ready() {
	const place = await scratch({ 'b.txt': 'two\n' });
	const index = openPrivateIndex(place.project);
	const rooms = openCopyRooms(place.project);
	const enter = async () => {
		const proposal = await propose(place.project, index, await place.attemptAt('Add'), []);
		if (proposal.kind === 'refused') throw new Error(proposal.what);
		const { folder } = await rooms.enter(proposal.candidate, 'checks');
		return ['a.txt', 'b.txt'].map((name) => statSync(path.join(folder, name)).mtimeMs);
	};
	return { place, enter };
}
