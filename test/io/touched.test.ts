import { statSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { propose } from '../../src/io/candidate.ts';
import { openCopyRooms } from '../../src/io/copy-room.ts';
import { openPrivateIndex } from '../../src/io/private-index.ts';
import { quieten, scratch } from '../helpers/scratch.ts';

test('a file that was written again, with what was in it, is newer in the next room; another one is as it was', async () => {
	const place = await scratch({ 'b.txt': 'two\n' });
	const index = openPrivateIndex(place.project);
	const rooms = openCopyRooms(place.project);
	const enter = async () => {
		const proposal = await propose(place.project, index, await place.attemptAt('Add'), []);
		if (proposal.kind === 'refused') throw new Error(proposal.what);
		const { folder } = await rooms.enter(proposal.candidate, 'checks');
		return ['a.txt', 'b.txt'].map((name) => statSync(path.join(folder, name)).mtimeMs);
	};
	const [first = 0, other] = await enter();
	place.write('a.txt', place.read('a.txt'));
	quieten(path.join(place.project.root, 'a.txt'));
	const [second = 0, same] = await enter();
	expect([second > first, same]).toEqual([true, other]);
});
