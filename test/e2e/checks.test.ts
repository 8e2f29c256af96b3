import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CheckResult, Entry, Finding } from '../../src/core/types.ts';
import { boxes } from '../helpers/checker.ts';
import type { Told } from '../helpers/nightloop.ts';
import { type Night, withNight } from '../helpers/night.ts';
import type { Plan } from '../helpers/repository.ts';
import { scripted, type Scripts } from '../helpers/scripted.ts';

const THREE = ['the first thing', 'the second thing', 'the third thing'];

describe.concurrent.each(['auto', 'groups'])('walls %s: checks', (walls) => {
	it('run in one room, one after the other: the second uses what the first built', () =>
		withChecks(walls, ['echo built >built.ignored', 'grep built built.ignored'], {}, async (night) => {
			expect(await night.run()).toMatchObject({ exitCode: 0 });
			expect(resultsOf(night.only('checked'))).toEqual(['green', 'green']);
			expect(existsSync(join(night.path, 'built.ignored'))).toBe(false);
		}));

	it('that are red where base is green are run again, and then a finding without a review', () =>
		withChecks(walls, [counted('seq 3000; echo its last words; ! [ -e done/make* ]')], {}, async (night) => {
			expect(await night.run()).toMatchObject({ exitCode: 3 });
			expect(night.all('checked').map(({ on }) => on)).toEqual(['candidate', 'base', 'candidate again']);
			expect(await night.notes('runs')).toHaveLength(3);
			const [finding] = night.only('rejected')['findings'] as Finding[];
			expect(finding?.what).toContain('failed (exit 1), twice');
			expect(finding?.evidence).toMatch(/^2999\n3000\nits last words$/m);
			expect(finding?.evidence.length).toBeLessThanOrEqual(4000);
			expect((await night.notes('sessions')).join()).not.toContain('reviewer');
		}));

	it.each([
		['changed', 'echo broken >runner.ignored'],
		['removed', 'rm runner.ignored'],
	])(
		'that a worker makes red at base as well by what it %s of what is installed do not land by a plain approval',
		(_, poison) => {
			const scripts = { worker: `${poison}; do_the_task` };
			const files = { 'runner.ignored': 'works\n' };
			return withChecks(walls, ['grep works runner.ignored'], { scripts, files }, async (night) => {
				expect(await night.run()).toMatchObject({ exitCode: 3 });
				expect(night.all('checked').map(({ on, installed }) => [on, installed])).toEqual([
					['candidate', 'as before'],
					['base', 'changed'],
				]);
				expect(JSON.stringify(night.only('rejected')['findings'])).toContain(
					'did not say that this is expected',
				);
				expect(night.all('landed')).toEqual([]);
			});
		},
	);

	it('leave the end of what they print, and a log that a person can open', () =>
		withChecks(walls, ['yes "a line" | head -c 40000000; echo; echo the end; exit 1'], {}, async (night) => {
			expect(await night.run()).toMatchObject({ exitCode: 0 });
			const [result] = night.at('checked', 0)['results'] as CheckResult[];
			expect(result?.tail).toMatch(/a line\n[^]*\nthe end$/);
			const log = join(night.path, result?.log ?? '');
			expect((await stat(log)).size).toBeLessThan(17 * 1024 * 1024);
			expect((await readFile(log)).includes(0)).toBe(false);
		}));

	it('of which one ended and the next did not are run once each more after a kill', () => {
		const check = counted(
			`[ -e done/make* ] && exit 1; touch "$SCRATCH/log/base"; until [ -e "$SCRATCH/log/nod" ]; do sleep 0.02; done`,
		);
		return withChecks(walls, [check], {}, async (night) => {
			await night.killWhen(() => existsSync(join(night.scratch, 'log/base')));
			expect(await night.notes('runs')).toHaveLength(2);
			await night.note('nod', '');

			expect(await night.run()).toMatchObject({ exitCode: 3 });
			// The candidate's first result was on record: base again, then the candidate's second.
			expect(await night.notes('runs')).toHaveLength(4);
			expect(night.all('checked').map(({ on }) => on)).toEqual(['base', 'candidate again']);
			expect(await night.notes('sessions')).toHaveLength(1);
		});
	});
});

describe.concurrent('checks', () => {
	it('that are red once and then green cost no attempt, and the reviewer is told', () => {
		const once = `[ ! -e done/make* ] || [ -e "$SCRATCH/log/tried" ] || { : >"$SCRATCH/log/tried"; exit 1; }`;
		return withChecks('groups', [once], {}, async (night) => {
			expect(await night.run()).toMatchObject({ exitCode: 0 });
			expect(await night.promptOf('0002-reviewer')).toMatch(/green, but only when .* \(flaky\)/);
			expect(night.only('landed')).toMatchObject({ attempt: 1 });
			expect(await night.notes('sessions')).toHaveLength(2);
		});
	});

	it('that were red before are a fact for the reviewer, until they are green once', () => {
		const worker = `case $NIGHTLOOP_TASK in *second*) touch mended ;; *third*) rm mended ;; esac; do_the_task`;
		const plan = { tasks: THREE, scripts: { worker } };
		return withChecks('groups', [counted('echo as it was; [ -e mended ]')], plan, async (night) => {
			expect(await night.run()).toMatchObject({ exitCode: 3 });
			expect(await night.promptOf('0002-reviewer')).toMatch(/red \(exit 1\).*\n[^]*Red at base as well/);
			expect(boxes(await night.read('todo.md'), 'x')).toEqual(THREE.slice(0, 2));
			expect(boxes(await night.read('todo.md'), '!')).toEqual(THREE.slice(2));
			// Base is looked at for the first task alone: after that it is what landed last.
			const looks = ['candidate', 'base', 'candidate', 'candidate', 'candidate again'];
			expect(night.all('checked').map(({ on }) => on)).toEqual(looks);
			expect(await night.notes('runs')).toHaveLength(5);
		});
	});

	it('are not run again on a tree on which they were green; base is not looked at meanwhile', () => {
		const scripts = { reviewer: 'if [ $NIGHTLOOP_ATTEMPT = 1 ]; then reject; else approve; fi' };
		const plan = { scripts, settings: ['attempts: 2'] };
		return withChecks('groups', [counted('true')], plan, async (night) => {
			expect(await night.run()).toMatchObject({ exitCode: 0 });
			expect(night.only('landed')).toMatchObject({ attempt: 2 });
			expect(await night.notes('runs')).toHaveLength(1);
		});
	});

	it('that were green are not run again after a kill during the review', () => {
		const wait = `echo waits >>"$SCRATCH/log/reviews"; until [ -e "$SCRATCH/log/nod" ]; do sleep 0.02; done; approve`;
		const plan = { scripts: { reviewer: wait } };
		return withChecks('groups', [counted('true')], plan, async (night) => {
			await night.killWhen(() => existsSync(join(night.scratch, 'log/reviews')));
			await night.note('nod', '');

			expect(await night.run()).toMatchObject({ exitCode: 0 });
			expect(await night.notes('runs')).toHaveLength(1);
			expect(await night.notes('reviews')).toHaveLength(2);
		});
	});

	it('that take long are said to do so: the worker is to run its part, the reviewer to read the result', () => {
		const scripts = { reviewer: 'if [ $NIGHTLOOP_ATTEMPT = 1 ]; then reject; else approve; fi' };
		const plan = { scripts, settings: ['attempts: 3'] };
		return withChecks('groups', [counted('echo all is well')], plan, async (night) => {
			expect(await night.run(['--once'])).toMatchObject({ exitCode: 3 });
			await night.rewriteJournal((entries) => entries.map((entry) => slowed(entry, 240_000)));

			expect(await night.run()).toMatchObject({ exitCode: 0 });
			expect(await night.promptOf('0003-worker')).toMatch(/takes 4m: run the tests that your change/);
			expect(await night.promptOf('0004-reviewer')).toMatch(/green, 4m\n.*read this result.*\n +all is well/);
			expect(await night.notes('runs')).toHaveLength(1);
		});
	});
});

describe.concurrent.each(['auto', 'groups'])('walls %s: setup', (walls) => {
	const setup =
		'setup: echo "$(pwd)" >>"$SCRATCH/log/setups"; mkdir -p node_modules && echo new >node_modules/lib';
	const files = { 'package.json': '{}\n', 'package-lock.json': '{}\n', 'src/requirements.txt': 'one\n' };
	const reviewer = '[ -e node_modules/lib ] && approve';
	const settings = [setup];

	it('gives the rooms of checks and of reviewers what is not installed', () =>
		withChecks(
			walls,
			['[ -e node_modules/lib ]'],
			{ files, settings, scripts: { reviewer } },
			async (night) => {
				expect(await night.run()).toMatchObject({ exitCode: 0 });
				expect(await night.notes('setups')).toHaveLength(2);
				expect(existsSync(join(night.path, 'node_modules'))).toBe(false);
			},
		));

	it('is not run where all is there, and nothing that says what is needed was changed', () =>
		withChecks(
			walls,
			['[ -e node_modules/lib ]'],
			{ files, settings, scripts: { reviewer } },
			async (night) => {
				await night.write('node_modules/lib', 'old\n');
				expect(await night.run()).toMatchObject({ exitCode: 0 });
				expect(await night.notes('setups')).toEqual([]);
			},
		));

	it('is run where the candidate changes what says so', () => {
		const scripts = {
			worker: 'do_the_task; echo two >>src/requirements.txt',
			reviewer: 'grep -q new node_modules/lib && approve',
		};
		return withChecks(walls, ['grep new node_modules/lib'], { files, settings, scripts }, async (night) => {
			await night.write('node_modules/lib', 'old\n');
			expect(await night.run()).toMatchObject({ exitCode: 0 });
			expect(await night.notes('setups')).toHaveLength(2);
			expect(await night.read('node_modules/lib')).toBe('old\n');
		});
	});

	it('that writes tracked files gives checks and reviewers its dependencies, and the candidate as it is', () => {
		const writes = ['setup: mkdir -p node_modules && echo rewritten >>README.md'];
		const checks = ['[ -e node_modules ] && git diff --quiet && ! grep rewritten README.md'];
		const scripts = { reviewer: `if ${checks[0]}; then approve; else reject; fi` };
		return withChecks(walls, checks, { files, settings: writes, scripts }, async (night) => {
			expect(await night.run()).toMatchObject({ exitCode: 0 });
			expect(await night.git('show', 'HEAD:README.md')).not.toContain('rewritten');
		});
	});
});

interface Wanted extends Plan {
	readonly scripts?: Scripts;
}

/** With those checks and one attempt, where nothing else is said. */
async function withChecks(
	walls: string,
	checks: readonly string[],
	{ scripts = {}, settings = [], files, ...rest }: Wanted,
	use: (night: Night) => Promise<void>,
): Promise<void> {
	const attempts = settings.some((line) => line.startsWith('attempts')) ? [] : ['attempts: 1'];
	const plan = {
		...rest,
		settings: [`walls: ${walls}`, `checks: ${JSON.stringify(checks)}`, ...attempts, ...settings.map(quoted)],
		files: { '.gitignore': 'node_modules/\n*.ignored\n', ...files },
	};
	await withNight(scripted(scripts, plan), use);
}

/** A check that leaves a note each time that it is run. */
function counted(check: string): string {
	return `echo run >>"$SCRATCH/log/runs"; ${check}`;
}

/** A line of settings with its value as YAML takes any text. */
function quoted(line: string): string {
	const [name = '', ...value] = line.split(': ');
	return /^\d+$/.test(value.join()) ? line : `${name}: ${JSON.stringify(value.join(': '))}`;
}

function resultsOf(checked: Told): string[] {
	return (checked['results'] as CheckResult[]).map(({ result }) => result);
}

function slowed(entry: Entry, ms: number): Entry {
	return entry.event === 'checked'
		? { ...entry, results: entry.results.map((result) => ({ ...result, ms })) }
		: entry;
}
