import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../../src/core/errors.ts';
import { DEFAULTS, layOver, parseSettings } from '../../../src/core/rules/settings.ts';

const parse = (yaml: string) => parseSettings('todo.md', `---\n${yaml}\n---\n- [ ] a\n`);
const settings = (yaml: string) => parse(yaml).settings;
const outcome = <Result>(act: () => Result): Result | UserError => {
	try {
		return act();
	} catch (error) {
		if (error instanceof UserError) return error;
		throw error;
	}
};
const told = (act: () => unknown): string => {
	const error = outcome(act);
	if (!(error instanceof UserError)) throw new Error('nothing was thrown');
	return `${error.what} ${error.why} ${error.fix}`;
};
const refusal = (yaml: string) => told(() => parse(yaml));

describe('parseSettings', () => {
	test('gives the defaults for a list without front matter', () => {
		expect(parseSettings('todo.md', '- [ ] a\n')).toEqual({ settings: DEFAULTS, notices: [] });
	});

	test('reads the settings of the manual', () => {
		const yaml = [
			'checks: [npm test]        # or one string',
			'attempts: 5',
			'until: "07:00"',
			'budget: {usd: 25, tokens: 30M, sessions: 200}',
			'pause: true',
			'settle: 200ms',
			`notify: 'curl -d "$NIGHTLOOP_MESSAGE" https://example.com/topic'`,
			`commit: 'night: {{task}}'`,
			'optional: true',
			'setup: npm ci',
			'walls: groups',
			'push: true',
		].join('\r\n');
		expect(parse(yaml)).toEqual({
			settings: {
				checks: ['npm test'],
				attempts: 5,
				until: { kind: 'clock', hours: 7, minutes: 0 },
				budget: { usd: 25, tokens: 30_000_000, sessions: 200 },
				pause: true,
				settle: 200,
				notify: 'curl -d "$NIGHTLOOP_MESSAGE" https://example.com/topic',
				commit: 'night: {{task}}',
				optional: true,
				setup: 'npm ci',
				walls: 'groups',
				push: true,
			},
			notices: [],
		});
	});

	test('takes a key without a value as absent', () =>
		expect(settings('attempts:\nbudget:\n')).toEqual(DEFAULTS));
	test('takes one check without a list', () =>
		expect(settings('checks: npm test').checks).toEqual(['npm test']));
	test('leaves the limits of a budget that are not given open', () =>
		expect(settings('budget: {sessions: 9}').budget).toEqual({ usd: null, tokens: null, sessions: 9 }));

	test.each([
		['30M', 30_000_000],
		['500k', 500_000],
		['1.5m', 1_500_000],
		['2B', 2_000_000_000],
		['"4000"', 4000],
		['12345', 12_345],
	])('reads %s tokens as %i', (written, tokens) =>
		expect(settings(`budget:\n  tokens: ${written}`).budget.tokens).toBe(tokens),
	);

	test.each([
		['"07:00"', 7, 0],
		['07:00', 7, 0],
		['"7:05"', 7, 5],
		["'00:00'", 0, 0],
		['"23:59"', 23, 59],
	])('reads until: %s as a time of day', (written, hours, minutes) =>
		expect(parse(`until: ${written}`)).toMatchObject({
			settings: { until: { kind: 'clock', hours, minutes } },
			notices: [],
		}),
	);

	test.each([
		['8h', 28_800_000],
		['90m', 5_400_000],
		['1h30m', 5_400_000],
		['30s', 30_000],
	])('reads until: %s as a length of time', (written, ms) =>
		expect(settings(`until: ${written}`).until).toEqual({ kind: 'after', ms }),
	);

	test.each([
		['23:30', 23, 30, 1410],
		['7:00', 7, 0, 420],
	])('takes an unquoted %s as the time of day that it is, and says so', (written, hours, minutes, number) =>
		expect(parse(`pause: false\nuntil: ${written} # late`)).toEqual({
			settings: { ...DEFAULTS, until: { kind: 'clock', hours, minutes } },
			notices: [
				`todo.md:3: until: YAML reads ${written} as the number ${number}; it is taken as the time of day (write "${written}")`,
			],
		}),
	);

	test('takes the decimal digits of what YAML reads as octal, and says so', () => {
		expect(parse('attempts: 010')).toEqual({
			settings: { ...DEFAULTS, attempts: 10 },
			notices: ['todo.md:2: attempts: YAML reads 010 as 8; it is taken as 10'],
		});
		expect(parse('budget: {usd: 25, tokens: 0100}').settings.budget.tokens).toBe(100);
		expect(parse('attempts: 08').notices).toEqual([
			'todo.md:2: attempts: YAML reads 08 as the text "08"; it is taken as 8',
		]);
		expect(parse('attempts: 07').notices).toEqual([]);
		expect(parse('attempts:\n  010').settings.attempts).toBe(8);
	});

	test.each([
		['atempts: 3', 'todo.md:2: there is no setting "atempts". The nearest one is "attempts".'],
		[
			'pause: true\n\nCheck: npm test',
			'todo.md:4: there is no setting "Check". The nearest one is "checks".',
		],
		[
			'budget:\n  usd: 1\n  token: 5',
			'todo.md:4: there is no setting "budget.token". The nearest one is "budget.tokens".',
		],
		['{pause: true, "tries": 3}', 'todo.md:2: there is no setting "tries".'],
		['__proto__: {pause: true}', 'todo.md:2: there is no setting "__proto__".'],
		['"a.b(": 1', 'todo.md:2: there is no setting "a.b(".'],
	])('names the line and the nearest key of an unknown one: %j', (yaml, message) =>
		expect(refusal(yaml)).toContain(message),
	);

	test.each([
		['checks: 5', 'todo.md:2: checks is 5. Expected a text or a list of texts.'],
		['checks: [npm test, {a: b}]', 'checks is a mapping. Expected a text or a list of texts.'],
		['checks: [""]', 'checks is the text "".'],
		['pause: "\\e[2Jyes\\nno"', 'pause is the text "yes".'],
		['attempts: three', 'attempts is the text "three". Expected a whole number from 1 on, such as 3.'],
		['attempts: 0', 'attempts is 0. Expected a whole number from 1 on'],
		['attempts: 2.5', 'attempts is 2.5.'],
		['attempts: 1:30', 'attempts is 90.'],
		['until: 8', 'until is 8. Expected a time of day, such as "07:00", or a length of time, such as 8h.'],
		['until: "24:00"', 'until is the text "24:00".'],
		['until: "7:60"', 'until is the text "7:60".'],
		['until: 2026-11-23', 'until is a date. Expected a text.'],
		['until:\n  23:30', 'until is 1410.'],
		['budget: 25', 'todo.md:2: budget is 25. Expected keys and values.'],
		['budget: [25]', 'budget is a list. Expected keys and values.'],
		['budget: 2026-11-23', 'budget is a date. Expected keys and values.'],
		[
			'pause: false\nbudget:\n  usd: -1',
			'todo.md:4: budget.usd is -1. Expected a number above 0, such as 25.',
		],
		['budget: {usd: .inf}', 'budget.usd is Infinity.'],
		[
			'budget: {tokens: many}',
			'budget.tokens is the text "many". Expected a number of tokens, such as 500k or 30M.',
		],
		['budget: {tokens: 0k}', 'budget.tokens is the text "0k".'],
		['budget: {tokens: true}', 'budget.tokens is true.'],
		['pause: yes', 'pause is the text "yes". Expected true or false.'],
		['settle: 3', 'settle is 3. Expected a length of time, such as 30s, 15m or 1h30m.'],
		['settle: [3s]', 'settle is a list.'],
		['notify: true', 'notify is true. Expected a text.'],
		['commit: "{{task}} {{tsk}}"', '{{tsk}} is none.'],
		['walls: none', 'walls is the text "none". Expected auto or groups.'],
	])('says what was found and what is expected: %j', (yaml, message) =>
		expect(refusal(yaml)).toContain(message),
	);

	test('says in which line YAML cannot be read', () =>
		expect(refusal('attempts: 3\nchecks: npm test: all')).toContain(
			'todo.md:3: the front matter cannot be read. YAML: ',
		));

	test('either gives settings or a UserError, for any text', () =>
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), (text) => {
				const keys = outcome(() => Object.keys(parse(text).settings));
				expect(keys instanceof UserError ? Object.keys(DEFAULTS) : keys).toEqual(Object.keys(DEFAULTS));
			}),
		));
});

describe('layOver', () => {
	test('changes nothing without options', () => expect(layOver(DEFAULTS, {})).toEqual(DEFAULTS));

	test('lets options win, and keeps what they do not name', () => {
		const budget = { usd: 1, tokens: 2, sessions: 3 };
		const options = { checks: ['make'], attempts: 1, until: '6:30', usd: 9.5 };
		expect(layOver({ ...DEFAULTS, budget, pause: true }, options)).toEqual({
			...DEFAULTS,
			pause: true,
			checks: ['make'],
			attempts: 1,
			until: { kind: 'clock', hours: 6, minutes: 30 },
			budget: { usd: 9.5, tokens: 2, sessions: 3 },
		});
	});

	test.each([
		[{ checks: [' '] }, '--check is the text "".'],
		[{ attempts: Number.NaN }, '--attempts is NaN. Expected a whole number from 1 on, such as 3.'],
		[{ attempts: 0 }, '--attempts is 0.'],
		[{ until: 'late' }, '--until is the text "late". Expected a time of day'],
		[{ usd: 0 }, '--budget-usd is 0. Expected a number above 0, such as 25.'],
	])('names the option of a bad value: %j', (options, message) =>
		expect(told(() => layOver(DEFAULTS, options))).toContain(message),
	);
});
