import { describe, expect, test } from 'vitest';
import * as events from '../../src/core/events.ts';
import { workOrder } from '../../src/core/orders.ts';
import type { CommitId, SessionOrder, SessionReport, TreeId } from '../../src/core/types.ts';
import { attempt, CANDIDATE, NOW, review, runOf, scene, taskIn, WORK } from '../helpers/parts.ts';

const LIST = '- [ ] Add\n';
const TASK = taskIn(LIST, 'Add');
const TASK_WITH_CARE = taskIn('- [ ] Add\n  with care\n', 'Add');
const ORDER = workOrder(runOf(), scene(LIST), TASK, 1);
const SEALED = {
	commit: 'c2' as CommitId,
	head: 'c0' as CommitId,
	branch: 'refs/heads/main',
	list: 'todo.md',
};
const CHECK = {
	step: 'check',
	attempt: attempt(),
	candidate: CANDIDATE,
	plan: { on: 'candidate', setup: null, known: [], commands: [] },
} as const;
const CHECKED = { results: [], installed: 'as before' } as const;
const AT = { branch: 'refs/heads/main', head: 'c0' as CommitId, walls: 'groups', payers: [] };

describe('what is remembered', () => {
	test('of a start is which process may act, and where it found the repository', () => {
		expect(events.started({ step: 'start', mode: 'again' }, scene(LIST), AT)).toEqual({
			event: 'started',
			process: 'this one',
			version: '0',
			mode: 'again',
			...AT,
		});
	});

	test('of a session that opens is its task and its place, or a wait where it has none', () => {
		const step = { step: 'open', order: ORDER, task: TASK, follower: null } as const;
		expect(events.opened(step, { base: AT.head, branch: AT.branch }, NOW)).toMatchObject({
			event: 'opened',
			session: '0001-worker',
			task: TASK.id,
			line: 1,
			follower: null,
			equals: 1,
			base: 'c0',
		});
		expect(events.opened(step, { elsewhere: 'topic is checked out' }, NOW)).toEqual({
			event: 'waiting',
			for: { kind: 'repository', why: 'topic is checked out' },
			until: NOW + 10_000,
		});
	});

	test('of a worker that opens are the details in its prompt; of a reviewer none', () => {
		const order = workOrder(runOf(), scene('- [ ] Add\n  with care\n'), TASK_WITH_CARE, 1);
		const details = (role: SessionOrder['role']) => {
			const step = { step: 'open', order: { ...order, role }, task: TASK, follower: null } as const;
			return events.opened(step, { base: AT.head, branch: AT.branch }, NOW);
		};
		expect(details('worker')).toMatchObject({ details: 'with care' });
		expect(details('reviewer')).toMatchObject({ details: null });
	});

	test('of a worker is its end and its honest exit, not its words', () => {
		const text = 'secret words\n```status\n{"status":"blocked","reason":"no key"}\n```\n';
		const told = events.worked(ORDER, report({ text }));
		expect(told).toMatchObject({ event: 'worked', status: { status: 'blocked', reason: 'no key' } });
		expect(JSON.stringify(told)).not.toContain('secret words');
	});

	test('of a reviewer is its verdict on that very tree', () => {
		const text = '```verdict n1\n{"verdict":"approve","findings":[]}\n```\n';
		expect(events.reviewed(ORDER, CANDIDATE, report({ text }))).toMatchObject({
			event: 'reviewed',
			tree: CANDIDATE.tree,
			candidate: CANDIDATE.commit,
			verdict: { kind: 'approved' },
		});
		expect(events.reviewed(ORDER, CANDIDATE, report({ text, roomChanges: ['a.js'] }))).toMatchObject({
			verdict: { kind: 'unreadable' },
		});
	});

	test('of checks is their results, and nothing when they were stopped', () => {
		expect(events.checked(CHECK, CHECKED, NOW)).toMatchObject({
			event: 'checked',
			tree: CANDIDATE.tree,
		});
		expect(events.checked(CHECK, { stopped: 'asked to' }, NOW)).toBeNull();
	});

	test('of checks of base is what was in the room, and for which tree', () => {
		const step = { ...CHECK, plan: { ...CHECK.plan, on: 'base' } } as const;
		expect(events.checked(step, CHECKED, NOW)).toMatchObject({
			on: 'base',
			commit: 'c0',
			tree: CANDIDATE.tree,
		});
		expect(events.checked(CHECK, CHECKED, NOW)).toMatchObject({ on: 'candidate', commit: 'c1' });
	});

	test('of checks that could not be run is a wait', () => {
		expect(events.checked(CHECK, { busy: 'the disk is full' }, NOW)).toMatchObject({
			event: 'waiting',
			for: { kind: 'repository', why: 'the disk is full' },
		});
	});

	test('of a seal is the commit, or why there is none', () => {
		expect(events.sealed(attempt(), { kind: 'sealed', sealed: SEALED })).toMatchObject({ sealed: SEALED });
		expect(events.sealed(attempt(), { kind: 'stale', why: 'it moved' })).toMatchObject({
			event: 'unlanded',
			why: 'it moved',
		});
	});
});

describe('of a landing', () => {
	test('the sessions are remembered that made and approved it, and no others', () => {
		const reviews = [
			review(),
			review({ tree: 'another' as TreeId }),
			review({ verdict: { kind: 'unreadable', why: '' } }),
		];
		expect(land({ kind: 'landed' }, { work: WORK, reviews })).toMatchObject({
			event: 'landed',
			commit: 'c2',
			tree: 't1',
			equals: 2,
			worker: '0001-worker',
			reviewers: ['0002-reviewer'],
		});
		expect(land({ kind: 'landed' })).toMatchObject({ worker: null, reviewers: [] });
	});

	test('what came in between is remembered', () => {
		expect(land({ kind: 'stale', why: 'it moved' })).toMatchObject({ event: 'unlanded', why: 'it moved' });
		expect(land({ kind: 'busy', why: 'held' })).toMatchObject({ event: 'waiting', until: NOW + 2000 });
	});
});

function land(landing: Parameters<typeof events.landed>[1], more: Parameters<typeof attempt>[0] = {}) {
	const step = {
		step: 'land',
		attempt: attempt(more),
		candidate: CANDIDATE,
		sealed: SEALED,
		equals: 2,
	} as const;
	return events.landed(step, landing, NOW);
}

function report(more: Partial<SessionReport>): SessionReport {
	return {
		end: { kind: 'completed' },
		text: '',
		usage: { usd: 0, tokens: 0 },
		pays: null,
		agentSession: null,
		model: null,
		ms: 1,
		nonce: 'n1',
		roomChanges: [],
		...more,
	};
}
