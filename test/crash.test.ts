import { describe, expect, test } from 'vitest';
import { loop } from '../loop.ts';
import { approves, fakeWorld, newDisk, rejects } from './helpers/fake-world.ts';
import type { Disk, FakeOptions } from './helpers/fake-world.ts';

const TODO = '- [ ] Add\n- [ ] Bend\n- [ ] Cure\n';

/** A whole night: a rejection and its correction, a red check and its correction, and a task that cannot be done. */
const NIGHT: FakeOptions = {
	settings: { checks: ['npm test'], attempts: 2 },
	check: (_command, tree) => (tree === 'Bend v1' ? 'red' : 'green'),
	review: (_order, tree) =>
		tree === 'Add v1' || tree.startsWith('Cure') ? rejects('it does not work') : approves,
};

class Crash extends Error {}

describe('a loop that is stopped before and after every effect of a whole run, and started again', () => {
	test('the run without a crash lands two tasks and parks one', async () => {
		const disk = newDisk(TODO);
		const ending = await loop(fakeWorld(disk, NIGHT));
		expect(ending).toEqual({ kind: 'nothing-open', done: 2, parked: 1 });
		expectTheNight(disk);
	});

	test('reaches the same final state from every one of those points', async () => {
		const points = await countPoints();
		expect(points).toBeGreaterThan(150);
		for (let point = 0; point < points; point++) {
			const disk = newDisk(TODO);
			await expect(loop(fakeWorld(disk, { ...NIGHT, at: crashAt(point) }))).rejects.toThrow(Crash);
			await loop(fakeWorld(disk, NIGHT));
			expectTheNight(disk);
		}
	});

	test('reaches it as well when it is stopped at every point, again and again', async () => {
		const disk = newDisk(TODO);
		for (let life = 0; ; life++) {
			expect(life).toBeLessThan(1000);
			// Each life gets a little further than the one before could: progress is what was recorded.
			const survived = await loop(fakeWorld(disk, { ...NIGHT, at: crashAt(40 + (life % 5)) })).then(
				() => true,
				isCrash,
			);
			if (survived) break;
		}
		expectTheNight(disk);
	});
});

function expectTheNight(disk: Disk): void {
	expect(disk.todo).toBe('- [x] Add\n- [x] Bend\n- [!] Cure\n');
	expect(disk.commits.map((commit) => commit.tree)).toEqual(['start', 'Add v2', 'Bend v2']);
	expect(disk.work).toBe('Bend v2');
	expect(disk.refs.filter((ref) => ref.startsWith('parked/'))).toEqual(['parked/Cure v2']);
}

async function countPoints(): Promise<number> {
	let count = 0;
	await loop(fakeWorld(newDisk(TODO), { ...NIGHT, at: () => void count++ }));
	return count;
}

function crashAt(point: number): () => void {
	let passed = 0;
	return () => {
		if (passed++ === point) throw new Crash();
	};
}

function isCrash(error: unknown): false {
	if (error instanceof Crash) return false;
	throw error;
}
