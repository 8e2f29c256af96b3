import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { endOrFirstWait, type Loop, nightloop, startLoop, type Told } from '../helpers/nightloop.ts';
import { type Plan, prompt, type Repository, withRepository } from '../helpers/repository.ts';

const GROUPS: Plan = { worker: 'waits-for-ever-on-the-first-task', tasks: ['the first thing'] };

describe.concurrent('settings that were edited after a kill -9', () => {
	it.each(['groups', 'auto'])('walls %s: are held, unless the session was walled off from them', (walls) =>
		withRepository({ ...GROUPS, settings: [`walls: ${walls}`] }, async (repository) => {
			const level = await killedAtWork(repository);
			await set(repository, "checks: ['true']");
			const loop = startLoop(repository);
			await loop.seen('opened');
			const isOfRules = ({ event, text }: Told) =>
				['held', 'accepted'].includes(event) || String(text).startsWith('todo.md: ');
			const heard = loop.events.filter(isOfRules);
			expect(heard).toMatchObject(
				level === 'groups'
					? [{ event: 'held', files: ['todo.md'] }]
					: [{ by: 'walled off' }, { text: "todo.md: + checks: ['true']" }],
			);
			loop.kill('SIGTERM');
			await loop.ended;
		}),
	);

	it('are told by a status and a dry run, and taken by nightloop accept for the next start', () =>
		killedAndEdited(async (repository) => {
			const dry = await nightloop(repository, ['--dry-run']);
			expect(dry.stdout).toContain(
				'notice: a start holds as last accepted: todo.md (to take it: nightloop accept',
			);
			const told = await nightloop(repository, ['accept']);
			expect(told).toMatchObject({ exitCode: 0, stderr: '' });
			expect(told.stdout.split('\n')).toEqual(["todo.md: + checks: ['true']", 'Taken, for the next start.']);

			const again = await nightloop(repository, ['accept']);
			expect(again.stdout).toBe('Settings and prompts are as they were accepted last.');
			const loop = startLoop(repository);
			await loop.seen('opened');
			expect(loop.events.filter(({ event }) => event === 'held' || event === 'accepted')).toEqual([]);
			loop.kill('SIGTERM');
			await loop.ended;
		}));

	it('are taken by nightloop accept while the loop runs, at once, and a status says so', () =>
		killedAndEdited(async (repository) => {
			const loop = startLoop(repository);
			await loop.seen('held');
			await loop.seen('opened');
			expect(await held(repository)).toEqual(['todo.md']);
			const told = await nightloop(repository, ['accept']);
			expect(told).toMatchObject({ exitCode: 0, stderr: '' });
			expect(told.stdout).toContain("todo.md: + checks: ['true']\nTaken by the loop that runs.");
			expect(told.ms).toBeLessThan(5000);
			expect(await loop.seen('accepted')).toMatchObject({ by: 'accept' });
			expect(await held(repository)).toEqual([]);
			loop.kill('SIGTERM');
			await loop.ended;
		}));

	it('are taken by a start from a terminal, which prints them', () =>
		killedAndEdited(async (repository) => {
			await repository.write('prompts/worker.md', prompt('writes-one-file', 'Do this: {{task}}'));
			const dry = await nightloop(repository, ['--dry-run', '--json']);
			expect(JSON.parse(dry.stdout)).toMatchObject({ held: ['todo.md', 'prompts/worker.md'] });
			const loop = startLoop(repository, ['--until-done'], TERMINAL);
			expect(await loop.seen('accepted')).toMatchObject({ by: 'terminal' });
			await loop.seen('notice', ({ text }) => text === "todo.md: + checks: ['true']");
			const checked = await loop.seen('checked');
			expect(checked['results']).toMatchObject([{ command: 'true', result: 'green' }]);
			await loop.seen('landed');
			await loop.ended;
		}));
});

describe.concurrent('nightloop accept', () => {
	it('is refused from within a session, and the reviewer that was planted there is never asked', () =>
		withRepository(
			{ worker: 'accepts-its-own-settings', reviewer: 'rejects', settings: ['walls: groups', 'attempts: 1'] },
			async (repository) => {
				const loop = startLoop(repository);
				await endOrFirstWait(loop);
				expect(await repository.notes('exits')).toEqual(['2']);
				expect(await repository.read('../log/within')).toContain('was run within a session');
				expect(loop.events.filter(({ event }) => event === 'held')).toMatchObject([
					{ files: ['prompts/reviewer.md'] },
				]);
				expect(await repository.notes('approvals')).toEqual([]);
				expect(loop.events.filter(({ event }) => event === 'landed')).toEqual([]);

				const again = startLoop(repository);
				expect(await again.seen('held')).toMatchObject({ files: ['prompts/reviewer.md'] });
				await again.ended;
			},
		));

	it('takes nothing that cannot be read', () =>
		withRepository({ settings: ['atempts: 3'] }, async (repository) => {
			const { exitCode, stderr } = await nightloop(repository, ['accept']);
			expect(exitCode).toBe(2);
			expect(stderr).toMatch(/^nightloop: todo\.md:3: .*atempts.*\n {2}why: .*\n {2}fix: .*attempts/);
			expect(existsSync(join(repository.path, '.git/nightloop'))).toBe(false);
		}));

	it.each([
		['of somebody who is gone', () => ({ pid: 2 ** 22 - 1, digest: '' }), /is gone/],
		['for other files', () => ({ pid: process.pid, digest: 'of others' }), /are not what they were/],
		['that is none', () => 'anything', /cannot be read/],
	])('a request %s is left alone', (_name, request, words) =>
		withRepository({}, async (repository) => {
			const loop = startLoop(repository, []);
			await loop.seen('waiting');
			await repository.write('.git/nightloop/accept.json', JSON.stringify(request()));
			expect(await loop.seen('notice', ({ text }) => words.test(String(text)))).toBeDefined();
			const file = join(repository.path, '.git/nightloop/accept.json');
			await eventually(
				() => !existsSync(file),
				() => 'the request to be removed',
			);
			expect(accepted(loop)).toEqual([]);
			loop.kill('SIGTERM');
			await loop.ended;
		}),
	);
});

/** Runs the words after it in a terminal of their own. */
const TERMINAL =
	process.platform === 'linux'
		? ['sh', '-c', 'exec script -qec "$*" /dev/null', 'sh']
		: ['script', '-q', '/dev/null'];

/** In groups, after a kill in mid-session: nobody can tell whether the session made that edit. */
function killedAndEdited(use: (repository: Repository) => Promise<void>): Promise<void> {
	return withRepository({ ...GROUPS, settings: ['walls: groups'] }, async (repository) => {
		await killedAtWork(repository);
		await set(repository, "checks: ['true']");
		await use(repository);
	});
}

/** Resolves to the level of isolation that the killed loop had. */
async function killedAtWork(repository: Repository): Promise<unknown> {
	const loop = startLoop(repository);
	await loop.seen('opened');
	await eventually(
		() => existsSync(join(repository.path, 'done/the-first-thing.txt')),
		() => 'the worker to write',
	);
	loop.kill('SIGKILL');
	await loop.ended;
	return (await loop.seen('started'))['walls'];
}

async function set(repository: Repository, line: string): Promise<void> {
	await repository.write('todo.md', (await repository.read('todo.md')).replace('---\n', `---\n${line}\n`));
}

async function held(repository: Repository): Promise<unknown> {
	const { stdout } = await nightloop(repository, ['status', '--json']);
	return (JSON.parse(stdout) as { held: unknown }).held;
}

/** The acceptances of a loop after its first start. */
function accepted(loop: Loop): unknown[] {
	return loop.events.filter(({ event, by }) => event === 'accepted' && by !== 'first start');
}
