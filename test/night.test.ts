import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { duration } from '../src/core/format.ts';
import { MINUTE, spend } from './helpers/virtual-night.ts';
import type { Morning, Trouble } from './helpers/virtual-night.ts';

const HOUR = 60 * MINUTE;
/** A limit is over a little later than it says; an outage and a login are asked about every so often. */
const LATE: Readonly<Record<string, number>> = {
	limit: 1.6 * MINUTE,
	hidden: 30.1 * MINUTE,
	outage: 12.6 * MINUTE,
	auth: 10.1 * MINUTE,
};

describe('a night', () => {
	test('of eight hours with all that goes wrong in one lands what can land, and wastes no minute', async () => {
		const names = Array.from({ length: 40 }, (_, task) => `Task ${task}`);
		const troubles: Trouble[] = [
			{ agent: 'claude', kind: 'limit', from: 0.7 * HOUR, to: 1.6 * HOUR },
			{ agent: 'claude', kind: 'auth', from: 2.1 * HOUR, to: 2.1 * HOUR + 14 * MINUTE },
			{ agent: 'claude', kind: 'limit', from: 5.2 * HOUR, to: 6.3 * HOUR },
			{ agent: 'claude', kind: 'outage', from: 7.1 * HOUR, to: 7.1 * HOUR + 20 * MINUTE },
		];
		const night = await spend({
			todo: names.map((name) => `- [ ] ${name}\n`).join(''),
			agents: ['claude'],
			troubles,
			hangs: ['Task 3', 'Task 11', 'Task 25'],
			impossible: ['Task 7'],
			suspend: { at: 2.8 * HOUR, ms: 2 * HOUR },
			edits: [
				{ at: 0.3 * HOUR, edit: (todo) => `${todo}- [ ] Added below\n` },
				{ at: 1.1 * HOUR, edit: (todo) => `- [ ] Added above\n${todo}` },
				{ at: 2.5 * HOUR, edit: (todo) => todo.replace('[ ] Task 37', '[-] Task 37') },
				{ at: 5.5 * HOUR, edit: (todo) => todo.replace('Task 38\n', 'Task 38, in other words\n') },
				{ at: 6.5 * HOUR, edit: (todo) => todo.replace('- [ ] Task 39\n', '') },
			],
			kills: [600],
			budget: 10_300,
		});
		const { disk, ending, starts } = night;
		expect(ending).toEqual({ kind: 'nothing-open', done: 39, parked: 1 });
		expect(disk.todo).not.toContain('[ ]');
		expect(disk.todo.match(/^- \[!\].*$/gm)).toEqual(['- [!] Task 7']);
		expect(disk.commits).toHaveLength(1 + 39);
		expect(starts).toBe(2);
		expect(told(night, 'warned')).toHaveLength(2);
		expect(night.waits.map(({ kind }) => kind)).toEqual([
			'limit',
			'auth',
			'auth',
			'limit',
			...Array(5).fill('outage'),
		]);
		noMinuteWasted(night, troubles);
		console.log(summary(night, troubles));
	});

	test('of any kind lands what can land, and waits no longer than there is to wait for', async () => {
		await fc.assert(
			fc.asyncProperty(nights, async (plan) => {
				const night = await spend(plan);
				const parked = plan.impossible.length;
				expect(night.ending).toEqual({ kind: 'nothing-open', done: plan.tasks - parked, parked });
				expect(night.disk.commits).toHaveLength(1 + plan.tasks - parked);
				noMinuteWasted(night, plan.troubles);
			}),
			{ numRuns: 150 },
		);
	});

	test('with a second agent goes on with it, and waits only where neither can be used', async () => {
		const todo = Array.from({ length: 12 }, (_, task) => `- [ ] Task ${task}\n`).join('');
		const troubles: Trouble[] = [
			{ agent: 'claude', kind: 'limit', from: 10 * MINUTE, to: 60 * MINUTE },
			{ agent: 'codex', kind: 'limit', from: 30 * MINUTE, to: 50 * MINUTE },
		];
		const quiet = { hangs: [], impossible: [], suspend: null, edits: [], kills: [] };
		const night = await spend({ todo, agents: ['claude', 'codex'], troubles, ...quiet });
		const agents = told(night, 'opened').map(({ agent }) => agent);
		expect(night.ending).toMatchObject({ done: 12, parked: 0 });
		expect([...new Set(agents)]).toEqual(['claude', 'codex']);
		expect(night.idle).toBeLessThan(22 * MINUTE);
		expect(told(night, 'waiting')).toHaveLength(1);
		expect(agents.at(-1)).toBe('claude');
	});
});

const trouble = fc
	.record({
		agent: fc.constantFrom('claude', 'codex'),
		kind: fc.constantFrom<Trouble['kind'][]>('limit', 'hidden', 'outage', 'auth'),
		from: fc.integer({ min: 0, max: 60 }),
		minutes: fc.integer({ min: 1, max: 90 }),
	})
	.map(({ minutes, from, ...rest }) => ({ ...rest, from: from * MINUTE, to: (from + minutes) * MINUTE }));

const nights = fc
	.record({
		tasks: fc.integer({ min: 1, max: 6 }),
		isFallenBack: fc.boolean(),
		troubles: fc.array(trouble, { maxLength: 4 }),
		hangs: fc.uniqueArray(fc.constantFrom('Task 0', 'Task 1', 'Task 2')),
		isImpossible: fc.boolean(),
		suspend: fc.option(fc.record({ at: fc.integer({ max: 60, min: 1 }), ms: fc.constant(2 * HOUR) })),
		kills: fc.array(fc.integer({ min: 1, max: 150 }), { maxLength: 3 }),
	})
	.map(({ tasks, isFallenBack, isImpossible, suspend, kills, ...rest }) => ({
		...rest,
		tasks,
		agents: isFallenBack ? ['claude', 'codex'] : ['claude'],
		todo: Array.from({ length: tasks }, (_, task) => `- [ ] Task ${task}\n`).join(''),
		impossible: isImpossible ? ['Task 0'] : [],
		suspend: suspend && { ...suspend, at: suspend.at * MINUTE },
		kills: kills.toSorted((one, other) => one - other),
		edits: [],
	}));

/** Idle time is waiting for an agent that cannot be used, but for the seconds after a session that hung. */
function noMinuteWasted({ waits, idle }: Morning, troubles: readonly Trouble[]): void {
	const kinds = new Set(troubles.map(({ kind }) => kind));
	const agents = new Set(troubles.map(({ agent }) => agent));
	for (const { kind, late } of waits) {
		// Of several agents the first that is asked may not be the first that is back.
		const possible = agents.size > 1 ? kinds : kind === 'limit' ? limits(kinds) : [kind];
		expect(late).toBeLessThanOrEqual(Math.max(...[...possible].map((each) => LATE[each]!)));
	}
	const required = waits.reduce((sum, { ms }) => sum + ms, 0);
	expect(idle - required).toBeLessThan(0.5 * MINUTE);
}

function limits(kinds: ReadonlySet<string>): string[] {
	return ['limit', 'hidden'].filter((kind) => kinds.has(kind));
}

function told<Name extends Morning['disk']['journal'][number]['event']>({ disk }: Morning, name: Name) {
	return disk.journal.filter(
		(entry): entry is Extract<typeof entry, { event: Name }> => entry.event === name,
	);
}

function summary({ ms, idle, suspended, waits }: Morning, troubles: readonly Trouble[]): string {
	const late = waits.reduce((sum, wait) => sum + Math.max(0, wait.late), 0);
	const due = troubles.reduce((sum, { from, to }) => sum + to - from, 0);
	const share = (part: number) => `${Math.round((1000 * part) / (ms - suspended)) / 10} %`;
	return (
		`a night of ${duration(ms)}, ${duration(suspended)} of it suspended: idle ${duration(idle)} (${share(idle)}), ` +
		`of which agents could not be used for ${duration(due)}; ${duration(late)} (${share(late)}) until that was found out`
	);
}
