import { describe, expect, test } from 'vitest';
import { tellStory } from '../../../src/core/audit/story.ts';
import type { Event } from '../../../src/core/types.ts';
import * as tale from '../../helpers/landing-story.ts';
import { entry } from '../../helpers/parts.ts';

const { story, upTo, told, TASK, OTHER, HEAD, LANDED, MADE, UNDO, GREEN, RED, APPROVED } = tale;
const hear = (events: readonly Event[]) => tellStory(events.map(entry));
const faults = (events: readonly Event[]) => {
	const { faults, landings } = hear(events);
	return [...faults.map(({ why }) => why), ...[...landings.values()].flatMap((landing) => landing.faults)];
};
const cut = { kind: 'limited', until: null, message: '' };
const rejected = (by: string, more: tale.Told = {}) => ({
	event: 'rejected',
	task: TASK,
	text: 'Add',
	attempt: 1,
	findings: [{ what: 'no', evidence: '', blocking: true, by }],
	blocked: null,
	ref: null,
	...more,
});
const undoing = {
	event: 'undoing',
	undoing: {
		task: TASK,
		text: 'Add',
		commit: LANDED,
		sealed: { commit: UNDO, head: LANDED, branch: 'refs/heads/main', list: 'todo.md' },
		why: '',
	},
};
const undone = {
	event: 'undone',
	task: TASK,
	text: 'Add',
	commit: LANDED,
	by: UNDO,
	why: '',
	lines: [1],
};
const red = told('checked', { results: [RED] });
const base = told('checked', { on: 'base', commit: HEAD, results: [RED] });
const expected = { ...APPROVED, red: 'expected' };
const status = (more: tale.Told) => ({ status: { status: 'done', reason: '', red: null, ...more } });
const accepted = (checks: string, ...prompts: string[]) => ({
	event: 'accepted',
	by: 'terminal',
	settings: { file: 'todo.md', text: `---\nchecks: ${checks}\n---\n` },
	prompts: prompts.map((name) => ({ name, file: `prompts/${name}.md`, text: '' })),
});
const asked = (...prompts: string[]) => [told('started'), accepted('["true"]', ...prompts)];
const unready = { verdict: { kind: 'unreadable', why: '' } };
const reviews = (first: tale.Told, ...between: tale.Told[]) => [
	told('reviewed', { reviewer: 'reviewer-b', ...first }),
	told('settled again'),
	...between,
	told('reviewer', { session: '0003-reviewer' }),
	told('reviewed', { session: '0003-reviewer', nonce: 'm' }),
	told('settled again', { session: '0003-reviewer' }),
];
const RED_LANDED = /the check `true` was red/;
const again = told('started', { process: 'q', mode: 'again' });

describe('a story that holds together has no fault:', () => {
	test.each<readonly [string, readonly Event[]]>([
		['a landing', story()],
		['nothing', []],
		[
			'a loop that was killed while a session ran',
			upTo('worker', again, told('settled'), told('worker', { session: '0002-worker' })),
		],
		['a session that was cut off', upTo('worker', told('worked', { end: cut }), told('settled'))],
		[
			'a tree that changed while it was judged',
			upTo('reviewed', told('settled again', { drift: ['a'] }), told('proposed')),
		],
		[
			'a seal that came too late',
			upTo('sealed', { event: 'unlanded', task: TASK, why: 'moved' }, told('proposed')),
		],
		['a rejection by a check', upTo('proposed', red, rejected('true'))],
		[
			'a rejection by a reviewer',
			story({
				reviewed: { verdict: { kind: 'rejected', findings: [] } },
				sealed: [rejected('reviewer')],
				landed: null,
				marked: null,
			}),
		],
		[
			'an approval that did not expect the red',
			story({
				worked: status({ red: 'so' }),
				checked: red,
				sealed: [rejected('reviewer')],
				landed: null,
				marked: null,
			}),
		],
		[
			'a worker that is blocked',
			story({
				worked: status({ status: 'blocked' }),
				proposed: [rejected('worker', { blocked: 'so' })],
				checked: null,
				reviewer: null,
				reviewed: null,
				'settled again': null,
				sealed: null,
				landed: null,
				marked: null,
			}),
		],
		[
			'a work tree that made no candidate',
			upTo(
				'settled',
				told('proposed', { proposal: { kind: 'refused', what: '', evidence: '' } }),
				rejected('nightloop'),
			),
		],
		['red that base had too', story({ checked: [red, base] })],
		[
			'red that the task wants',
			story({ worked: status({ red: 'so' }), checked: red, reviewed: { verdict: expected } }),
		],
		[
			'red that was not known of base, and is that with what is installed',
			story({ checked: [red, { ...base, installed: 'changed' }], reviewed: { verdict: expected } }),
		],
		[
			'an approval that did not expect red with what is installed',
			story({
				checked: [red, { ...base, installed: 'changed' }],
				sealed: [rejected('reviewer')],
				landed: null,
				marked: null,
			}),
		],
		[
			'red at base that was known before base was looked at for another check',
			story({
				checked: [
					told('checked', { results: [RED, { ...RED, command: 'false' }] }),
					base,
					told('checked', { on: 'base', commit: HEAD, results: [{ ...RED, command: 'false' }] }),
				],
			}),
		],
		[
			'a setup that fails',
			story({
				checked: told('checked', { setup: 'npm ci', results: [{ ...RED, command: 'npm ci' }, GREEN] }),
			}),
		],
		['red that is not asked for any more', story({ started: asked(), checked: [red, accepted('[]')] })],
		[
			'a rejection by an approval of what the command line asks for',
			story({
				started: asked(),
				worked: status({ red: 'so' }),
				checked: told('checked', { results: [{ ...RED, command: 'sh "c"' }] }),
				'settled again': [told('settled again'), accepted('["true"]')],
				sealed: [rejected('reviewer')],
				landed: null,
				marked: null,
			}),
		],
		[
			'a reviewer that gave no verdict, and is none any more',
			story({
				started: asked('reviewer', 'reviewer-b', 'worker'),
				reviewed: reviews(unready, accepted('["true"]', 'reviewer')),
				'settled again': null,
				landed: { reviewers: ['0003-reviewer'] },
			}),
		],
		[
			'settings that this version cannot read',
			story({ started: asked(), checked: [told('checked'), accepted('"')] }),
		],
		['a check that is flaky', story({ checked: [red, told('checked', { on: 'candidate again' })] })],
		['settings that were accepted between attempts', [...story(), accepted('[]')] as Event[]],
		['an undo', [...story(), undoing, undone] as Event[]],
		[
			'an undo that was given up',
			[...story(), undoing, { event: 'unlanded', task: TASK, why: '' }] as Event[],
		],
		[
			'an undo while a session is as a dead loop left it',
			[
				...story(),
				told('worker', { session: '0003-worker' }),
				told('settled', { session: '0003-worker' }),
				{ event: 'notice', text: '' },
				undoing,
				undone,
				told('worker', { session: '0004-worker' }),
			] as Event[],
		],
		['an undo in a clone, before any start', [undoing, undone] as Event[]],
		[
			'an abandoned task',
			upTo('worker', { event: 'abandoned', task: TASK, text: 'Add', why: '', heir: OTHER }),
		],
		['a deleted task', upTo('worker', { event: 'abandoned', task: TASK, text: 'Add', why: '', heir: null })],
		[
			'a parked task',
			upTo(
				'started',
				{ event: 'parked', task: TASK, text: 'Add', why: '', ref: null, inARow: 1 },
				told('marked', { as: '!' }),
			),
		],
		[
			'a session beside the loop, as a dead one left it',
			[
				...story(),
				told('worker', { session: '0003-worker' }),
				{ event: 'planned', session: '0004-planner', role: 'planner' },
				told('started'),
				told('settled', { session: '0003-worker' }),
				told('worker', { session: '0005-worker' }),
			] as Event[],
		],
		['what says nothing about landings', upTo('started', { event: 'notice', text: 'hm' })],
		[
			'a nonce that was never used',
			upTo(
				'reviewer',
				told('reviewed', {
					nonce: '',
					end: { kind: 'stopped', why: '' },
					verdict: { kind: 'unreadable', why: '' },
				}),
			),
		],
	])('%s', (_, events) => {
		expect(faults(events)).toEqual([]);
	});
});

describe('a fault is', () => {
	test.each<readonly [string, RegExp, readonly Event[]]>([
		[
			'a hole in the numbers of sessions',
			/session 0003-reviewer where number 2/,
			story({ reviewer: { session: '0003-reviewer' } }),
		],
		['a name that is none', /session x-worker/, story({ worker: { session: 'x-worker' } }).slice(0, 2)],
		[
			'a session of another part',
			/was opened as reviewer/,
			upTo('started', told('worker', { role: 'reviewer' })),
		],
		['a session that was not settled', /never settled before the next one/, story({ settled: null })],
		['an end that is missing', /has no end on record/, story({ worked: null })],
		[
			'a session that is settled twice',
			/was not the session that was open/,
			upTo('settled', told('settled')),
		],
		['a session that ends twice', /which no worker was opened as/, upTo('worked', told('worked'))],
		[
			'a review by a session that was not opened',
			/which no reviewer was opened as/,
			story({ reviewer: null }),
		],
		[
			'a second worker on work that is done',
			/a second worker/,
			upTo('settled', told('worker', { session: '0002-worker' })),
		],
		[
			'an attempt that has no end',
			/begins another attempt/,
			[...upTo('sealed'), told('worker', { session: '0003-worker' })] as Event[],
		],
		[
			'an attempt that begins with a reviewer',
			/an attempt begins with 0002-reviewer/,
			story({ worker: null, worked: null, settled: null, proposed: null, checked: null }),
		],
		['an attempt that is skipped', /attempt 2 where attempt 1/, story({ worker: { attempt: 2 } })],
		['a candidate without work', /no worker that completed/, upTo('worker', told('proposed'))],
		[
			'a candidate of a session that was not settled',
			/0001-worker was not settled/,
			upTo('worked', told('proposed')),
		],
		['a check of another tree', /checks of another tree/, story({ checked: { tree: HEAD } })],
		['a check in another room', /checks of another tree/, story({ checked: { commit: HEAD } })],
		['a check of nothing', /checks of another tree/, upTo('settled', told('checked'))],
		[
			'a green check that failed',
			/a check that is green, exit 1/,
			story({ checked: { results: [{ ...GREEN, exitCode: 1 }] } }),
		],
		[
			'a red check that did not',
			/a check that is red, exit 0/,
			story({ checked: { results: [{ ...RED, exitCode: 0 }] } }),
		],
		['a verdict on another tree', /judged another tree/, story({ reviewed: { tree: HEAD } })],
		['a verdict on nothing', /judged another tree/, upTo('settled', told('reviewer'), told('reviewed'))],
		[
			'a nonce that is used twice',
			/was another session/,
			upTo(
				'settled again',
				told('reviewer', { session: '0003-reviewer' }),
				told('reviewed', { session: '0003-reviewer' }),
			),
		],
		['a nonce that is none', /had no nonce/, story({ reviewed: { nonce: '' } })],
		[
			'a seal on another commit',
			/what was sealed stands on another commit/,
			upTo(
				'settled again',
				told('sealed', { sealed: { commit: LANDED, head: MADE, branch: '', list: null } }),
			),
		],
		['a seal of nothing', /what was sealed stands on another commit/, upTo('settled', told('sealed'))],
		[
			'a line about another task',
			/"sealed" stands where no attempt at that task is in hand/,
			story({ sealed: { task: OTHER } }),
		],
		...['worked', 'proposed', 'checked', 'reviewed', 'sealed', 'unlanded', 'rejected'].map(
			(event) =>
				[
					`"${event}" on nothing`,
					new RegExp(`"${event}" stands where no attempt`),
					upTo('started', { event, task: TASK, findings: [], results: [] }),
				] as const,
		),
		['a landing on nothing', /no attempt at its task was in hand/, upTo('started', told('landed'))],
		[
			'a landing of another attempt',
			/attempt 1 was in hand, not attempt 2/,
			story({ landed: { attempt: 2 } }),
		],
		['a landing without work', /no worker session of that name/, upTo('worker', told('landed'))],
		[
			'a landing by another worker',
			/no worker session of that name/,
			story({ landed: { worker: '0009-worker' } }),
		],
		['a landing of another tree', /is not its candidate/, story({ landed: { tree: HEAD } })],
		['a landing that was not sealed', /was not sealed/, story({ sealed: null })],
		[
			'a landing that nobody approved',
			/no reviewer approved/,
			story({ reviewer: null, reviewed: null, 'settled again': null }),
		],
		['a landing that others approved', /are others/, story({ landed: { reviewers: ['0009-reviewer'] } })],
		[
			'a landing in which one session has two parts',
			/two parts/,
			story({ landed: { reviewers: ['0001-worker'] } }),
		],
		['an approval by a session that did not end', /did not end well/, story({ reviewed: { end: cut } })],
		[
			'a landing against a reviewer',
			/a reviewer did not approve/,
			story({ reviewed: { verdict: { kind: 'unreadable', why: '' } } }),
		],
		['a landing with a red check', /the check `true` was red/, story({ checked: red })],
		[
			'red that the reviewer did not expect',
			/the check `true` was red/,
			story({ worked: status({ red: 'so' }), checked: red }),
		],
		[
			'a landing against a reviewer that is still asked',
			/a reviewer did not approve/,
			story({
				started: asked('reviewer', 'reviewer-b'),
				reviewed: reviews(unready),
				'settled again': null,
				landed: { reviewers: ['0003-reviewer'] },
			}),
		],
		[
			'a landing against one that rejected, and is none any more',
			/a reviewer did not approve/,
			story({
				started: asked('reviewer', 'reviewer-b'),
				reviewed: reviews({ verdict: { kind: 'rejected', findings: [] } }, accepted('["true"]')),
				'settled again': null,
				landed: { reviewers: ['0003-reviewer'] },
			}),
		],
		[
			'red that is still asked for',
			RED_LANDED,
			story({ started: asked(), checked: [red, accepted('"true"')] }),
		],
		[
			'red that is asked for again',
			RED_LANDED,
			story({ started: asked(), checked: [red, accepted('[]'), accepted('"true"')] }),
		],
		[
			'red that came when it was not asked for any more in the settings',
			RED_LANDED,
			story({ started: asked(), checked: [red, accepted('[]'), red] }),
		],
		['red that the command line asks for', RED_LANDED, story({ checked: [red, accepted('[]')] })],
		[
			'a setup that is a check as well',
			RED_LANDED,
			story({ started: asked(), checked: told('checked', { setup: 'true', results: [RED] }) }),
		],
		[
			'red that base had with what is installed, and the reviewer did not expect',
			RED_LANDED,
			story({ checked: [red, { ...base, installed: 'changed' }] }),
		],
		['red that base had no more', RED_LANDED, story({ checked: [red, base, { ...base, results: [GREEN] }] })],
		[
			'red that base had no more with what is installed',
			RED_LANDED,
			story({
				checked: [red, { ...base, installed: 'changed' }, { ...base, results: [GREEN] }],
				reviewed: { verdict: expected },
			}),
		],
		['a landing that is there twice', /landed twice/, story({ landed: [told('landed'), told('landed')] })],
		['a tick of what did not land', /a tick for a task that had not landed/, upTo('started', told('marked'))],
		['a mark of what was not parked', /not parked/, story({ marked: { as: '!' } })],
		[
			'a rejection of another attempt',
			/attempt 2 was rejected, and 1 was in hand/,
			upTo('proposed', red, rejected('true', { attempt: 2 })),
		],
		[
			'a rejection for a green check',
			/a check that is on record as green/,
			upTo('checked', rejected('true')),
		],
		['a rejection by nobody', /rejected by nobody/, upTo('checked', rejected('', { findings: [] }))],
		[
			'a rejection by a reviewer that approves',
			/on record as approving/,
			story({ sealed: [rejected('reviewer')], landed: null, marked: null }),
		],
		[
			'a rejection as blocked that nobody said',
			/its worker did not say/,
			upTo('settled', rejected('worker', { blocked: 'so' })),
		],
		[
			'a park of what is judged',
			/parked while its work/,
			upTo('settled', { event: 'parked', task: TASK, text: '', why: '', ref: null, inARow: 1 }),
		],
		['an undo that nothing began', /nothing on record began that/, [...story(), undone] as Event[]],
		[
			'an undo that is there twice',
			/undone before/,
			[...story(), undoing, undone, undoing, undone] as Event[],
		],
		[
			'an undo of another task',
			/landed for another task/,
			[...story(), { ...undoing, undoing: { ...undoing.undoing, task: OTHER } }] as Event[],
		],
	])('%s', (_, why, events) => {
		expect(faults(events).join('\n')).toMatch(why);
	});

	test('told with its line of the journal', () => {
		expect(hear(story({ reviewer: { session: '0003-reviewer' } })).faults[0]).toMatchObject({ line: 7 });
	});
});

describe('the story', () => {
	test('knows what landed, by whom, and whether its tick is owed', () => {
		const { landings, tasks, pending, firstHead } = hear(story({ marked: null }));
		expect(landings.get(LANDED as never)).toMatchObject({
			line: 11,
			worker: 'a/default/0001-worker',
			reviewers: ['a/default/0002-reviewer'],
			sealed: { list: 'todo.md' },
		});
		expect(tasks.get(TASK as never)).toMatchObject({ state: 'landed', commit: LANDED, tick: 'owed' });
		expect(hear(story()).tasks.get(TASK as never)).toMatchObject({ tick: 'written' });
		expect({ pending, firstHead }).toEqual({ pending: null, firstHead: HEAD });
	});

	test('knows what may be on its branch already, though it is not on record', () => {
		expect(hear(upTo('sealed')).pending).toBe(LANDED);
		expect(hear([...story(), undoing] as Event[]).pending).toBe(UNDO);
	});

	test('lets what landed red be the base of what follows', () => {
		const first = story({ worked: status({ red: 'so' }), checked: red, reviewed: { verdict: expected } });
		const second = story({
			started: null,
			worker: { session: '0003-worker', base: LANDED, task: OTHER },
			worked: { session: '0003-worker', task: OTHER },
			settled: { session: '0003-worker' },
			proposed: { task: OTHER },
			checked: { task: OTHER, results: [RED] },
			reviewer: { session: '0004-reviewer', task: OTHER },
			reviewed: { session: '0004-reviewer', task: OTHER, nonce: 'm' },
			'settled again': { session: '0004-reviewer' },
			sealed: { task: OTHER, sealed: { commit: UNDO, head: HEAD, branch: '', list: null } },
			landed: { task: OTHER, commit: UNDO, worker: '0003-worker', reviewers: ['0004-reviewer'] },
			marked: { task: OTHER },
		});
		expect(faults([...first, ...second])).toEqual([]);
	});

	test('counts attempts on after a rejection, and anew after a park, an undo or a new wording', () => {
		const next = (number: number, session: string) => told('worker', { session, attempt: number });
		const failed = upTo('proposed', red, rejected('true'));
		expect(faults([...failed, next(2, '0002-worker')] as Event[])).toEqual([]);
		expect(faults([...failed, next(1, '0002-worker')] as Event[])).not.toEqual([]);
		const parked = { event: 'parked', task: TASK, text: 'Add', why: '', ref: null, inARow: 1 };
		expect(faults([...failed, parked, next(1, '0002-worker')] as Event[])).toEqual([]);
		expect(faults([...story(), undoing, undone, next(1, '0003-worker')] as Event[])).toEqual([]);
	});

	test('remembers what was kept under refs, and when it was made', () => {
		const ref = 'refs/nightloop/rejected/x';
		const { refs } = hear(
			upTo('proposed', red, rejected('true', { ref }), {
				event: 'cleared',
				task: TASK,
				why: '',
				ref,
				restore: '',
			}),
		);
		expect(refs).toMatchObject([
			{ line: 7, ref, commit: MADE },
			{ line: 8, ref, commit: null },
		]);
		expect(refs[1]!.at - refs[0]!.at).toBe(3000);
	});
});
