import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startLoop } from '../helpers/nightloop.ts';
import { withRepository } from '../helpers/repository.ts';
import { startMany } from '../torture/rounds.ts';
import { randomFrom } from '../torture/random.ts';

it('of many that start at once while the holder is killed, one holds the work tree and all others say who', async () => {
	const seed = Date.now() % 1_000_000;
	const order = { rounds: 3, starters: 6, walls: 'auto', random: randomFrom(seed) };
	const { violations, losers } = await startMany(order);
	expect(violations, `seed ${seed}`).toEqual([]);
	expect(losers.length).toBeGreaterThanOrEqual(15);
});

it('linked work trees of one repository have a loop each', () =>
	withRepository({ worker: 'waits-for-ever' }, async (repository) => {
		const path = join(repository.scratch, 'linked');
		await repository.git('worktree', 'add', '--quiet', path);
		const loops = [startLoop(repository), startLoop({ ...repository, path })];
		for (const loop of loops) await loop.seen('opened');
		const second = await startLoop({ ...repository, path }).ended;
		expect(second).toMatchObject({ exitCode: 5, stderr: expect.stringContaining(`pid ${loops[1]?.pid}`) });
		for (const loop of loops) {
			loop.kill('SIGTERM');
			expect(await loop.ended).toMatchObject({ exitCode: 143 });
		}
	}));
