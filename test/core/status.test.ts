import { describe, expect, test } from 'vitest';
import { listLines, statusLines, statusOf } from '../../src/core/status.ts';
import { clockTime } from '../../src/core/format.ts';
import { DEFAULTS } from '../../src/core/rules/settings.ts';
import type { Status } from '../../src/core/status.ts';
import type { Attempt, Event, Run, SessionId, WaitingFor } from '../../src/core/types.ts';
import {
	attempt,
	entry,
	NOW,
	opened,
	review,
	runOf,
	started,
	taskIn,
	todo,
	worked,
	WORK,
} from '../helpers/parts.ts';

const LIST =
	'- [ ] All\n  - [ ] Add\n  - [x] Bend\n- [!] Cure\n- [-] Dig\n- [x] Eat\n\n## Notes\n\n- [ ] not a task\n';
const REVIEWER: Attempt['open'] = {
	session: '0002-reviewer' as SessionId,
	role: 'reviewer',
	prompt: 'reviewer',
	agent: 'claude',
	phase: 'running',
};

describe('the status', () => {
	test('counts leaves by state, and the boxes that are none', () => {
		expect(statusOf(runOf(started), todo(LIST), 'alive', DEFAULTS).counts).toEqual({
			open: 1,
			done: 2,
			parked: 1,
			dropped: 1,
			optional: 0,
			ignored: 1,
		});
	});

	test('sets optional ones apart, unless they are to be worked on too', () => {
		const list = todo('- [ ] Add\n- [ ]* Bend\n- [x]* Cure\n');
		const of = (optional: boolean) => statusOf(runOf(started), list, 'alive', { optional });
		expect(of(false).counts).toMatchObject({ open: 1, optional: 1, done: 1 });
		expect(statusLines(of(false), [], NOW)[1]).toBe(
			'1 done, 1 open (and 1 optional), 0 parked, 0 dropped, 0 boxes ignored',
		);
		expect(listLines(of(false))).toEqual(['open:', '    1  Add', 'optional, left alone:', '    2  Bend']);
		expect(of(true).counts).toMatchObject({ open: 2, optional: 0 });
		expect(listLines(of(true))).toEqual(['open:', '    1  Add', '    2  Bend']);
	});

	test.each<[Status['state'], Partial<Attempt>]>([
		['working', {}],
		['checking', { work: WORK }],
		['reviewing', { work: WORK, open: REVIEWER }],
		['reviewing', { work: WORK, reviews: [review()] }],
	])('is %s by what its attempt has', (state, more) => {
		expect(statusOf(inHand(more), todo(LIST), 'alive', DEFAULTS).state).toBe(state);
	});

	test.each<[Status['state'], WaitingFor]>([
		['idle', { kind: 'edits' }],
		['paused', { kind: 'pause' }],
		['waiting', { kind: 'auth', message: '' }],
	])('is %s by what it waits for', (state, what) => {
		const run: Run = { ...inHand({}), waiting: { for: what, until: null } };
		expect(statusOf(run, todo(LIST), 'alive', DEFAULTS)).toMatchObject({ state, waitingUntil: null });
	});

	test('is idle between attempts, and stopped when no loop holds the work tree', () => {
		expect(statusOf(runOf(started), todo(LIST), 'alive', DEFAULTS).state).toBe('idle');
		expect(statusOf(inHand({}), todo(LIST), 'nobody', DEFAULTS).state).toBe('stopped');
	});

	test('names the task with its line today, the attempt and the session', () => {
		expect(
			statusOf(inHand({ open: REVIEWER, number: 2 }), todo('Now:\n\n- [ ] Add\n'), 'alive', DEFAULTS),
		).toMatchObject({
			task: { line: 3, text: 'Add' },
			attempt: 2,
			session: '0002-reviewer',
			walls: 'groups',
		});
		expect(statusOf(inHand({}), todo('- [ ] Bend\n'), 'alive', DEFAULTS).task).toEqual({
			line: null,
			text: 'Add',
		});
		expect(statusOf(runOf(), todo(LIST), 'nobody', DEFAULTS)).toMatchObject({
			task: null,
			attempt: null,
			session: null,
		});
	});

	test('tells until when it waits as a time of the world', () => {
		const run: Run = { ...inHand({}), waiting: { for: { kind: 'auth', message: '' }, until: NOW } };
		expect(statusOf(run, todo(LIST), 'alive', DEFAULTS).waitingUntil).toBe('2026-01-01T00:00:00.000Z');
	});
});

describe('what was spent', () => {
	test('is told by task, and of each that was never tried as nothing', () => {
		const add = taskIn('- [ ] Add\n', 'Add').id;
		const { tasks } = statusOf(
			runOf(started, opened(add), worked(add)),
			todo('- [ ] Add\n- [ ] Bend\n'),
			'alive',
			DEFAULTS,
		);
		expect(tasks.map(({ spent }) => spent)).toEqual([{ usd: 1, billed: 1, tokens: 10, sessions: 1 }, null]);
	});
});

describe('the lines of it', () => {
	test('say what it does, how far it is, and what it used', () => {
		const run: Run = {
			...inHand({ open: REVIEWER, text: 'Add\u001b[31m' }),
			spent: { usd: 1.5, billed: 1.5, tokens: 12_000, sessions: 3 },
		};
		const [what, counts, spent, ...more] = statusLines(statusOf(run, todo(LIST), 'alive', DEFAULTS), [], NOW);
		expect(what).toMatch(/^reviewing: Add.* · attempt 1 · 0002-reviewer$/);
		expect(what).not.toContain('\u001b');
		expect(counts).toBe('2 done, 1 open, 1 parked, 1 dropped, 1 box ignored');
		expect(spent).toMatch(/^3 sessions, .*12.* tokens, \$1\.50 · walls: groups$/);
		expect(more).toEqual([]);
	});

	test('count one of a kind as one', () => {
		const run: Run = { ...runOf(), spent: { sessions: 1, tokens: 0, usd: 0, billed: 0 } };
		expect(statusLines(statusOf(run, todo(LIST), 'nobody', DEFAULTS), [], NOW)[2]).toBe('1 session');
	});

	test('say until when it waits, and nothing of a session between two', () => {
		const run: Run = { ...inHand({}), waiting: { for: { kind: 'auth', message: '' }, until: NOW } };
		expect(statusLines(statusOf(run, todo(LIST), 'alive', DEFAULTS), [], NOW)[0]).toBe(
			`waiting until ${clockTime(NOW, NOW)}: Add · attempt 1`,
		);
		expect(statusLines(statusOf(runOf(started), todo(LIST), 'alive', DEFAULTS), [], NOW)[0]).toBe('idle');
	});

	test('name what is held, and the way to take it', () => {
		const run: Run = { ...runOf(started), held: ['todo.md', 'prompts/re\u001b[31mviewer.md'] };
		const status = statusOf(run, todo(LIST), 'alive', DEFAULTS);
		expect(status.held).toEqual(run.held);
		expect(statusLines(status, [], NOW)[3]).toBe(
			'held as last accepted: todo.md, prompts/reviewer.md · to take it: nightloop accept, or a start from a terminal',
		);
	});

	test('end with the last five events that a person would see', () => {
		const notes = Array.from({ length: 7 }, (_, index): Event => ({
			event: 'notice',
			text: `note ${index}`,
		}));
		const quiet: Event = { event: 'marked', task: attempt().task, as: 'x', lines: [1], outcome: 'written' };
		const last = [...notes, quiet].map(entry);
		const lines = statusLines(statusOf(runOf(started), todo(LIST), 'alive', DEFAULTS), last, NOW);
		expect(lines.slice(3)).toEqual([2, 3, 4, 5, 6].map((index) => `  ! note ${index}`));
	});
});

describe('the list in it', () => {
	const lines = (text: string) => listLines(statusOf(runOf(), todo(text), 'nobody', DEFAULTS));

	test('is what is open and parked, and each box that is no task, with why', () => {
		expect(lines(LIST)).toEqual([
			'open:',
			'    2  Add',
			'parked:',
			'    4  Cure',
			'no tasks:',
			expect.stringMatching(/^ {3}10 {2}not a task \(.*Notes.*\)$/),
		]);
		expect(lines('- [x] Done\n')).toEqual([]);
	});

	test('says how many more there are of a kind', () => {
		const text = Array.from({ length: 12 }, (_, i) => `- [ ] Task ${i}\n`).join('');
		expect(lines(text)).toHaveLength(12);
		expect(lines(text).at(-1)).toBe('       … and 2 more: nightloop --dry-run');
	});
});

function inHand(more: Partial<Attempt>): Run {
	return { ...runOf(started), attempt: attempt(more) };
}
