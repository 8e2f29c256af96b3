import { setTimeout as pause } from 'node:timers/promises';
import { existsSync } from 'node:fs';
import { link, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { boxes, photograph, violations } from '../helpers/checker.ts';
import { eventually } from '../helpers/eventually.ts';
import { startLoop } from '../helpers/nightloop.ts';
import { noProcessOf } from '../helpers/processes.ts';
import { withRepository } from '../helpers/repository.ts';
import { killedNight } from '../torture/night.ts';

describe.concurrent.each(['auto', 'groups'])('walls %s', (walls) => {
	it('kills at random moments cost nothing but the session that ran', async () => {
		const seed = Date.now() % 1_000_000;
		const night = await killedNight({ walls, tasks: 8, kills: 6, seed });

		expect(night.violations, `seed ${seed}, killed after ${night.kills.join('; ')}`).toEqual([]);
		expect(night.kills.length).toBeGreaterThan(0);
	});

	it('something staged meanwhile is in nobody’s way, between two attempts either', () =>
		withRepository(
			{ tasks: ['one thing', 'another thing'], settings: [`walls: ${walls}`] },
			async (repository) => {
				const killed = startLoop(repository);
				await killed.seen('landed');
				killed.kill('SIGKILL');
				await killed.ended;
				// Sooner it cannot be told from what a session did that dies with its loop.
				await pause(2500);
				const readme = await repository.read('README.md');
				await repository.write('README.md', 'staged');
				await repository.git('add', 'README.md');
				await repository.write('README.md', readme);

				expect(await startLoop(repository).ended).toMatchObject({ exitCode: 0 });
				expect(await repository.git('show', ':README.md')).toBe('staged');
				expect(boxes(await repository.read('todo.md'), 'x')).toHaveLength(2);
			},
		));

	it('a lock that a git of the killed loop left on the branch is taken away', () =>
		withRepository({ tasks: ['one thing'], settings: [`walls: ${walls}`] }, async (repository) => {
			const before = await photograph(repository);
			const killed = startLoop(repository);
			await killed.seen('sealed');
			killed.kill('SIGKILL');
			await killed.ended;
			const git = (name: string) => join(repository.path, '.git', name);
			await rm(git('index.lock'), { force: true });
			await writeFile(git('nightloop/index.lock-token'), '', { flag: 'a' });
			await link(git('nightloop/index.lock-token'), git('index.lock'));
			for (const name of ['HEAD.lock', 'refs/heads/main.lock']) await writeFile(git(name), '');

			expect(await startLoop(repository).ended).toMatchObject({ exitCode: 0 });
			expect(await violations(repository, before)).toEqual([]);
			expect(boxes(await repository.read('todo.md'), 'x')).toHaveLength(1);
		}));

	it('what a killed loop left at work has ended before anything else begins', () =>
		withRepository(
			{ worker: 'haunts-the-first-session', settings: [`walls: ${walls}`] },
			async (repository) => {
				const before = await photograph(repository);
				const killed = startLoop(repository);
				await eventually(
					() => existsSync(join(repository.path, 'done/haunted.txt')),
					() => 'the daemon to write',
				);
				killed.kill('SIGKILL');
				await killed.ended;

				expect(await startLoop(repository).ended).toMatchObject({ exitCode: 0 });
				await noProcessOf(repository.scratch);
				expect(await violations(repository, before)).toEqual([]);
				expect(boxes(await repository.read('todo.md'), 'x')).toHaveLength(1);
				expect(await repository.git('ls-tree', '--name-only', 'HEAD:done')).toBe('make-the-first-thing.txt');
			},
		));

	it('what a session had done to git by then stops no start, and runs nothing', () =>
		withRepository(
			{ worker: 'sets-a-filter-then-merges-and-waits', settings: [`walls: ${walls}`] },
			async (repository) => {
				const before = await photograph(repository);
				const killed = startLoop(repository);
				await eventually(
					() => existsSync(join(repository.scratch, 'log/merging')),
					() => 'the merge',
				);
				killed.kill('SIGKILL');
				await killed.ended;

				expect(await startLoop(repository).ended).toMatchObject({ exitCode: 0 });
				expect(await repository.notes('tripped')).toEqual([]);
				expect(await violations(repository, before)).toEqual([]);
				expect(boxes(await repository.read('todo.md'), 'x')).toHaveLength(1);
			},
		));
});
