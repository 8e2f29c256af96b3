import { describe, expect, test } from 'vitest';
import { NOTES } from '../../../src/core/notes.ts';
import { foot } from '../../../src/core/screen/foot.ts';
import type { Vitals } from '../../../src/core/screen/foot.ts';
import type { Attempt, Run, Scene, SessionId } from '../../../src/core/types.ts';
import { widthOf } from '../../../src/core/width.ts';
import { prompt } from '../../helpers/fake-world.ts';
import { attempt, CANDIDATE, NOW, runOf, scene, SETTINGS, started, WORK } from '../../helpers/parts.ts';

const LIST = '- [x] Bend\n- [ ] Add\n- [!] Cut\n- [ ]* Dye\n- [-] Eat\n';
const NONE: Vitals = { since: null, sign: null, tool: null };
const OPEN = {
	session: '0007-reviewer' as SessionId,
	role: 'reviewer',
	prompt: 'reviewer',
	agent: 'claude',
	phase: 'running',
} as const;

describe('the foot of the screen', () => {
	test('shows the session that runs, what was heard of it, and how far the night is', () => {
		const reviewer = { ...prompt('reviewer'), model: ['sonnet', 'opus'] };
		const vitals = { since: NOW - 192_000, sign: NOW - 4000, tool: 'Bash' };
		expect(rows({ attempt: attempt({ open: OPEN, number: 2 }) }, { reviewers: [reviewer] }, vitals)).toEqual([
			'─'.repeat(80),
			'▸ attempt 2/3 · Add',
			'  reviewer 0007 · 3m · last sign 4s ago · Bash · claude · opus',
			'  1 of 3 done · 1 needs you · main',
		]);
	});

	test.each([
		[80, 'Edit src/login.ts', 'Edit src/login.ts'],
		[80, 'Bash npm test -- --reporter=dot src/login.test.ts', 'Bash npm test -- --…'],
		[200, `Bash ${'x'.repeat(99)}`, `Bash ${'x'.repeat(54)}…`],
		[200, '\u001b[2JBash \u202Eecho\u0007 1\nrm -rf /', 'Bash echo 1'],
		[200, 'Bash 東京東京', 'Bash 東京東京'],
	])('at %i columns the tool %j is shown as %j, and the agent behind it', (columns, tool, words) => {
		const vitals = { since: NOW - 192_000, sign: NOW - 4000, tool };
		const reviewers = [{ ...prompt('reviewer'), model: ['sonnet'] }];
		const row = rows({ attempt: attempt({ open: OPEN }) }, { reviewers }, vitals, columns)[2];
		expect(row).toBe(`  reviewer 0007 · 3m · last sign 4s ago · ${words} · claude · sonnet`);
	});

	test('shows no tool where there is no room for one', () => {
		const vitals = { since: NOW - 192_000, sign: NOW - 4000, tool: 'Bash npm test' };
		const row = rows({ attempt: attempt({ open: OPEN }) }, { reviewers: [] }, vitals, 53)[2];
		expect(row).toBe('  reviewer 0007 · 3m · last sign 4s ago · claude');
	});

	test('shows a session at the notes as what it is: none of a task’s attempts', () => {
		const open = {
			...OPEN,
			session: '0007-consolidator' as SessionId,
			role: 'consolidator',
			prompt: 'consolidator',
		} as const;
		const consolidator = { ...prompt('consolidator'), model: ['haiku'] };
		const vitals = { since: NOW - 60_000, sign: NOW - 4000, tool: null };
		const shown = rows(
			{ attempt: attempt({ task: NOTES.id, text: NOTES.text, number: 4, open }) },
			{ consolidator },
			vitals,
		);
		expect(shown.slice(1, 3)).toEqual([
			'▸ between two tasks · Shorten the notes in memory/',
			'  consolidator 0007 · 1m · last sign 4s ago · claude · haiku',
		]);
	});

	test('says that nothing was heard yet, and nothing of a model that is not named', () => {
		const row = rows({ attempt: attempt({ open: OPEN }) }, { reviewers: [] }, { ...NONE, since: NOW })[2];
		expect(row).toBe('  reviewer 0007 · 0s · nothing heard yet · claude');
	});

	test.each<[string, Partial<Attempt>]>([
		['a session is about to begin', {}],
		['a session is about to begin', { open: OPEN }],
		['what it left is looked at', { work: WORK }],
		['checks run', { work: WORK, proposal: { kind: 'candidate', candidate: CANDIDATE } }],
		['checked', { work: WORK, proposal: { kind: 'candidate', candidate: CANDIDATE }, checks: [] }],
		['landing', { sealed: {} as NonNullable<Attempt['sealed']> }],
	])('says where an attempt is between its sessions: %s', (words, more) => {
		expect(rows({ attempt: attempt(more) })[2]).toBe(`  ${words}`);
	});

	test('says what is waited for, how long still, and that an end was asked for', () => {
		const waiting = { for: { kind: 'pause' }, until: null } as const;
		expect(rows({ waiting })[1]).toBe('◷ paused by todo.md');
		const limit = { for: { kind: 'limit', message: '' }, until: NOW + 600_000 } as unknown as Run['waiting'];
		expect(rows({ waiting: limit })[1]).toMatch(/ · 10m left$/);
		const stop = { kind: 'finish', signal: 'SIGINT' } as const;
		expect(rows({ waiting }, { stop })[1]).toBe('◷ paused by todo.md · ends after this attempt');
		expect(rows({}, { stop })[1]).toBe('▸ between two tasks · ends after this attempt');
	});

	test('says how much of the night and of the budget is left', () => {
		const until = { kind: 'after', ms: 8 * 3_600_000 } as const;
		const settings = {
			...SETTINGS,
			until,
			optional: true,
			budget: { usd: 25, tokens: 30_000_000, sessions: 200 },
		};
		const spent = { usd: 4.1, billed: 4.1, tokens: 1_200_000, sessions: 12 };
		expect(rows({ spent, startedAt: NOW }, { settings }).at(-1)).toMatch(
			/^  1 of 4 done · 1 needs you · until 08:00, 8h left · \$4\.10 of \$25\.00 · 1\.2M .*…$/u,
		);
		expect(rows({ spent }).at(-1)).toBe('  1 of 3 done · 1 needs you · $4.10 · 1.2M tokens · main');
		expect(rows({ spent: { ...spent, billed: 1 } }).at(-1)).toContain(' · ≈$4.10 · ');
		const sessions = { ...SETTINGS, budget: { usd: null, tokens: null, sessions: 5 } };
		expect(
			rows({ spent: { usd: 0, billed: 0, tokens: 0, sessions: 2 } }, { settings: sessions }).at(-1),
		).toContain('2 of 5 sessions');
	});

	test('counts several that need the person, and does without a list, a branch or a task', () => {
		expect(rows({}, scene('- [!] Bend\n- [!] Cut\n')).at(-1)).toContain('2 need you');
		expect(rows({ branch: null }, { todo: { kind: 'absent' } })).toEqual([
			'─'.repeat(80),
			'▸ between two tasks',
		]);
		expect(rows({}, scene('- [ ] Add\n')).at(-1)).toBe('  0 of 1 done · main');
	});

	test('never is wider than the screen', () => {
		const long = attempt({ text: '日本語 '.repeat(40) });
		for (const row of foot({ ...runOf(started), attempt: long }, scene(LIST), NONE, {
			columns: 40,
			clock: () => '',
		}))
			expect(widthOf(row)).toBeLessThanOrEqual(40);
	});
});

function rows(run: Partial<Run>, more: Partial<Scene> = {}, vitals = NONE, columns = 80): string[] {
	const clock = (at: number) => new Date(at).toISOString().slice(11, 16);
	return foot({ ...runOf(started), ...run }, scene(LIST, more), vitals, { columns, clock });
}
