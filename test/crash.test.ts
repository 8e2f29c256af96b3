import { describe, expect, test } from 'vitest';
import { loop } from '../loop.ts';
import { Mishap } from '../src/core/errors.ts';
import { NOTES } from '../src/core/notes.ts';
import { approves, fakeWorld, newDisk, rejects } from './helpers/fake-world.ts';
import type { Disk, FakeOptions } from './helpers/fake-world.ts';

const TODO = '- [ ] Add\n- [ ] Bend\n- [ ] Cure\n';
const AFTER = '- [x] Add\n- [x] Bend\n- [!] Cure\n';

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
		const disks = await killedAnywhere(NIGHT);
		expect(disks.length).toBeGreaterThan(150);
		disks.forEach(expectTheNight);
	}, 60_000);

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

describe('a loop with notes that are too long, stopped before and after every effect of a whole run', () => {
	const short = `${NOTES.text} v1`;
	const memory: FakeOptions['memory'] = ({ commits }) =>
		commits.some(({ tree }) => tree === short) ? 0 : 9000;

	test('lands them once, and the tasks as ever', async () => {
		for (const disk of await killedAnywhere({ ...NIGHT, memory })) {
			expect(disk.commits.map((commit) => commit.tree)).toEqual(['start', short, 'Add v2', 'Bend v2']);
			expect(disk.todo).toBe(AFTER);
		}
	}, 60_000);

	test('does not try them again in that night where nobody approves them', async () => {
		const review: FakeOptions['review'] = (order, tree, disk) =>
			order.task === NOTES.id ? rejects('a trap is lost') : NIGHT.review!(order, tree, disk);
		for (const disk of await killedAnywhere({ ...NIGHT, memory, review })) {
			expectTheNight(disk);
			const rejected = disk.journal.filter((entry) => entry.event === 'rejected' && entry.task === NOTES.id);
			expect(rejected).toHaveLength(1);
		}
	}, 60_000);
});

/** The disks of nights that were each killed at another point, and gone on with. */
async function killedAnywhere(night: FakeOptions): Promise<Disk[]> {
	const disks: Disk[] = [];
	const points = await countPoints(night);
	for (let point = 0; point < points; point++) {
		const disk = newDisk(TODO);
		await expect(loop(fakeWorld(disk, { ...night, at: crashAt(point) }))).rejects.toThrow(Crash);
		await loop(fakeWorld(disk, night));
		disks.push(disk);
	}
	return disks;
}

describe('a loop whose machine says no before and after every effect of a whole run', () => {
	test('reaches the same end without a restart, after one wait for each', async () => {
		const points = await countPoints();
		for (let point = 0; point < points; point++) {
			const disk = newDisk(TODO);
			let hits = 0;
			const at = sayNo(
				(passed) => passed === point,
				disk,
				() => hits++,
			);
			const ending = await loop(fakeWorld(disk, { ...NIGHT, at }));
			expect(ending).toEqual({ kind: 'nothing-open', done: 2, parked: 1 });
			expectTheNight(disk);
			const waits = disk.journal.filter((entry) => entry.event === 'waiting');
			expect(waits).toHaveLength(hits);
		}
	}, 60_000);

	test('reaches it as well when that happens again and again', async () => {
		const disk = newDisk(TODO);
		await loop(fakeWorld(disk, { ...NIGHT, at: sayNo((passed) => passed % 7 === 0, disk) }));
		expectTheNight(disk);
	});

	test('waits for as long as it takes, ever longer, and gives up what nothing says will pass', async () => {
		const disk = newDisk(TODO);
		const patiently = sayNo((passed) => passed >= 2 && passed < 40, disk);
		await loop(fakeWorld(disk, { ...NIGHT, at: patiently }));
		expectTheNight(disk);
		const broken = fakeWorld(newDisk(TODO), {
			...NIGHT,
			at: sayNo(
				(passed) => passed >= 2,
				disk,
				() => 0,
				'short',
			),
		});
		await expect(loop(broken)).rejects.toThrow('full');
	});

	test('ends when it is asked to, though its end cannot be prepared', async () => {
		const disk = newDisk(TODO);
		const at = (point: string) => {
			if (point === 'before close') throw new Mishap('full', { patience: 'endless', at: disk.clock });
		};
		const stop = { kind: 'now', signal: 'SIGTERM' } as const;
		expect(await loop(fakeWorld(disk, { ...NIGHT, at, person: () => ({ stop }) }))).toMatchObject({
			kind: 'signal',
		});
		expect(disk.journal.some(({ event }) => event === 'ended')).toBe(false);
	});
});

/** At points that may be repeated: what is recorded is, and a start tells a person. */
function sayNo(
	when: (passed: number) => boolean,
	disk: Disk,
	onHit: () => void = () => undefined,
	patience: Mishap['patience'] = 'endless',
): (point: string) => void {
	let passed = 0;
	return (point) => {
		if (!when(passed++) || / (?:record |start|close)/.test(point)) return;
		onHit();
		throw new Mishap('full', { patience, at: disk.clock });
	};
}

function expectTheNight(disk: Disk): void {
	expect(disk.todo).toBe(AFTER);
	expect(disk.commits.map((commit) => commit.tree)).toEqual(['start', 'Add v2', 'Bend v2']);
	expect(disk.work).toBe('Bend v2');
	expect(disk.refs.filter((ref) => ref.startsWith('parked/'))).toEqual(['parked/Cure v2']);
}

async function countPoints(night: FakeOptions = NIGHT): Promise<number> {
	let count = 0;
	await loop(fakeWorld(newDisk(TODO), { ...night, at: () => void count++ }));
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
