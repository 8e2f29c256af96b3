import { describe, expect, test } from 'vitest';
import { checkNext, checksToCome, redToExpect, resultWords } from '../../../src/core/gate/checks.ts';
import type { Attempt, CheckResult, CommitId, Run, Settings, Step } from '../../../src/core/types.ts';
import { attempt, CANDIDATE, runOf, scene, SETTINGS, started, WORK } from '../../helpers/parts.ts';

const MINUTE = 60_000;
const proposal = { kind: 'candidate', candidate: CANDIDATE } as const;

describe('a candidate', () => {
	test('without checks passes on', () => expect(next([], [])).toBeNull());
	test('that is green passes on', () => expect(next(['test'], [is('test', 'green')])).toBeNull());
	test('that was green when it was run again passes on', () =>
		expect(next(['test'], [is('test', 'flaky')])).toBeNull());

	test('is checked with all that is missing, and with what comes before it', () => {
		expect(planned(next(['build', 'test', 'lint'], []))).toEqual(['candidate', 'build', 'test', 'lint']);
		expect(planned(next(['build', 'test'], [is('build', 'green')]))).toEqual(['candidate', 'build', 'test']);
		expect(planned(next(['build', 'test'], [is('test', 'green')]))).toEqual(['candidate', 'build']);
	});

	test('is given three times the last green run, and half an hour at least', () => {
		const limit = (ms: number) => {
			const run = { ...runOf(started), greenMs: new Map([['test', ms]]) };
			const step = next(['test'], [], {}, run);
			return step?.step === 'check' ? step.plan.commands[0]!.limit / MINUTE : null;
		};
		expect([limit(0), limit(9 * MINUTE), limit(20 * MINUTE)]).toEqual([30, 30, 60]);
	});

	test('passes on where its setup was not needed', () => {
		const settings = { setup: 'npm ci' };
		expect(
			checkNext(runOf(started), hand([is('test', 'green')]), CANDIDATE, at(['test'], settings)),
		).toBeNull();
	});

	test('gets the setup that its changes call for', () => {
		const settings = { setup: 'npm ci' };
		const step = checkNext(runOf(started), hand([]), CANDIDATE, at(['test'], settings));
		expect(step).toMatchObject({ plan: { setup: { command: 'npm ci', when: 'dependencies are missing' } } });
	});
});

describe('a red check', () => {
	const red = [is('lint', 'green'), is('test', 'red')];

	test('has base looked at, when nothing is known of it', () => {
		expect(planned(next(['lint', 'test'], red))).toEqual(['base', 'lint', 'test']);
	});
	test('that is green at base is run once more', () => {
		expect(planned(next(['lint', 'test'], red, { base: [is('test', 'green')] }))).toEqual([
			'candidate again',
			'lint',
			'test',
		]);
	});
	test('that is red twice and green at base is a rejection, with its output', () => {
		const step = next(['test'], [is('test', 'red', { runs: 2, tail: 'boom' })], {
			base: [is('test', 'green')],
		});
		expect(step).toMatchObject({
			step: 'reject',
			findings: [{ what: '`test` failed (exit 1), twice', evidence: 'boom', by: 'test', blocking: true }],
		});
	});
	test('that is flaky at base counts as green there', () => {
		expect(planned(next(['test'], [is('test', 'red')], { base: [is('test', 'flaky')] }))?.[0]).toBe(
			'candidate again',
		);
	});
	test('that did not end in time is not run again', () => {
		const step = next(['test'], [is('test', 'overtime')], { base: [is('test', 'green')] });
		expect(step).toMatchObject({ findings: [{ what: '`test` did not end in time' }] });
	});
	test.each(['red', 'overtime'] as const)('passes on where base is %s as well', (result) => {
		expect(next(['test'], [is('test', 'red')], { base: [is('test', result)] })).toBeNull();
	});
	test('is no excuse for another one', () => {
		const base = [is('lint', 'red'), is('test', 'green')];
		const both = [is('lint', 'red'), is('test', 'red', { runs: 2 })];
		expect(next(['lint', 'test'], both, { base })).toMatchObject({
			findings: [{ what: '`test` failed (exit 1), twice' }],
		});
	});
	test('that the worker declared passes on, to be judged, when base was looked at', () => {
		const declared = 'no code yet';
		expect(planned(next(['test'], [is('test', 'red')], { declared }))?.[0]).toBe('base');
		expect(next(['test'], [is('test', 'red')], { declared, base: [is('test', 'green')] })).toBeNull();
	});
	test('that is red at base with what the worker has installed passes on, to be judged', () => {
		const hands = { ...hand([is('test', 'red')]), unsure: [is('test', 'red')] };
		expect(checkNext(knowing([]), hands, CANDIDATE, at(['test']))).toBeNull();
	});
	test('that is not asked for any more does not count', () => {
		expect(next(['lint'], [is('lint', 'green'), is('test', 'red')])).toBeNull();
	});
	test('of a setup is a fact, and told with the red checks that it may be the reason of', () => {
		const step = (test: CheckResult) =>
			checkNext(
				knowing([is('test', 'green')]),
				hand([is('npm ci', 'red'), test]),
				CANDIDATE,
				at(['test'], { setup: 'npm ci' }),
			);
		expect(step(is('test', 'green'))).toBeNull();
		expect(step(is('test', 'red', { runs: 2 }))).toMatchObject({
			step: 'reject',
			findings: [{ by: 'test' }, { what: '`npm ci` failed (exit 1)' }],
		});
	});
});

describe('an approval must expect', () => {
	const expected = (declared: string | null, result: CheckResult['result'], base: CheckResult[] = []) =>
		redToExpect(knowing(base), hand([is('test', result)], declared), { ...SETTINGS, checks: ['test'] })
			.length;

	test('what is red and was declared', () => expect(expected('no code yet', 'red')).toBe(1));
	test('nothing that was not declared', () => expect(expected(null, 'red', [is('test', 'red')])).toBe(0));
	test('nothing that is green', () => expect(expected('no code yet', 'green')).toBe(0));
	test('what is red at base only with what the worker has installed', () => {
		const hands = { ...hand([is('test', 'red')]), unsure: [is('test', 'red')] };
		const settings = { ...SETTINGS, checks: ['test'] };
		expect(redToExpect(knowing([]), hands, settings)).toHaveLength(1);
		expect(resultWords(knowing([]), hands, settings)).toMatch(/Red at base as well[^]*with what the author/);
	});
	test('nothing that was red before', () =>
		expect(expected('no code yet', 'red', [is('test', 'red')])).toBe(0));
});

describe('a reviewer reads', () => {
	const words = (result: CheckResult, base: CheckResult[] = [], declared: string | null = null) =>
		resultWords(knowing(base), hand([result], declared), { ...SETTINGS, checks: ['test'] });

	test('that a check is green', () => expect(words(is('test', 'green'))).toBe('- `test`: green, 2s'));
	test('that it was green only when it was run again', () =>
		expect(words(is('test', 'flaky'))).toContain('only when it was run once more (flaky)'));
	test('how the setup came out, where there was one', () => {
		const hands = hand([is('npm ci', 'red'), is('test', 'green')]);
		expect(resultWords(runOf(), hands, { ...SETTINGS, setup: 'npm ci', checks: ['test'] })).toMatch(
			/^- `npm ci`: red[^]*\n- `test`: green/,
		);
	});
	test('how a long one ended', () =>
		expect(words(is('test', 'green', { ms: 4 * MINUTE, tail: '12 passed' }))).toBe(
			'- `test`: green, 4m\n  It takes long: read this result, run only the part that you doubt. How it ended:\n    12 passed',
		));
	test('how a red one ended, and how base did', () => {
		const text = words(is('test', 'red', { tail: 'a\nb' }), [is('test', 'red', { tail: 'c' })]);
		expect(text).toContain('red (exit 1)');
		expect(text).toContain('  How it ended:\n    a\n    b\n  Red at base as well.');
		expect(text).toContain('    c');
	});
	test('that one was ended by a signal, or not in time', () => {
		expect(words(is('test', 'red', { exitCode: null }))).toContain('`test`: red, 2s');
		expect(words(is('test', 'overtime'))).toContain('did not end in time');
	});
	test('that an approval must expect a declared red, and not a word of the author', () => {
		const text = words(is('test', 'red'), [is('test', 'green')], 'trust me');
		expect(text).toContain('"red": "expected"');
		expect(text).not.toContain('trust me');
		expect(text).not.toContain('Red at base');
	});
});

describe('a worker reads', () => {
	const words = (checks: string[], run: Run = runOf(started), base: string | null = 'c0') =>
		checksToCome(run, base, { ...SETTINGS, checks });

	test('what will be run', () => expect(words(['lint', 'test'], runOf(), null)).toBe('lint\ntest'));
	test('what was red before it came', () =>
		expect(words(['test'], knowing([is('test', 'red')]))).toContain('red before you came'));
	test('which ones take long', () => {
		const run = { ...runOf(started), greenMs: new Map([['test', 4 * MINUTE]]) };
		expect(words(['test'], run)).toBe(
			'test   (takes 4m: run the tests that your change concerns, the loop runs all of it)',
		);
	});
});

function is(command: string, result: CheckResult['result'], more: Partial<CheckResult> = {}): CheckResult {
	const exitCode = result === 'red' ? 1 : 0;
	return { command, result, exitCode, ms: 2000, tail: '', log: '', runs: 1, ...more };
}

function hand(checks: CheckResult[], red: string | null = null): Attempt {
	const status = red === null ? null : ({ status: 'done', reason: '', red } as const);
	return attempt({ work: { ...WORK, status }, proposal, checks });
}

function knowing(base: CheckResult[]): Run {
	return { ...runOf(started), checked: [{ of: 'c0' as CommitId, results: base }] };
}

function at(checks: string[], more: Partial<Settings> = {}) {
	return scene('- [ ] Add\n', { settings: { ...SETTINGS, checks, ...more } });
}

function next(
	checks: string[],
	results: CheckResult[],
	{ base = [], declared = null }: { base?: CheckResult[]; declared?: string | null } = {},
	run = knowing(base),
): Step | null {
	return checkNext(run, hand(results, declared), CANDIDATE, at(checks));
}

function planned(step: Step | null): string[] | null {
	return step?.step === 'check' ? [step.plan.on, ...step.plan.commands.map(({ command }) => command)] : null;
}
