import { describe, expect, test } from 'vitest';
import type {
	CheckPlan,
	CheckResult,
	CommitId,
	Event,
	Proposal,
	Run,
	TreeId,
} from '../../../src/core/types.ts';
import { advance } from '../../../src/core/run/run.ts';
import { attempt, CANDIDATE, runOf, started } from '../../helpers/parts.ts';

const HAND: Run = { ...runOf(started), attempt: attempt() };

describe('results of checks', () => {
	test('are the attempt’s, one a command, the later ones in place of the earlier', () => {
		const run = after(
			checked('candidate', red('lint'), green('test')),
			checked('candidate again', red('lint')),
		);
		expect(run.attempt?.checks).toEqual([green('test'), { ...red('lint'), runs: 2 }]);
	});

	test('of one tree that differ are flaky, and keep what the red run printed', () => {
		const flaky = { ...red('test'), result: 'flaky', runs: 2 };
		expect(
			after(checked('candidate', red('test')), checked('candidate', green('test'))).attempt?.checks,
		).toEqual([flaky]);
		expect(
			after(checked('candidate', green('test')), checked('candidate', red('test'))).attempt?.checks,
		).toEqual([flaky]);
	});

	test('that were flaky stay so', () => {
		const run = after(
			checked('candidate', red('a')),
			checked('candidate', green('a')),
			checked('candidate', green('a')),
		);
		expect(run.attempt?.checks).toMatchObject([{ result: 'flaky', runs: 3 }]);
	});

	test('of base are known of that commit, and are not the candidate’s', () => {
		const run = after(checked('base', red('test')));
		expect(run.attempt?.checks).toBeNull();
		expect(run.checked).toEqual([{ of: 'c0', results: [red('test')] }]);
	});

	test('of base that are red with other things installed count for the attempt in hand alone', () => {
		const run = after({ ...checked('base', red('test'), green('lint')), installed: 'changed' } as Event);
		expect(run.attempt?.unsure).toEqual([red('test')]);
		expect(run.checked).toEqual([{ of: 'c0', results: [green('lint')] }]);
	});

	test('of base for more commands are added to those that are known', () => {
		const run = after(
			checked('base', red('lint')),
			checked('base', green('test')),
			checked('base', green('lint')),
		);
		expect(run.checked).toEqual([{ of: 'c0', results: [green('test'), green('lint')] }]);
	});

	test('that are green tell how long the check takes', () => {
		const run = after(checked('candidate', { ...green('test'), ms: 7 }, { ...red('lint'), ms: 9 }));
		expect([...run.greenMs]).toEqual([['test', 7]]);
	});

	test('are remembered of the last sixteen', () => {
		const all = Array.from({ length: 20 }, (_, i) => checked('base', green('test'), `c${i}`));
		expect(after(...all).checked.map(({ of }) => of)).toEqual(
			Array.from({ length: 16 }, (_, i) => `c${19 - i}`),
		);
	});
});

describe('a candidate', () => {
	const proposed = (proposal: Proposal): Event => ({ event: 'proposed', task: attempt().task, proposal });
	const candidate = proposed({ kind: 'candidate', candidate: CANDIDATE });

	test('whose tree was green has these results; red ones are forgotten', () => {
		const run = after(checked('candidate', green('lint'), red('test')), candidate);
		expect(run.attempt).toMatchObject({ checks: null, known: [green('lint')] });
	});

	test('of another tree has none, nor has a refused one', () => {
		expect(after(candidate).attempt).toMatchObject({ checks: null, known: [] });
		const refused = proposed({ kind: 'refused', what: 'too much', evidence: '' });
		expect(after(checked('candidate', green('lint')), refused).attempt).toMatchObject({
			checks: null,
			known: [],
		});
	});

	test('that landed is a base with its results', () => {
		const landed: Event = {
			event: 'landed',
			task: attempt().task,
			text: '',
			attempt: 1,
			commit: 'c9' as CommitId,
			tree: 't1' as TreeId,
			equals: 1,
			worker: null,
			reviewers: [],
		};
		expect(after(checked('candidate', red('test')), landed).checked[0]).toEqual({
			of: 'c9',
			results: [red('test')],
		});
		expect(after(landed).checked).toEqual([]);
	});
});

function after(...events: Event[]): Run {
	return events.reduce((run, event) => advance(run, { at: '2026-01-01T00:00:00.000Z', ...event }), HAND);
}

function checked(on: CheckPlan['on'], ...all: (CheckResult | string)[]): Event {
	const commit = (all.find((each) => typeof each === 'string') ?? (on === 'base' ? 'c0' : 'c1')) as CommitId;
	const results = all.filter((each): each is CheckResult => typeof each === 'object');
	return {
		event: 'checked',
		task: attempt().task,
		on,
		setup: null,
		installed: 'as before',
		commit,
		tree: 't1' as TreeId,
		results,
	};
}

function green(command: string): CheckResult {
	return { command, result: 'green', exitCode: 0, ms: 1, tail: '', log: '', runs: 1 };
}

function red(command: string): CheckResult {
	return { ...green(command), result: 'red', exitCode: 1, tail: 'boom' };
}
