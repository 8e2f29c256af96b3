import { describe, expect, test } from 'vitest';
import type { Chapter } from '../../../src/core/why/chapters.ts';
import { entryLines } from '../../../src/core/why/entry-lines.ts';
import type { Reading } from '../../../src/core/why/entry-lines.ts';
import type { Event, Finding, TaskId, Verdict } from '../../../src/core/types.ts';
import { CANDIDATE, entry, opened, reviewed, worked } from '../../helpers/parts.ts';

const TASK = '00000000000001' as TaskId;
const OTHER = '00000000000002' as TaskId;
const WORKER = '0001-worker' as Reading['running'];

describe('a session is told', () => {
	test('by how it ended, who it was, what it used, and where its log is', () => {
		const by = { model: 'sonnet', usage: { usd: 0.5, tokens: 1200 }, ms: 61_000 };
		const event = { ...worked(TASK, { kind: 'idle', ms: 900_000 }), ...by } as Event;
		expect(lines([opened(TASK), event])).toEqual([
			'  · worker idle for 15m · 1m · $0.50 ·',
			'    1k tokens',
			'    claude · sonnet',
			'    .nightloop/sessions/0001-worker/',
		]);
	});

	test('also where nothing is known but that it ended', () => {
		const event = { ...worked(TASK), usage: { usd: 0, tokens: 0 } } as Event;
		expect(lines([event])).toEqual(['  · worker completed · 0s', '    .nightloop/sessions/0001-worker/']);
	});

	test('without its log where that was pruned', () => {
		const isThere = (log: string) => log !== '.nightloop/sessions/0001-worker/';
		expect(lines([worked(TASK)], { isThere }).at(-1)).toBe('    its log was pruned: the oldest go');
		expect(lines([reviewed(TASK)], { isThere }).join()).not.toContain('pruned');
	});

	test('by the honest exit that it took', () => {
		const said = (status: string, reason: string, red: string | null = null) =>
			afterLogs(lines([{ ...worked(TASK), status: { status, reason, red } } as Event]));
		expect(said('done', 'x')).toEqual([]);
		expect(said('done', 'x', 'test first')).toEqual(['    expects red checks: test first']);
		expect(said('blocked', 'no key')).toEqual(['    says it is blocked: no key']);
		expect(said('already-done', '')).toEqual(['    says it was done already']);
	});

	test('while it runs, and where it died with the loop', () => {
		expect(lines([opened(TASK)], { running: WORKER })).toEqual([
			'  · worker runs since 00:00',
			'    claude',
			'    .nightloop/sessions/0001-worker/',
		]);
		expect(lines([opened(TASK)]).slice(0, 2)).toEqual([
			'  · worker cut off: the loop ended',
			'    before it did',
		]);
	});

	test('by what it changed while others judged, and what was put right after it', () => {
		const session = WORKER!;
		expect(lines([{ event: 'settled', session, drift: ['a', 'b'], putRight: ['.git/hooks'] }])).toEqual([
			'  ! changed meanwhile: a, b',
			'  ! put right: .git/hooks',
		]);
		expect(lines([{ event: 'settled', session, drift: [], putRight: [] }])).toEqual([]);
	});
});

describe('a reviewer is told by its verdict', () => {
	const remark: Finding = { what: 'a typo', evidence: 'README', blocking: false, by: 'reviewer' };
	test.each<[verdict: Verdict, first: string, rest: string[]]>([
		[{ kind: 'approved', findings: [], red: null }, '  ✓ reviewer approves · 0s · $1.00 · 10', []],
		[
			{ kind: 'approved', findings: [remark], red: 'expected' },
			'  ✓ reviewer approves, and that checks',
			['    - a typo (a remark) (by reviewer)', '      README'],
		],
		[
			{ kind: 'rejected', findings: [{ ...remark, blocking: true }] },
			'  ✗ reviewer rejects · 0s · $1.00 · 10',
			['    - a typo (by reviewer)', '      README'],
		],
		[
			{ kind: 'unreadable', why: 'it said nothing' },
			'  ✗ reviewer gives no verdict · 0s ·',
			['    it said nothing'],
		],
	])('%j', (verdict, first, rest) => {
		const told = lines([{ ...reviewed(TASK), verdict } as Event]);
		expect(told[0]).toBe(first);
		expect(afterLogs(told)).toEqual(rest);
	});
});

describe('a rejection', () => {
	const findings = [
		{ what: 'no test', evidence: 'src/a.ts', blocking: true, by: 'reviewer' },
		{ what: '`npm test` failed', evidence: 'boom', blocking: true, by: 'npm test' },
	];

	test('holds its findings, each with its evidence', () => {
		expect(lines([rejected(findings)])).toEqual([
			'  ✗ rejected',
			'    - no test (by reviewer)',
			'      src/a.ts',
			'    - `npm test` failed',
			'      boom',
		]);
	});

	test('tells nothing twice', () => {
		const verdict: Verdict = { kind: 'rejected', findings: findings.slice(0, 1) };
		const unreadable: Verdict = { kind: 'unreadable', why: 'x' };
		const result = { command: 'npm test', exitCode: 1, ms: 0, tail: 'boom', log: 'x', runs: 1 };
		const told = lines([
			{
				event: 'checked',
				task: TASK,
				on: 'candidate',
				setup: null,
				installed: 'as before',
				...AT,
				results: [{ ...result, result: 'red' }],
			},
			{ ...reviewed(TASK), verdict } as Event,
			{ ...reviewed(TASK), verdict: unreadable } as Event,
			rejected(findings),
		]);
		expect(told.slice(told.indexOf('  ✗ rejected'))).toEqual(['  ✗ rejected', '    - `npm test` failed']);
		expect(told.filter((line) => line.includes('boom'))).toHaveLength(1);
	});

	test('tells what a check printed once, though it ran again', () => {
		const red = {
			command: 'npm test',
			result: 'red',
			exitCode: 1,
			ms: 0,
			tail: 'boom',
			log: 'x',
			runs: 1,
		} as const;
		const first: Event = {
			event: 'checked',
			task: TASK,
			on: 'candidate',
			setup: null,
			installed: 'as before',
			...AT,
			results: [red],
		};
		const told = lines([first, worked(TASK), { ...first, on: 'candidate again' }]);
		expect(told.filter((line) => line.includes('boom'))).toHaveLength(1);
	});

	test('of a blocked worker is told by its own words', () => {
		const said = { what: 'the worker said: no key', evidence: '', blocking: true, by: 'worker' };
		expect(lines([{ ...rejected([said]), blocked: 'no key' } as Event])).toEqual(['  ✗ rejected']);
	});
});

test('a candidate is told by its size', () => {
	const proposal = { kind: 'candidate', candidate: CANDIDATE } as const;
	expect(lines([{ event: 'proposed', task: TASK, proposal }])).toEqual(['  · candidate c1: 0 files, +0/-0']);
});

test('an undo that was given up is no landing that failed', () => {
	const undoing = { event: 'undoing', undoing: { task: TASK, why: '' } } as unknown as Event;
	expect(lines([undoing, { event: 'unlanded', task: TASK, why: 'the branch is gone' }])).toEqual([
		'  · its code is to be taken back',
		'  ! not taken back: the branch is gone',
	]);
});

describe('what became of it is told', () => {
	const landed = { text: 'Add', attempt: 1, commit: '0123456789abcdef', tree: 't1', equals: 1 };
	test.each<[event: string, more: object, told: string[]]>([
		['landed', { ...landed, worker: null, reviewers: [] }, ['  ✓ landed as 0123456789ab']],
		['unlanded', { why: 'the branch moved' }, ['  ! not landed: the branch moved']],
		[
			'marked',
			{ as: 'x', lines: [], outcome: 'gone' },
			['  ! its box was gone when it was to be', '    marked'],
		],
		['marked', { as: 'x', lines: [1], outcome: 'written' }, []],
		['sealed', {}, []],
		[
			'cleared',
			{ why: 'parked', ref: 'refs/nightloop/parked/1', restore: null },
			['  ! changes taken out of the tree:', '    parked'],
		],
		['cleared', { why: 'nothing was there', ref: null, restore: null }, []],
		['parked', { text: 'Add', why: 'no', ref: null, inARow: 1 }, ['  ! parked: no']],
		['abandoned', { text: 'Add', why: 'deleted by hand', heir: null }, ['  ! left: deleted by hand']],
		[
			'abandoned',
			{ text: 'Add', why: 'reworded by hand', heir: OTHER },
			['  ! left: reworded by hand', '  · what it is now:', `nightloop why ${OTHER}`],
		],
		[
			'abandoned',
			{ task: OTHER, text: 'Old words', why: 'x', heir: TASK },
			['  · it was: Old words', `nightloop why ${OTHER}`],
		],
		['undoing', { undoing: { task: TASK, why: 'slow' } }, ['  · its code is to be taken back: slow']],
		['undone', { why: '', box: 'open' }, ['  ! its code was taken back', '    its box was opened again']],
		[
			'undone',
			{ why: 'slow', box: 'drop' },
			['  ! its code was taken back: slow', '    its box was dropped'],
		],
	])('%s %j', (event, more, told) => {
		expect(lines([{ event, task: TASK, ...more } as unknown as Event])).toEqual(told);
	});
});

const AT = { commit: CANDIDATE.commit, tree: CANDIDATE.tree };

function afterLogs(told: readonly string[]): string[] {
	return told.slice(told.findIndex((line) => line.includes('.nightloop/sessions/')) + 1);
}

function rejected(findings: readonly Finding[]): Event {
	return { event: 'rejected', task: TASK, text: 'Add', attempt: 1, findings, ref: null, blocked: null };
}

function lines(events: readonly Event[], more: Partial<Reading> = {}): string[] {
	return linesOf({ entries: events.map((event) => entry(event, 0)) }, more);
}

function linesOf(chapter: Omit<Chapter, 'attempt' | 'commands'>, more: Partial<Reading> = {}): string[] {
	const time = (at: string) => at.slice(11, 16);
	const isThere = () => true;
	const reading = { task: TASK, running: null, time, isThere, folder: '', self: 'nightloop', ...more };
	return entryLines({ attempt: 1, commands: [], ...chapter }, reading);
}
