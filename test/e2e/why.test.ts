import { execa } from 'execa';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startLoop } from '../helpers/nightloop.ts';
import { type Repository, withRepository } from '../helpers/repository.ts';

const program = join(process.cwd(), 'dist/src/cli/main.js');

const plan = {
	tasks: ['make a good thing', 'make a bad thing'],
	settings: ['attempts: 3', "checks: ['! cat broken.txt']"],
	worker: 'breaks-the-check-at-first',
	reviewer: 'approves-the-third-attempt-at-good-things',
};

describe('nightloop why', () => {
	it('tells of a night, with commands that work from where the person stands', () =>
		withRepository(plan, async (repository) => {
			const loop = startLoop(repository);
			expect(await loop.ended).toMatchObject({ exitCode: 3 });

			await tellsHowItLanded(repository);
			await tellsWhatNeedsThePerson(repository);
			await tellsOfAnUndo(repository);
			await rename(repository.path, join(repository.scratch, "a person's repository"));
			await holdsElsewhere(repository);
		}));

	it('tells that nothing is on record, and of what it does not know', () =>
		withRepository({ tasks: ['add one thing', 'add another thing'] }, async (repository) => {
			const [nothing, open, unclear, unknown, outside] = await Promise.all([
				why(repository, repository.path),
				why(repository, repository.path, 'another'),
				why(repository, repository.path, 'thing'),
				why(repository, repository.path, 'nonsense'),
				why(repository, repository.scratch),
			]);
			expect(nothing).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^Nothing on record/) });
			expect(open).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('open, not tried yet') });
			expect(unclear).toMatchObject({
				exitCode: 2,
				stderr: expect.stringContaining('line 6  add one thing'),
			});
			expect(unknown).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('No task is named') });
			expect(outside).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('not inside a git') });
		}));

	it('tells of the session that runs, and of one that was killed with its loop', () =>
		withRepository({ worker: 'waits-for-ever' }, async (repository) => {
			const loop = startLoop(repository);
			await loop.seen('opened');
			const { stdout } = await why(repository, repository.path);
			expect(stdout).toMatch(/^Nothing needs you\. In work:/);
			expect(stdout).toMatch(/worker runs since \d{4}-\d\d-\d\d\s+\d\d:\d\d/);
			loop.kill('SIGKILL');
			await loop.ended;
			const after = await why(repository, repository.path);
			expect(after.stdout).toContain('attempt 1 is unfinished');
			expect(after.stdout).toMatch(/worker cut off: the loop ended\s+before it did/);
			expect(after.stdout).toMatch(/What to do: Start nightloop again/);
		}));
});

async function tellsHowItLanded(repository: Repository): Promise<void> {
	const sub = join(repository.path, 'done');
	const { stdout } = await why(repository, sub, 'good');
	const lines = stdout.split('\n');
	const long = lines.filter((line) => line.length > 40 && line.trim().includes(' '));
	expect(long.filter((line) => !/^(git|nightloop) /.test(line))).toEqual([]);
	for (const part of [
		'Attempt 1',
		'✗ red · exit 1',
		'half done',
		'Attempt 2',
		'not good enough',
		'see for yourself',
	])
		expect(stdout).toContain(part);
	expect(stdout.match(/half done/g)).toHaveLength(1);
	expect(stdout).toMatch(/Attempt 3 [^]*reviewer approves[^]*landed as [0-9a-f]{12}/);
	expect(stdout).toMatch(/nightloop undo [0-9a-f]{14}$/);
	const shown = await run(repository, sub, commands(stdout));
	expect(shown).toHaveLength(4);
	expect(shown.map((text) => /broken\.txt/.test(text))).toContain(true);
	expect(shown.at(-1)).toContain('+make a good thing');
	const logs = lines.map((line) => line.trim()).filter((line) => line.startsWith('../.nightloop/'));
	await run(repository, sub, [`ls ${logs.join(' ')}`]);
	expect(logs.length).toBeGreaterThanOrEqual(6);
}

async function tellsWhatNeedsThePerson(repository: Repository): Promise<void> {
	const { stdout } = await why(repository, repository.path);
	expect(stdout).toMatch(
		/^Needs you: 1 parked task\.\n\nmake a bad thing\n {2}line 9 · parked: it needs you\n/,
	);
	expect(stdout.replaceAll(/\s+/g, ' ')).toContain('set [!] back to [ ]');
	const json = JSON.parse((await why(repository, repository.path, '--json')).stdout);
	expect(json).toMatchObject({ chosen: 'needs you', tasks: [{ listed: 'parked', line: 9 }] });
	const told = json.tasks[0].chapters.map(({ attempt }: { attempt: number | null }) => attempt);
	expect(told.filter((attempt: number | null) => attempt !== null)).toEqual([1, 2, 3]);
}

/** By the command that is printed for it. */
async function tellsOfAnUndo(repository: Repository): Promise<void> {
	const shim = join(repository.scratch, 'bin/nightloop');
	await writeFile(shim, `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`, { mode: 0o755 });
	const { stdout } = await why(repository, repository.path, 'good');
	await run(repository, repository.path, [stdout.split('\n').at(-1)!]);
	const { stdout: after } = await why(repository, repository.path, 'good');
	expect(after).toContain('open, its code taken back');
	expect(after).toMatch(/Afterwards · [^]*its code was taken back\n {4}its box was opened again/);
	const [shown] = await run(repository, repository.path, commands(after).slice(-1));
	expect(shown).toContain('-make a good thing');
}

/** The loop's own folder of another name, and the person beside it. */
async function holdsElsewhere({ scratch, ...repository }: Repository): Promise<void> {
	const place = "a person's repository";
	const { stdout } = await why({ scratch, ...repository }, scratch, '-C', place);
	const all = commands(stdout);
	expect(all.filter((command) => command.includes(' restore '))).toHaveLength(1);
	const shown = await run({ scratch, ...repository }, scratch, all);
	expect(shown.filter((text) => text.includes('+make a bad thing')).length).toBeGreaterThan(2);
	const { stdout: back } = await execa('cat', [join(scratch, place, 'done/make-a-bad-thing.txt')]);
	expect(back).toBe('make a bad thing');
	await mkdir(join(scratch, place, 'deep'));
	const { stdout: same } = await why({ scratch, ...repository }, join(scratch, place, 'deep'));
	expect(same).toMatch(/^Needs you: 1 parked task/);
}

function commands(stdout: string): string[] {
	return stdout.split('\n').filter((line) => line.startsWith('git '));
}

async function run({ env }: Repository, cwd: string, lines: readonly string[]): Promise<string[]> {
	const results = [];
	for (const line of lines)
		results.push((await execa('sh', ['-c', line], { cwd, env, extendEnv: false })).stdout);
	return results;
}

function why({ env }: Repository, cwd: string, ...words: string[]) {
	const options = { cwd, env, extendEnv: false, reject: false, stdin: 'ignore' } as const;
	return execa(process.execPath, [program, 'why', ...words], options);
}
