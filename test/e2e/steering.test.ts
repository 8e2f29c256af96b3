import { execa } from 'execa';
import { existsSync, readFileSync } from 'node:fs';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { boxes, fingerprint, photograph, violations } from '../helpers/checker.ts';
import { eventually } from '../helpers/eventually.ts';
import { type Ended, type Loop, nightloop, startCommand, startLoop } from '../helpers/nightloop.ts';
import { noProcessOf, processesOf } from '../helpers/processes.ts';
import { agent, list, type Plan, prompt, type Repository, withRepository } from '../helpers/repository.ts';

describe.concurrent('todo.md steers a loop that runs:', () => {
	it('a task that is added gets done', () =>
		withRepository(
			{ tasks: ['the first thing'], worker: 'writes-one-file-after-a-nod' },
			async (repository) => {
				const before = await photograph(repository);
				const loop = startLoop(repository);
				await atWork(repository);
				await appendFile(join(repository.path, 'todo.md'), '- [ ] an afterthought');
				const saved = await readFile(join(repository.path, 'todo.md'));
				await repository.note('nod', 'go on');

				expect(await loop.ended).toMatchObject({ exitCode: 0 });
				expect(await violations(repository, before, saved)).toEqual([]);
				expect(boxes(await repository.read('todo.md'), 'x')).toEqual(['the first thing', 'an afterthought']);
			},
		));

	it('a task that is deleted while it is worked on leaves the tree, and its changes are kept', () =>
		withRepository(
			{ tasks: ['the first thing', 'the second thing'], worker: 'waits-for-ever-on-the-first-task' },
			async (repository) => {
				const before = await photograph(repository);
				const loop = startLoop(repository);
				await atWork(repository);
				const saved = Buffer.from(before.todo.toString().replace('- [ ] the first thing\n', ''));
				await writeFile(join(repository.path, 'todo.md'), saved);

				expect(await loop.ended).toMatchObject({ exitCode: 0 });
				expect(await violations(repository, before, saved)).toEqual([]);
				expect(boxes(await repository.read('todo.md'), 'x')).toEqual(['the second thing']);
				expect(await repository.git('ls-files', '--others', '--cached', 'done')).toBe(
					'done/the-second-thing.txt',
				);
				const kept = await repository.git('for-each-ref', '--format=%(refname)', 'refs/nightloop/snapshots');
				const [ref = 'none'] = kept.split('\n');
				expect(await repository.git('show', `${ref}:done/the-first-thing.txt`)).toBe('the first thing');
			},
		));

	it('nothing starts while it says pause', () =>
		withRepository({ settings: ['pause: true'] }, async (repository) => {
			const before = await photograph(repository);
			const loop = startLoop(repository);
			await loop.seen('waiting');
			expect(await repository.notes('sessions')).toEqual([]);
			const saved = Buffer.from(before.todo.toString().replace('pause: true', 'pause: false'));
			await writeFile(join(repository.path, 'todo.md'), saved);
			await loop.seen('resumed');

			expect(await loop.ended).toMatchObject({ exitCode: 0 });
			expect(await violations(repository, before, saved)).toEqual([]);
			expect(boxes(await repository.read('todo.md'), 'x')).toHaveLength(1);
		}));

	it('without --until-done it waits for an edit', () =>
		withRepository({}, async (repository) => {
			const loop = startLoop(repository, []);
			await loop.seen('landed');
			await loop.seen('waiting');
			await appendFile(join(repository.path, 'todo.md'), '- [ ] an afterthought\n');
			await loop.seen('landed', (told) => told['text'] === 'an afterthought');
			await loop.seen(
				'waiting',
				(told) => loop.events.lastIndexOf(told) > loop.events.findIndex(isAfterthought),
			);
			loop.kill('SIGINT');
			await loop.ended;

			expect(boxes(await repository.read('todo.md'), 'x')).toEqual([
				'make the first thing',
				'an afterthought',
			]);
		}));
});

describe.concurrent('a dry run', () => {
	it('says what would be done and writes nothing', () =>
		withRepository(
			{ todo: '- [x] one\n- [ ] two\n- [!] three\n\n## Notes\n- [ ] four\n' },
			async (repository) => {
				const before = await fingerprint(repository.scratch);
				const { exitCode, stdout } = await nightloop(repository, ['--dry-run', '--json']);

				expect(exitCode).toBe(0);
				expect(JSON.parse(stdout)).toMatchObject({
					tasks: [
						{ line: 1, state: 'done', text: 'one' },
						{ line: 2, state: 'open', text: 'two' },
						{ line: 3, state: 'parked', text: 'three' },
					],
					ignored: [{ line: 6, text: 'four' }],
					next: 2,
				});
				expect(await fingerprint(repository.scratch)).toEqual(before);
				expect(await repository.notes('sessions')).toEqual([]);
			},
		));

	it('prints the commands and the prompts', () =>
		withRepository({}, async (repository) => {
			const { exitCode, stdout } = await nightloop(repository, ['--dry-run']);

			expect(exitCode).toBe(0);
			expect(stdout).toContain('writes-one-file.sh');
			expect(stdout).toContain('approves.sh');
			expect(stdout).toContain('Do this: make the first thing');
		}));

	it('shows the list where the agent is missing, and ends as a start would', () =>
		withRepository({}, async (repository) => {
			const ended = await nightloop(repository, ['--dry-run', '--agent', 'no-such-program']);

			expect(ended).toMatchObject({
				exitCode: 2,
				stdout: expect.stringContaining('[ ] make the first thing'),
				stderr: expect.stringMatching(/no-such-program was not found[\s\S]*The worker is to run it/),
			});
		}));

	it.each([
		[
			'specs/001-login/tasks.md',
			['specs/001-login/spec.md', 'specs/001-login/contracts/', '.specify/memory/constitution.md'],
		],
		['.kiro/specs/login/tasks.md', ['.kiro/specs/login/requirements.md', '.kiro/specs/login/design.md']],
	])('of %s names to both sessions what lies beside it, and nothing else', (list, beside) => {
		const spec = Object.fromEntries(
			beside.map((name) => [name.replace(/\/$/, '/api.md'), 'What is to be built.\n']),
		);
		const files = {
			...spec,
			[list]: '- [ ] 1. Add login\n',
			'prompts/worker.md': prompt('writes-one-file', 'Beside it:\n{{spec}}\nDo: {{task}}'),
			'prompts/reviewer.md': prompt('approves', 'As of base:\n{{spec}}\nDone: {{task}}'),
		};
		return withRepository({ files }, async (repository) => {
			const { stdout } = await nightloop(repository, ['--dry-run', '--todo', list]);

			const [, worker = '', reviewer = ''] = stdout.split(/^── /m);
			for (const name of beside) {
				expect(worker).toContain(`   - ${name}\n`);
				expect(reviewer).toContain(`   - ${name} (as of base: \`git show 'HEAD:./${name}'\`)`);
			}
			expect(stdout.match(/ {3}- /g)).toHaveLength(2 * beside.length);
		});
	});

	it('and status list each box that is no task, with why', () =>
		withRepository({ todo: '- [ ] one\n\n## Notes\n- [ ] two\n' }, async (repository) => {
			for (const words of [['--dry-run'], ['status']]) {
				const { stdout } = await nightloop(repository, words);
				expect(stdout).toMatch(/\b1 .*one/);
				expect(stdout).toMatch(/\b4 .*two \(.*Notes.*\)/);
			}
		}));
});

describe.concurrent('a signal', () => {
	it('SIGINT once lets the attempt finish', () =>
		withRepository(
			{ tasks: ['the first thing', 'the second thing'], worker: 'writes-one-file-after-a-nod' },
			async (repository) => {
				const before = await photograph(repository);
				const loop = startLoop(repository);
				await atWork(repository);
				loop.kill('SIGINT');
				await repository.note('nod', 'go on');

				expect(await loop.ended).toMatchObject({ exitCode: 130 });
				expect(await violations(repository, before)).toEqual([]);
				expect(boxes(await repository.read('todo.md'), 'x')).toEqual(['the first thing']);
			},
		));

	it('SIGINT is answered once with a line where lines are printed', () =>
		withRepository(
			{ tasks: ['the first thing'], worker: 'writes-one-file-after-a-nod' },
			async (repository) => {
				const loop = startCommand(repository, ['--until-done', '--plain']);
				await atWork(repository);
				loop.kill('SIGINT');
				await repository.note('nod', 'go on');

				const { exitCode, stdout } = await loop.ended;
				expect(exitCode).toBe(130);
				expect(stdout.match(/SIGINT: ends after this attempt/g)).toHaveLength(1);
			},
		));

	it.each([
		['auto', 'SIGTERM', 143],
		['groups', 'SIGTERM', 143],
		['auto', 'SIGHUP', 129],
	] as const)('walls %s: %s ends everything within 3 s', (walls, signal, exitCode) =>
		withRepository(haunted(walls), async (repository) => {
			const before = await photograph(repository);
			const loop = startLoop(repository);
			await daemonIn(repository);
			loop.kill(signal);

			expect(await quickEnd(repository, loop)).toMatchObject({ exitCode });
			expect(await violations(repository, before)).toEqual([]);
		}),
	);

	it('SIGINT again and again ends everything within 3 s', () =>
		withRepository(haunted('groups'), async (repository) => {
			const loop = startLoop(repository);
			await daemonIn(repository);
			const impatience = setInterval(() => loop.kill('SIGINT'), 100);
			// In the last moments of a process, when node has gone, a signal is the system's again.
			const told = loop.seen('ended').finally(() => clearInterval(impatience));

			expect(await quickEnd(repository, loop)).toMatchObject({ exitCode: 130 });
			await told;
		}));

	it('the daemon that is gone then would live on by itself', () =>
		withRepository({ todo: list([]) }, async (repository) => {
			const [shell = '', fixture = ''] = agent('leaves-a-daemon-and-waits-for-ever').split(' ');
			const env = { ...repository.env, NIGHTLOOP_SESSION: '0001-worker', NIGHTLOOP_TASK: 'alone' };
			const running = execa(shell, [fixture], {
				env,
				extendEnv: false,
				cwd: repository.path,
				input: '',
				reject: false,
			});
			await daemonIn(repository);
			running.kill('SIGKILL');
			await running;

			expect(await daemonsOf(repository)).toHaveLength(1);
		}));
});

function isAfterthought(told: { readonly [field: string]: unknown }): boolean {
	return told['event'] === 'landed' && told['text'] === 'an afterthought';
}

/** Resolves when the worker has written its file. */
async function atWork(repository: Repository): Promise<void> {
	const file = join(repository.path, 'done/the-first-thing.txt');
	await eventually(
		() => existsSync(file) && readFileSync(file).length > 0,
		() => 'the worker to write',
	);
}

function haunted(walls: string, worker = 'leaves-a-daemon-and-waits-for-ever'): Plan {
	return { worker, settings: [`walls: ${walls}`] };
}

/** How the loop ends that was just told to, with everything that it started, in 3 s. */
async function quickEnd(repository: Repository, loop: Loop): Promise<Ended> {
	const toldAt = performance.now();
	const ended = await loop.ended;
	expect(performance.now() - toldAt).toBeLessThan(3000);
	await noProcessOf(repository.scratch, 500);
	expect(boxes(await repository.read('todo.md'), ' ')).toHaveLength(1);
	return ended;
}

function daemonIn(repository: Repository): Promise<void> {
	return eventually(
		async () => (await daemonsOf(repository)).length > 0,
		() => 'a daemon',
	);
}

async function daemonsOf(repository: Repository): Promise<unknown[]> {
	return (await processesOf(repository.scratch)).filter(({ command }) => command.endsWith('/daemon'));
}
