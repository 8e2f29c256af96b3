import { describe, expect, test } from 'vitest';
import type { Run, Scene, WaitingFor } from '../../src/core/types.ts';
import { Mishap } from '../../src/core/errors.ts';
import { afterMishap, afterTrouble, makeDo, stillWaiting } from '../../src/core/waits.ts';
import { NOW, runOf, scene, SETTINGS, started, taskIn } from '../helpers/parts.ts';

type Trouble = NonNullable<Run['trouble']>;

const SECOND = 1000;

describe('after a session that was cut off the loop waits', () => {
	test('not at all without trouble, and once for each trouble', () => {
		expect(afterTrouble(runOf(started), scene(''))).toBeNull();
		const idle: Trouble = { end: { kind: 'idle', ms: 1 }, count: 2, waited: 'done' };
		expect(afterTrouble({ ...runOf(started), trouble: idle }, scene(''))).toBeNull();
	});

	test.each<Trouble['end']>([
		{ kind: 'failed', exitCode: 1, signal: null, message: '' },
		{ kind: 'idle', ms: 1 },
		{ kind: 'overtime', ms: 1 },
	])('seconds for anything else, and not the first time: %o', (end) => {
		expect([1, 2, 3, 4, 5, 6, 99].map((count) => waits(end, count))).toEqual([
			null,
			2 * SECOND,
			4 * SECOND,
			8 * SECOND,
			16 * SECOND,
			60 * SECOND,
			60 * SECOND,
		]);
	});
});

describe('the wait', () => {
	test.each<[string, WaitingFor, Partial<Scene> & { text: string }, boolean]>([
		['for edits is over when something is open', { kind: 'edits' }, { text: '- [ ] Add\n' }, false],
		['for edits goes on while nothing is', { kind: 'edits' }, { text: '- [x] Add\n' }, true],
		['for edits is over when the list is gone: that is told', { kind: 'edits' }, { text: '' }, false],
		['in a pause goes on', { kind: 'pause' }, { text: '', settings: { ...SETTINGS, pause: true } }, true],
		['in a pause is over when it is taken back', { kind: 'pause' }, { text: '' }, false],
		['for a list goes on without one', { kind: 'todo', why: '' }, { text: '' }, true],
		['for a list is over with one', { kind: 'todo', why: '' }, { text: '- [x] Add\n' }, false],
	])('%s', (_name, what, { text, ...more }, expected) => {
		expect(stillWaiting({ for: what, until: null }, scene(text, more))).toBe(expected);
	});

	test.each(['limit', 'outage', 'auth', 'cut-off', 'machine'] as const)(
		'for %s is over when its time has come',
		(kind) => {
			const until = { for: { kind, message: '' }, until: NOW };
			expect(stillWaiting(until, scene('', { now: NOW - 1 }))).toBe(true);
			expect(stillWaiting(until, scene('', { now: NOW }))).toBe(false);
			expect(stillWaiting({ ...until, until: null }, scene(''))).toBe(false);
		},
	);
});

const MINUTE = 60_000;

describe('a clock that is set back', () => {
	test('makes no wait longer', () => {
		const wait = { for: { kind: 'auth', message: '' }, until: NOW } as const;
		const now = NOW - 5 * 60 * MINUTE;
		expect(stillWaiting(wait, scene('', { now: now - 1, setBack: 5 * 60 * MINUTE }))).toBe(true);
		expect(stillWaiting(wait, scene('', { now, setBack: 5 * 60 * MINUTE }))).toBe(false);
	});
});

describe('after a step that the machine said no to', () => {
	const step = { step: 'rest', until: null } as const;
	const full = (patience: Mishap['patience'] = 'endless') => new Mishap('full', { patience, at: NOW });
	const tried = (mishaps: number) => ({ ...runOf(started), mishaps });

	test('the loop waits a second at first, and a minute at most', () => {
		const seconds = [0, 1, 2, 3, 4, 5, 99].map((mishaps) => {
			const event = afterMishap(full(), step, tried(mishaps));
			return event?.event === 'waiting' ? (event.until! - NOW) / SECOND : null;
		});
		expect(seconds).toEqual([1, 2, 5, 10, 30, 60, 60]);
	});

	test('it says why', () =>
		expect(afterMishap(full(), step, tried(0))).toMatchObject({ for: { kind: 'machine', message: 'full' } }));

	test('it gives up after a few tries where nothing says that it will pass', () => {
		expect(afterMishap(full('short'), step, tried(4))).not.toBeNull();
		expect(() => afterMishap(full('short'), step, tried(5))).toThrow('full');
	});

	test('it says so at once at a start, and of a bug always', () => {
		expect(() => afterMishap(full(), { step: 'start', mode: 'fresh' }, tried(0))).toThrow('full');
		expect(() => afterMishap(new Error('bug'), step, tried(0))).toThrow('bug');
	});

	test('an end is one all the same, without a word on record', () => {
		const end = { step: 'end', ending: { kind: 'deadline', until: NOW } } as const;
		expect(afterMishap(full(), end, tried(0))).toBeNull();
	});
});

describe('with too little room on a disk', () => {
	const machine = { kind: 'disk', message: '1 MB' } as const;
	const wait = { for: machine, until: null };

	test('nothing is begun', () => {
		expect(makeDo(runOf(started), scene('', { machine }))).toMatchObject({
			event: { event: 'waiting', for: machine, until: null },
		});
		expect(makeDo(runOf(started), scene(''))).toBeNull();
	});

	test('it is said that what fills it may be what the last session left', () => {
		const run = { ...runOf(started), leftover: taskIn('- [ ] Add\n', 'Add').id };
		const message = '1 MB; the unfinished work of the last session lies in the work tree';
		expect(makeDo(run, scene('', { machine }))).toMatchObject({ event: { for: { message } } });
	});

	test('the wait is over when there is room', () => {
		expect(stillWaiting(wait, scene('', { machine }))).toBe(true);
		expect(stillWaiting(wait, scene(''))).toBe(false);
	});
});

function waits(end: Trouble['end'], count: number, now = NOW): number | null {
	const run = { ...runOf(started), trouble: { end, count, waited: 'not yet' } as const };
	const step = afterTrouble(run, scene('', { now }));
	const until = step?.step === 'record' && step.event.event === 'waiting' ? step.event.until : null;
	return until === null ? null : until - now;
}
