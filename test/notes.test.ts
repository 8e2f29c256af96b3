import { describe, expect, test } from 'vitest';
import { loop } from '../loop.ts';
import { tellStory } from '../src/core/audit/story.ts';
import { NOTES } from '../src/core/notes.ts';
import type { Entry, Event, SessionEnd } from '../src/core/types.ts';
import { approves, fakeWorld, newDisk, prompt, rejects } from './helpers/fake-world.ts';
import type { Disk, FakeOptions } from './helpers/fake-world.ts';

const LIST = '- [ ] Add\n- [ ] Bend\n';
const SHORT = `${NOTES.text} v1`;
const CUT_OFFS: SessionEnd[] = [
	{ kind: 'failed', exitCode: 1, signal: null, message: 'it broke' },
	{ kind: 'idle', ms: 1000 },
	{ kind: 'overtime', ms: 1000 },
	{ kind: 'limited', until: Date.UTC(2026, 0, 2), message: 'usage limit reached' },
	{ kind: 'outage', message: 'it cannot be reached' },
	{ kind: 'auth', message: 'log in' },
];

describe('notes that are too long', () => {
	test('are shortened before the next task, judged, and landed without a box', async () => {
		const { disk, ending } = await run();
		expect(ending).toEqual({ kind: 'nothing-open', done: 2, parked: 0 });
		expect(trees(disk)).toEqual([SHORT, 'Add v1', 'Bend v1']);
		expect(disk.todo).toBe('- [x] Add\n- [x] Bend\n');
		expect(events(disk, 'opened').map(({ session }) => session)).toEqual([
			'0001-consolidator',
			'0002-reviewer',
			'0003-worker',
			'0004-reviewer',
			'0005-worker',
			'0006-reviewer',
		]);
		expect(events(disk, 'marked').map(({ lines }) => lines)).toEqual([[1], [2]]);
		expect(disk.commits[1]?.message).toContain(`Nightloop-Task: ${NOTES.id}`);
	});

	test('are what the consolidator and the reviewer are told of, and nothing of each other', async () => {
		const told: (string | undefined)[] = [];
		await run({
			work: (order) => (told.push(order.holes.details), { text: 'a secret' }),
			review: (order) => (told.push(order.holes.details), approves),
		});
		expect(told.slice(0, 2)).toEqual([NOTES.details, NOTES.details]);
		expect(JSON.stringify(told)).not.toContain('a secret');
	});

	test('are left alone where they fit, where nothing is open, and by a run of one attempt', async () => {
		for (const more of [{ memory: () => 8000 }, { mode: 'once' as const }] satisfies FakeOptions[]) {
			const { disk } = await run(more);
			expect(trees(disk)).not.toContain(SHORT);
		}
		const { disk } = await run({}, newDisk('- [x] Add\n'));
		expect(events(disk, 'opened')).toEqual([]);
	});

	test('are tried once in ten landings, however often that fails', async () => {
		const list = Array.from({ length: 21 }, (_, i) => `- [ ] Task ${i}\n`).join('');
		const { disk } = await run({ review: (order) => rejectsNotes(order.task) }, newDisk(list));
		const before = events(disk, 'opened').flatMap(({ role }, at, all) =>
			role === 'consolidator' ? [all.slice(0, at).filter((other) => other.role === 'worker').length] : [],
		);
		expect(before).toEqual([0, 10, 20]);
		expect(events(disk, 'landed')).toHaveLength(21);
		expect(events(disk, 'rejected').map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
	});

	test('are told what was found against the last try', async () => {
		const list = Array.from({ length: 11 }, (_, i) => `- [ ] Task ${i}\n`).join('');
		const told: string[] = [];
		await run(
			{
				review: (order) => rejectsNotes(order.task),
				work: (order) => {
					if (order.role === 'consolidator') told.push(order.holes.findings ?? '');
					return {};
				},
			},
			newDisk(list),
		);
		expect(told).toEqual(['', expect.stringContaining('a trap is lost')]);
	});

	test('that are rejected are as they were when the next task begins, and at the end of the list', async () => {
		const trees: string[] = [];
		const { disk, ending } = await run({
			review: (order) => rejectsNotes(order.task),
			work: (order, disk) => (trees.push(`${order.role} on ${disk.work}`), {}),
		});
		expect(trees).toEqual(['consolidator on start', 'worker on start', 'worker on Add v1']);
		expect(ending).toEqual({ kind: 'nothing-open', done: 2, parked: 0 });
		expect(disk.refs).toContain(`snapshots/${SHORT}`);
		expect(events(disk, 'parked')).toEqual([]);
	});

	test('wait for a task whose work lies in the tree', async () => {
		const seen: string[] = [];
		const { disk } = await run({
			memory: (disk) => (disk.log.includes('session worker Add 1') && !isShort(disk) ? 9000 : 0),
			review: (order) => (
				seen.push(order.text),
				order.text === 'Add' && order.attempt === 1 ? rejects('no') : approves
			),
		});
		expect(seen).toEqual(['Add', 'Add', NOTES.text, 'Bend']);
		expect(disk.todo).toBe('- [x] Add\n- [x] Bend\n');
	});

	test('that changes beside them were made with are rejected by rule, and no reviewer is spent', async () => {
		const refused = { what: 'it changes more than the notes in memory/*.md', evidence: ' a.js | 1 +' };
		const { disk } = await run({ propose: (disk) => (disk.work === SHORT ? refused : null) });
		expect(events(disk, 'rejected').map(({ findings }) => findings[0]?.what)).toEqual([refused.what]);
		expect(events(disk, 'reviewed')).toHaveLength(2);
		expect(trees(disk)).toEqual(['Add v1', 'Bend v1']);
	});

	test.each(CUT_OFFS)(
		'are given up when their session ends $kind, and cost the tasks no wait',
		async (end) => {
			const { disk } = await run({
				work: (order) => (order.role === 'consolidator' ? { end } : {}),
			});
			expect(trees(disk)).toEqual(['Add v1', 'Bend v1']);
			expect(events(disk, 'waiting')).toEqual([]);
			expect(events(disk, 'rejected').map(({ findings }) => findings[0]?.by)).toEqual(['nightloop']);
			expect(disk.log.filter((point) => point.startsWith('session consolidator'))).toHaveLength(1);
		},
	);

	test('are shortened by another agent where theirs is away, and by none where nobody is there', async () => {
		const end: SessionEnd = { kind: 'limited', until: Date.UTC(2026, 0, 2), message: 'usage limit reached' };
		const work: FakeOptions['work'] = (order) =>
			order.role === 'consolidator' && order.prompt.agent === 'consolidator-agent' ? { end } : {};
		const consolidator = prompt('consolidator', { fallback: ['another'] });
		const { disk } = await run({ work, consolidator });
		expect(trees(disk)).toEqual([SHORT, 'Add v1', 'Bend v1']);
		expect(events(disk, 'opened')[1]).toMatchObject({ agent: 'another', attempt: 1 });
	});

	test('do not end a series of parked tasks, nor count as the one attempt that was asked for', async () => {
		const list = '- [ ] A\n- [ ] B\n- [ ] C\n- [ ] D\n';
		const { disk } = await run(
			{
				settings: { attempts: 2 },
				memory: (disk) => (events(disk, 'parked').length === 3 && !isShort(disk) ? 9000 : 0),
				review: (order) => (order.task === NOTES.id ? approves : rejects('no')),
			},
			newDisk(list),
		);
		expect(events(disk, 'parked').map(({ inARow }) => inARow)).toEqual([1, 2, 3, 4]);
		expect(events(disk, 'opened').filter(({ text, role }) => text === 'D' && role === 'worker')).toHaveLength(
			1,
		);
	});

	test('wait as any attempt does while a person pauses, and end with the run', async () => {
		const disk = newDisk(LIST);
		const options: FakeOptions = {
			memory: () => 9000,
			settings: { budget: { usd: 0, tokens: null, sessions: null } },
		};
		expect(await loop(fakeWorld(disk, options))).toMatchObject({ kind: 'budget' });
		expect(events(disk, 'opened')).toEqual([]);
	});
});

async function run(options: FakeOptions = {}, disk: Disk = newDisk(LIST)) {
	const ending = await loop(fakeWorld(disk, { memory: (now) => (isShort(now) ? 0 : 9000), ...options }));
	const { faults, landings } = tellStory(disk.journal);
	expect([...faults, ...[...landings.values()].flatMap((landing) => landing.faults)]).toEqual([]);
	return { disk, ending };
}

function isShort({ commits }: Disk): boolean {
	return commits.some(({ tree }) => tree === SHORT);
}

function rejectsNotes(task: string) {
	return task === NOTES.id ? rejects('a trap is lost') : approves;
}

function trees({ commits }: Disk): string[] {
	return commits.slice(1).map(({ tree }) => tree);
}

function events<Name extends Event['event']>({ journal }: Disk, name: Name) {
	return journal.filter((entry): entry is Extract<Entry, { event: Name }> => entry.event === name);
}
