import { describe, expect, test } from 'vitest';
import { page } from '../../../src/core/report/page.ts';
import { reportOf } from '../../../src/core/report/report.ts';
import type { Entry, Event } from '../../../src/core/types.ts';
import type { Known } from '../../../src/core/why/why.ts';
import { longNight } from '../../helpers/long-night.ts';
import type { Deed } from '../../helpers/long-night.ts';
import { entry, started } from '../../helpers/parts.ts';

const HOSTILE = `</pre><script>alert("1")</script><img src=x onerror='1'>\u202E`;

describe('the report as a page', () => {
	test('says what needs the person, what was tried, and how to go on', () => {
		const text = told([{ text: 'Add', outcomes: ['rejected', 'red', 'parked'] }]);
		expect(text).toContain('Needs you <span class="count">1</span>');
		expect(text).toContain('set [!] back to [ ]');
		expect(text).toContain('login.ts:41');
		expect(text).toContain('git diff c0 refs/nightloop/rejected/1');
		expect(text).toContain('href="sessions/0001-worker/output.jsonl"');
		expect(text).toMatch(/<details>\s*<summary>Attempt 1 /);
		expect(text).toMatch(/<details open>\s*<summary>Attempt 2 /);
	});

	test('says that nothing needs the person, and leaves out what there is none of', () => {
		const text = told([{ text: 'Add', outcomes: [] }], { entries: [] });
		expect(text).toContain('Nothing needs you.');
		expect(of(longNight([]), 'shop', ['a part is missing'])).toContain('a part is missing');
		expect(text).toContain('Nothing has happened yet.');
		expect(text).toContain('No session has ended yet.');
		expect(text).not.toContain('Look twice');
		expect(text).not.toContain('id="in-work"');
	});

	test('tells of a landing who approved it, what changed, what it cost, and how to take it back', () => {
		const text = told([{ text: 'Add', outcomes: ['lands'] }]);
		expect(text).toMatch(/1 attempt · 18m · \$0\.62 · 82k tokens/);
		expect(text).toContain('1 file, +12 −3');
		expect(text).toContain('approved by reviewer (0002-reviewer)');
		expect(text).toMatch(/nightloop undo [0-9a-f]{14}/);
	});

	test('asks for a second look at what was rejected, flaky, or touched more than code', () => {
		const touches = ['.github/workflows/ci.yml', 'logo.png'];
		const text = told([
			{ text: 'Add', outcomes: ['rejected', 'red', 'lands'], touches },
			{ text: 'Bend', outcomes: ['rejected', 'flaky'] },
		]);
		expect(text).toContain('rejected 2 times before: login.ts:41');
		expect(text).toContain('CI: .github/workflows/ci.yml');
		expect(text).toContain('landed with a check that was flaky: npm test');
		expect(text).toContain('rejected once before');
		expect(text).toContain('2 files, +12 −3');
		expect(text).toContain('binary');
	});

	test('tells of a landing of which an earlier run did the most', () => {
		const known = longNight([{ text: 'Add', outcomes: ['rejected', 'lands'] }]);
		const landed = known.entries.findIndex((each) => each.event === 'landed');
		const text = of({ ...known, entries: known.entries.slice(landed) });
		expect(text).toContain('2 attempts · 0s');
		expect(text).toContain('no file changed');
		const noReason = known.entries.map((each) =>
			each.event === 'rejected' ? { ...each, findings: [] } : each,
		);
		expect(of({ ...known, entries: noReason })).toContain('<li>rejected once before</li>');
		const kept = known.entries.findLastIndex((each) => each.event === 'worked');
		expect(of({ ...known, entries: known.entries.slice(kept), todo: null })).toContain('1 file, +12 −3');
	});

	test('tells in order what was landed again, and of attempts without a candidate', () => {
		const text = told([
			{ text: 'Add', outcomes: ['unchanged', 'lands', 'rejected', 'refused', 'lands'] },
			{ text: 'Bend', outcomes: ['lands'] },
		]);
		expect(text.indexOf('aria-label="Add"')).toBeLessThan(text.indexOf('aria-label="Bend"'));
		expect(text).toContain('5 attempts · 50m');
	});

	test('puts what landed in the order of its landings, not of its first attempts', () => {
		const known = longNight([
			{ text: 'Add', outcomes: ['lands'] },
			{ text: 'Bend', outcomes: ['lands'] },
		]);
		const late = (each: Entry) =>
			each.event === 'landed' && each.text === 'Add' ? { ...each, at: '2027-01-01T00:00:00.000Z' } : each;
		const text = of({ ...known, entries: known.entries.map(late) });
		expect(text.indexOf('aria-label="Bend"')).toBeLessThan(text.indexOf('aria-label="Add"'));
	});

	test('shows the remarks of who approved it, with and without evidence', () => {
		const remark = (evidence: string) => {
			const finding = { what: 'a longer name', evidence, blocking: false, by: 'reviewer' };
			return told([{ text: 'Add', outcomes: ['lands'], finding }]);
		};
		expect(remark('line 4')).toMatch(/a longer name\s*<pre>line 4<\/pre>/);
		expect(remark('')).toMatch(/a longer name\s*<\/li>/);
	});

	test('tells of a task without checks, of one without a record, and of one that is gone from the list', () => {
		const known = longNight([{ text: 'Add', outcomes: ['lands'] }]);
		expect(of({ ...known, entries: known.entries.filter(({ event }) => event !== 'checked') })).not.toContain(
			'Look twice',
		);
		expect(told([{ text: 'Add', outcomes: ['parked'] }], { entries: [] })).toContain(
			'line 1 · parked by hand',
		);
		expect(of({ ...longNight([{ text: 'Bend', outcomes: ['limited'] }]), todo: null })).toContain('In work');
	});

	test('says of a rejected candidate that it is gone once it was kept for long', () => {
		const known = longNight([{ text: 'Add', outcomes: ['rejected', 'parked'] }]);
		expect(of({ ...known, now: known.now + 20 * 24 * 3_600_000 })).toContain('and is gone');
	});

	test('names the first hundred files of a landing', () => {
		const touches = Array.from({ length: 102 }, (_, index) => `src/${index}.ts`);
		expect(told([{ text: 'Add', outcomes: ['lands'], touches }])).toContain('and 2 more');
		expect(told([{ text: 'Add', outcomes: ['lands'], touches: [] }])).toContain('no file changed');
	});

	test('keeps every text of agents and of the repository as text', () => {
		const finding = { what: HOSTILE, evidence: HOSTILE, blocking: true, by: HOSTILE };
		const deeds: Deed[] = [
			{ text: HOSTILE, outcomes: ['rejected', 'lands'], touches: [HOSTILE], finding },
			{ text: `${HOSTILE} again`, outcomes: ['rejected'], finding },
			{ text: `${HOSTILE} once more`, outcomes: ['rejected', 'parked'], finding },
		];
		const text = told(deeds, {}, HOSTILE);
		expect(text).not.toMatch(/<script|<img|\u202E|onerror='/);
		expect(text).toContain('&#60;script&#62;');
	});

	test('asks for nothing from anywhere', () => {
		const text = told([{ text: 'Add', outcomes: ['lands'] }]);
		expect(text).toContain("default-src 'none'");
		expect(text).not.toMatch(/https?:|<script|<link|<img|@import|url\(/);
	});

	test('shows the sum of tokens where no price is known, and no line where nothing is', () => {
		const known = longNight([{ text: 'Add', outcomes: ['lands'] }]);
		const priced = (usd: number, tokens: number) =>
			of({
				...known,
				entries: known.entries.map((each) => ('usage' in each ? { ...each, usage: { usd, tokens } } : each)),
			});
		expect(priced(0, 1000)).toContain('2k tokens by');
		expect(priced(0, 1000)).toContain('<td>–</td>');
		expect(priced(0, 0)).not.toContain('<polyline');
		expect(priced(0, 0)).toContain('18m</p>');
	});

	test('says what the loop does now, and what a person has to know', () => {
		const waiting: Event = { event: 'waiting', for: { kind: 'auth', message: 'run /login' }, until: null };
		const known = after(waiting);
		expect(of(known)).toContain('role="note"');
		expect(of(known)).toContain('run /login');
		expect(of({ ...known, holder: 'nobody' })).toContain('start it again, it goes on');
		const ended: Event = { event: 'ended', ending: { kind: 'deadline', until: 0 }, tree: null };
		expect(of({ ...after(ended), holder: 'nobody' })).toContain('ended: deadline reached');
		expect(of({ ...after(ended), holder: 'nobody', entries: [] })).toContain('start it again');
		const held: Event = { event: 'held', files: ['prompts/worker.md'] };
		expect(of(after(held))).toContain('held as last accepted');
		const undoing = {
			...longNight([]).run,
			undoing: {} as NonNullable<Known['run']['undoing']>,
			walls: null,
			branch: null,
		};
		expect(of({ ...longNight([]), run: undoing })).toContain('an undo is unfinished');
	});

	test('shows the task in work, and what was tried and is open', () => {
		const known = longNight([
			{ text: 'Add', outcomes: ['rejected'] },
			{ text: 'Bend', outcomes: ['limited'] },
		]);
		const text = of(known);
		expect(text).toContain('In work');
		expect(text).toContain('at work');
		expect(text).toContain('Tried, still open <span class="count">1</span>');
	});

	test('leaves out of what landed what was taken back', () => {
		const known = longNight([{ text: 'Add', outcomes: ['lands'] }]);
		const landed = known.entries.find((each) => each.event === 'landed')!;
		const { task, text, commit } = landed;
		const undoing: Event = {
			event: 'undoing',
			undoing: { task, text, commit, sealed: {} as never, why: '', box: 'open' },
		};
		const undone: Event = {
			event: 'undone',
			task,
			text,
			commit,
			by: commit,
			why: '',
			box: 'open',
			lines: [],
			tree: null,
		};
		const heir: Event = { event: 'abandoned', task, text, why: 'reworded', heir: known.todo!.tasks[0]!.id };
		const later = [undoing, undone, heir].map((each) => entry(each, 99_999));
		expect(of({ ...known, entries: [...known.entries, ...later] })).not.toContain('id="landed"');
	});

	test('tells of a thousand tasks', () => {
		const deeds = Array.from({ length: 1000 }, (_, index): Deed => ({
			text: `Task ${index}`,
			outcomes: ['lands'],
		}));
		expect(told(deeds).match(/<article/g)).toHaveLength(1000);
	});
});

function told(deeds: readonly Deed[], more: Partial<Known> = {}, name = 'shop'): string {
	return of(longNight(deeds, more), name);
}

function of(known: Known, name = 'shop', lost: readonly string[] = []): string {
	const reader = {
		name,
		time: (at: string) => at.slice(11, 16),
		folder: '',
		self: 'nightloop',
		isThere: () => true,
		lost,
	};
	const clock = (at: number) => new Date(at).toISOString().slice(11, 16);
	return page(reportOf(known, reader), { clock, day: () => '2026-01-01', logs: '' });
}

/** A night in which this happened last. */
function after(event: Event): Known {
	const known = longNight([]);
	const entries = [entry(started, 0), entry(event, 1)];
	const waiting = event.event === 'waiting' ? { for: event.for, until: event.until } : null;
	const held = event.event === 'held' ? event.files : [];
	const state = event.event === 'ended' ? 'ended' : 'running';
	return { ...known, entries, run: { ...known.run, waiting, held, state } };
}
