import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loop } from '../../loop.ts';
import { endOnBudget, leftFor, tellMoney } from '../../src/core/budget.ts';
import type { Payer, Run, SessionReport, Settings } from '../../src/core/types.ts';
import { approves, fakeWorld, newDisk, prompt } from '../helpers/fake-world.ts';
import { NOTHING_SPENT } from '../../src/core/run/parts.ts';
import { runOf, scene, SETTINGS, started } from '../helpers/parts.ts';

const PARTS = ['usd', 'tokens', 'sessions'] as const;

describe('a budget', () => {
	test('without limits is never used up', () => {
		expect(endOnBudget(used(1e9), within({}))).toBeNull();
	});

	test.each(PARTS)('of %s is used up when as much was spent', (what) => {
		expect(endOnBudget(used(9), within({ [what]: 10 }))).toBeNull();
		expect(endOnBudget(used(10), within({ [what]: 10 }))).toEqual({
			step: 'end',
			ending: { kind: 'budget', what, spent: 10, limit: 10 },
		});
	});

	test('ends before the attempt that may pass it: a worker, and all its reviewers', () => {
		const run = dear(used(4), 3, 2);
		const two = { reviewers: [prompt('reviewer'), prompt('reviewer-b')] };
		expect(endOnBudget(run, { ...within({ usd: 11 }), ...two })).toBeNull();
		expect(endOnBudget(run, { ...within({ usd: 10.9 }), ...two })).toMatchObject({
			ending: { what: 'usd', spent: 4, limit: 10.9 },
		});
		expect(endOnBudget(run, within({ sessions: 5 }))).toBeNull();
	});

	test('of dollars does not count what a subscription pays; of tokens it does', () => {
		const run: Run = { ...used(0), spent: { usd: 50, billed: 0, tokens: 50, sessions: 3 } };
		expect(endOnBudget(run, within({ usd: 10 }))).toBeNull();
		expect(endOnBudget(run, within({ tokens: 10 }))).not.toBeNull();
	});

	test('of 1.00 is not passed by sessions of one price, but for a first attempt that costs more', async () => {
		expect(await spentOf([0.3], 1)).toBeCloseTo(0.6);
		await fc.assert(
			fc.asyncProperty(price, async (each) => {
				expect(await spentOf([each], 1)).toBeLessThanOrEqual(Math.max(1, 2 * each) + 1e-9);
			}),
			{ numRuns: 40 },
		);
	});

	test('is passed by the last attempt alone, whatever sessions cost', async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(price, { minLength: 1, maxLength: 6 }), async (prices) => {
				expect(await spentOf(prices, 1)).toBeLessThan(1 + 2 * Math.max(...prices));
			}),
			{ numRuns: 40 },
		);
	});
});

const price = fc.double({ min: 0.1, max: 0.9, noNaN: true });

describe('what is left of a budget', () => {
	const worker = prompt('worker', { agent: 'claude' });

	test('is the worker’s to use, unless a subscription pays', () => {
		const left = (pays: Payer | null) =>
			leftFor(paying(used(4), pays), within({ usd: 10, tokens: 3 }), worker);
		expect(left('key')).toEqual({ usd: 6, tokens: 0 });
		expect(left('subscription')).toEqual({ usd: null, tokens: 0 });
		expect(left(null)).toEqual({ usd: 6, tokens: 0 });
	});

	test('has no limit where none is set, and none for a reviewer', () => {
		expect(leftFor(paying(used(4), 'key'), within({}), worker)).toEqual({ usd: null, tokens: null });
		expect(leftFor(used(4), within({ tokens: 10 }), prompt('reviewer'))).toEqual({ usd: null, tokens: null });
	});
});

describe('a person is told', () => {
	const warning = (run: Run, budget: Partial<Settings['budget']>) => {
		const step = tellMoney(run, within(budget));
		return step?.step === 'record' && step.event.event === 'warned' ? step.event.percent : null;
	};

	test.each(PARTS)('of half of %s, of four fifths, and of all', (what) => {
		const at = [0, 4.9, 5, 7.9, 8, 9.9, 10, 30].map((spent) => warning(used(spent), { [what]: 10 }));
		expect(at).toEqual([null, null, 50, 50, 80, 80, 100, 100]);
	});

	test('of each step once, and of none below one that was told', () => {
		const told = (percent: 50 | 80, limit = 10): Run => ({
			...used(8.5),
			warned: [{ what: 'usd', percent, spent: 0, limit }],
		});
		expect(warning(told(50), { usd: 10 })).toBe(80);
		expect(warning(told(80), { usd: 10 })).toBeNull();
		expect(warning(told(80), { usd: 11 })).toBe(50);
		expect(warning(told(80), { tokens: 10 })).toBe(80);
	});

	test('of nothing where there is no budget, or nothing was spent of one of nothing', () => {
		expect(warning(used(99), {})).toBeNull();
		expect(warning(used(0), { usd: 0 })).toBeNull();
	});

	test('of who pays, where that is not what was told before', () => {
		const run = runOf({ ...started, payers: [{ agent: 'claude', pays: 'key' }] } as never);
		expect(tellMoney(run, within({}))).toBeNull();
		const other = paying(run, 'subscription');
		expect(tellMoney(other, within({}))).toMatchObject({
			event: { event: 'pays', agent: 'claude', pays: 'subscription' },
		});
	});

	test('of it all once, through kills and restarts', async () => {
		const disk = newDisk('- [ ] A\n- [ ] B\n- [ ] C\n');
		const reported: Partial<SessionReport> = { usage: { usd: 0.3, tokens: 10 }, pays: 'key' };
		const options = {
			settings: { budget: { usd: 2, tokens: null, sessions: null } },
			work: () => reported,
			review: () => ({ ...approves, ...reported }),
		};
		let points = 0;
		const at = () => {
			if (++points % 23 === 0) throw new Error('killed');
		};
		for (let start = 0; start < 50 && disk.journal.at(-1)?.event !== 'ended'; start++)
			await loop(fakeWorld(disk, { ...options, at })).catch((error: unknown) => {
				if (!String(error).includes('killed')) throw error;
			});
		const told = disk.journal.flatMap<string | number>((entry) =>
			entry.event === 'warned' ? [entry.percent] : entry.event === 'pays' ? [entry.agent] : [],
		);
		expect(disk.todo).toBe('- [x] A\n- [x] B\n- [x] C\n');
		expect(told).toEqual(['worker-agent', 'reviewer-agent', 50, 80]);
	});
});

/** What a run with enough to do spends of its budget, where sessions cost that in turn. */
async function spentOf(prices: readonly number[], usd: number): Promise<number> {
	let session = 0;
	const next = (): Partial<SessionReport> => ({
		usage: { usd: prices[session++ % prices.length]!, tokens: 1 },
		pays: 'key',
	});
	const disk = newDisk(Array.from({ length: 12 }, (_, task) => `- [ ] Task ${task}\n`).join(''));
	const budget = { usd, tokens: null, sessions: null };
	const ending = await loop(
		fakeWorld(disk, { settings: { budget }, work: next, review: () => ({ ...approves, ...next() }) }),
	);
	expect(ending.kind).toBe('budget');
	const ended = disk.journal.at(-1);
	return ended?.event === 'ended' ? ended.spent!.billed : Number.NaN;
}

function within(budget: Partial<Settings['budget']>) {
	return scene('', { settings: { ...SETTINGS, budget: { ...SETTINGS.budget, ...budget } } });
}

function used(amount: number): Run {
	const spent = { usd: amount, billed: amount, tokens: amount, sessions: amount };
	return { ...runOf(started), spent: { ...NOTHING_SPENT, ...spent } };
}

function dear(run: Run, worker: number, reviewer: number): Run {
	return { ...run, dearest: { worker: { usd: worker, tokens: 0 }, reviewer: { usd: reviewer, tokens: 0 } } };
}

function paying(run: Run, pays: Payer | null): Run {
	if (pays === null) return run;
	const told = run.payers.get('claude')?.told ?? [];
	return { ...run, payers: new Map([['claude', { told, now: pays }]]) };
}
