import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { advance, replay } from '../../../src/core/run/run.ts';
import type { CommitId, Event, Payer, RuleTexts, SessionId, TreeId } from '../../../src/core/types.ts';
import * as parts from '../../helpers/parts.ts';

const { started, opened, worked, reviewed, settled, runOf, entry, CANDIDATE } = parts;
const TASK = parts.taskIn('- [ ] Add\n', 'Add').id;
const again: Event = { ...started, event: 'started', process: 'another one', mode: 'again' } as Event;
const SEALED = { commit: 'c' as CommitId, head: 'c' as CommitId, branch: 'b', list: null };
const ended: Event = { event: 'ended', ending: { kind: 'signal', signal: 'SIGTERM' }, tree: 't9' as TreeId };
const proposed: Event = {
	event: 'proposed',
	task: TASK,
	proposal: { kind: 'candidate', candidate: CANDIDATE },
};

describe('the run', () => {
	test('has nothing in hand before it began', () => {
		expect(runOf()).toMatchObject({ process: null, state: 'ended', attempt: null, sessions: 0 });
	});

	test('counts as billed what no subscription pays, and knows who pays for each agent', () => {
		const paid = (pays: Payer): Event => ({ ...worked(TASK), pays }) as Event;
		const payers = [
			{ agent: 'claude', pays: null },
			{ agent: 'codex', pays: 'key' },
		];
		const begun = { ...started, payers } as Event;
		const run = runOf(begun, opened(TASK), paid('subscription'), settled, opened(TASK), paid('key'));
		expect(run.spent).toEqual({ usd: 2, billed: 1, tokens: 20, sessions: 2 });
		expect(run.tasks.get(TASK)?.spent).toEqual(run.spent);
		expect(run.dearest).toEqual({ worker: { usd: 1, tokens: 10 } });
		expect(run.payers.get('claude')).toEqual({ told: [], now: 'key' });
		expect(run.payers.get('codex')).toEqual({ told: ['key'], now: 'key' });
	});

	test('adds up what sessions used, through restarts, and afresh with the next run', () => {
		const begun = [started, opened(TASK), worked(TASK), settled, opened(TASK, 'reviewer'), reviewed(TASK)];
		expect(runOf(...begun).spent).toEqual({ usd: 2, billed: 2, tokens: 20, sessions: 2 });
		expect(runOf(...begun, again).spent).toEqual({ usd: 2, billed: 2, tokens: 20, sessions: 2 });
		const fresh = runOf(...begun, ended, started);
		expect(fresh.spent).toEqual({ usd: 0, billed: 0, tokens: 0, sessions: 0 });
		expect(fresh.sessions).toBe(2);
		expect(fresh.startedAt).toBe(parts.NOW + 7000);
	});

	test('counts a session beside it by its number and its price, and goes on with the attempt in hand', () => {
		const planned: Event = {
			event: 'planned',
			session: '0002-planner' as SessionId,
			role: 'planner',
			agent: 'claude',
			about: 'spec.md',
			end: { kind: 'completed' },
			outcome: '2 tasks',
			usage: { usd: 3, tokens: 30 },
			agentSession: null,
			model: null,
			ms: 1,
		};
		const [before, run] = [runOf(started, opened(TASK)), runOf(started, opened(TASK), planned)];
		expect(run.spent).toEqual({ usd: 3, billed: 3, tokens: 30, sessions: 2 });
		expect(run).toEqual({ ...before, sessions: 2, spent: run.spent });
	});

	test('remembers the work tree as a clean stop left it', () => {
		expect(runOf(started, ended)).toMatchObject({ state: 'ended', treeAtEnd: 't9' });
	});
});

test('sessions that were cut off are counted through restarts, and those that died with their loop are not', () => {
	const cut = [opened(TASK), worked(TASK, { kind: 'idle', ms: 1 }), settled, again];
	const died = [opened(TASK), again, settled];
	const run = runOf(started, ...cut, ...died, ...cut, ...died, ...died, ...cut, ...cut, ...cut);
	expect(run.tasks.get(TASK)).toMatchObject({ cutOffs: 5, attempts: 0 });
	expect(run.spent.sessions).toBe(8);
});

describe('mishaps', () => {
	const wait = (kind: 'machine' | 'disk', until: number | null): Event => ({
		event: 'waiting',
		for: { kind, message: '' },
		until,
	});
	const resumed: Event = { event: 'resumed' };

	test('are counted until a step comes to its end, whatever is told in between', () => {
		const notice: Event = { event: 'notice', text: '' };
		const twice = [started, wait('machine', 1), resumed, notice, wait('machine', 1)];
		expect(runOf(...twice).mishaps).toBe(2);
		expect(runOf(...twice, resumed, settled).mishaps).toBe(0);
	});

	test('are none where the wait is for room, or for a list that can be read', () => {
		expect(runOf(started, wait('disk', null), wait('machine', null)).mishaps).toBe(0);
	});
});

describe('settings and prompts', () => {
	const texts = (text: string): RuleTexts => ({ settings: { file: 'todo.md', text }, prompts: [] });
	const accepted = (text: string): Event => ({ event: 'accepted', by: 'terminal', ...texts(text) });

	test('are on record as they were accepted last, through restarts and runs', () => {
		expect(runOf().accepted).toBeNull();
		const run = runOf(accepted('one'), started, accepted('two'), again, ended, started);
		expect(run.accepted).toEqual(texts('two'));
	});

	test('that are held are so until the record says otherwise, whatever else is accepted', () => {
		const held: Event = { event: 'held', files: ['todo.md'] };
		expect(runOf(held, accepted('one'), started, ended).held).toEqual(['todo.md']);
		expect(runOf(held, { event: 'held', files: [] }).held).toEqual([]);
	});
});

describe('a session that was open when its loop went', () => {
	test('vanished with it: the next one is told, and it counts for nothing else', () => {
		const run = runOf(started, opened(TASK), again);
		expect(run.attempt?.open?.phase).toBe('over');
		expect(run.tasks.get(TASK)).toMatchObject({
			cutOffs: 0,
			cutOff: 'vanished: the loop was not there when it ended',
			attempts: 0,
		});
		expect(run.trouble).toBeNull();
	});

	test('was never spawned after an orderly end, and counts for nothing', () => {
		const run = runOf(started, opened(TASK), ended, started);
		expect(run.attempt?.open?.phase).toBe('over');
		expect(run.tasks.get(TASK)).toMatchObject({ cutOffs: 0, cutOff: null });
	});

	test('keeps its end where that is on record', () => {
		expect(runOf(started, opened(TASK), worked(TASK), again).tasks.get(TASK)?.cutOffs).toBe(0);
	});
});

describe('what was judged', () => {
	const judged = [started, opened(TASK), worked(TASK), settled, proposed] as const;
	const all = [...judged, opened(TASK, 'reviewer'), reviewed(TASK), settled] as const;

	test('stands while the tree does', () => {
		expect(runOf(...all).attempt).toMatchObject({ open: null, reviews: [{ agent: 'claude' }], drifts: 0 });
	});

	test('is judged anew when the tree changed, or the landing found the branch moved', () => {
		const anew = { proposal: null, checks: null, reviews: [], sealed: null, drifts: 1 };
		expect(runOf(...all.slice(0, -1), { ...settled, drift: ['a.js'] } as Event).attempt).toMatchObject(anew);
		expect(runOf(...all, { event: 'unlanded', task: TASK, why: 'it moved' }).attempt).toMatchObject(anew);
	});

	test('is kept by its ref, that of the clearing coming after that of the rejection', () => {
		const rejected = (ref: string | null): Event => ({
			event: 'rejected',
			task: TASK,
			text: 'Add',
			attempt: 1,
			findings: [],
			ref,
			blocked: null,
		});
		const cleared = (ref: string | null): Event => ({
			event: 'cleared',
			task: TASK,
			why: '',
			ref,
			restore: null,
		});
		expect(runOf(...all, rejected('r1'), cleared(null)).tasks.get(TASK)?.ref).toBe('r1');
		expect(runOf(...all, rejected('r1'), cleared('r2')).tasks.get(TASK)?.ref).toBe('r2');
		expect(runOf(...all, rejected(null)).tasks.get(TASK)?.ref).toBeNull();
	});
});

describe('an entry that makes no sense where it stands', () => {
	const stray: readonly Event[] = [
		worked(TASK),
		reviewed(TASK),
		settled,
		proposed,
		{ event: 'sealed', task: TASK, sealed: SEALED },
		{ event: 'unlanded', task: TASK, why: '' },
		{ event: 'marked', task: TASK, as: 'x', lines: [1], outcome: 'written' },
		{ event: 'edited', summary: '' },
		{ event: 'notice', text: '' },
	];

	test.each(stray.map((event) => [event.event, event] as const))('changes nothing: %s', (_name, event) => {
		const run = runOf(started);
		expect(advance(run, entry(event, 9))).toEqual(run);
	});

	test('never throws, in whatever order entries come', () => {
		const again: Event = { event: 'resumed' };
		const event = fc.constantFrom(...stray, started, opened(TASK), opened(TASK, 'reviewer'), ended, again, {
			event: 'abandoned',
			task: TASK,
			text: 'Add',
			why: '',
			heir: null,
		} as const satisfies Event);
		fc.assert(
			fc.property(fc.array(event), (events) => {
				const run = replay(events.map(entry));
				expect(run.sessions).toBe(events.filter((each) => each.event === 'opened').length);
			}),
		);
	});

	test('has the details as its worker was told them last, whatever a reviewer is told', () => {
		const again = { ...opened(TASK), details: 'with more care' } as Event;
		const reviewer = opened(TASK, 'reviewer');
		expect(runOf(started, opened(TASK), reviewer).attempt?.details).toBe('- a detail');
		expect(runOf(started, opened(TASK), again, reviewer).attempt?.details).toBe('with more care');
		expect(runOf(started, reviewer).attempt?.details).toBeNull();
	});

	test('of another session than the first keeps the number of the attempt', () => {
		const second = { ...opened(TASK), session: '0002-worker' as SessionId, attempt: 2 } as Event;
		expect(runOf(started, opened(TASK), second).attempt?.number).toBe(1);
	});
});
