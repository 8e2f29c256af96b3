import { execa } from 'execa';
import { existsSync } from 'node:fs';
import { appendFile, chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { boxes, landedSince, photograph, violations } from '../helpers/checker.ts';
import { eventually } from '../helpers/eventually.ts';
import { nightloop, startLoop, story } from '../helpers/nightloop.ts';
import { type Plan, type Repository, withRepository } from '../helpers/repository.ts';

const TWO = ['the first thing', 'the second thing'];
const CHECKED = ['attempts: 1', 'checks: sh check.sh'];

describe.concurrent('nothing lands that was not approved, and nothing is ticked, by a worker that', () => {
	it.each<[worker: string, plan: Plan]>([
		['rewords-and-ticks-its-task', { reviewer: 'rejects', settings: ['attempts: 1'] }],
		['writes-a-check-that-tames-the-reviewer', { reviewer: 'rejects', settings: CHECKED }],
		['writes-a-check-that-ticks-every-box', { reviewer: 'rejects', settings: CHECKED }],
		['writes-a-check-that-mends-a-file-behind-git', { reviewer: 'approves-good-work', settings: CHECKED }],
		[
			'commits-as-the-person-then-adds-to-it',
			{ reviewer: 'approves-what-adds-nothing-evil', settings: ['walls: groups'] },
		],
		['rewords-its-task', { settings: ['attempts: 1'], reviewer: 'rejects' }],
	])('%s', (worker, plan) =>
		withRepository({ worker, ...plan }, async (repository) => {
			const before = await photograph(repository);
			const loop = startLoop(repository);

			expect(await loop.ended).toMatchObject({ exitCode: 3 });
			const landed = await landedSince(repository, before.head);
			expect(landed.filter(({ committer }) => committer === 'nightloop')).toEqual([]);
			const todo = await repository.read('todo.md');
			expect([boxes(todo, 'x'), boxes(todo, '!').length]).toEqual([[], 1]);
			// Bounded: a task that is never itself is parked.
			expect((await repository.notes('sessions')).length).toBeLessThanOrEqual(15);
		}),
	);
});

describe.concurrent(
	'the work is judged and landed once, and the next task goes on, with a worker that',
	() => {
		it.each([
			'cheats-by-ticking-every-box',
			'begins-a-bisect',
			'cheats-by-switching-the-branch',
			'cleans-the-work-tree',
		])('%s', (worker) =>
			withRepository({ worker, tasks: TWO, settings: ['checks: "true"'] }, async (repository) => {
				await landsBoth(repository);
				expect(await repository.notes('sessions')).toHaveLength(4);
				// And a start after it finds nothing in its way.
				expect(await nightloop(repository, ['run', '--until-done'])).toMatchObject({ exitCode: 0 });
			}),
		);

		it('makes-a-repository-on-the-first-task: it is put aside', () =>
			withRepository(
				{ worker: 'makes-a-repository-on-the-first-task', tasks: TWO, settings: ['attempts: 1'] },
				async (repository) => {
					expect(await startLoop(repository).ended).toMatchObject({ exitCode: 3 });
					const todo = await repository.read('todo.md');
					expect([boxes(todo, '!'), boxes(todo, 'x')]).toEqual([['the first thing'], ['the second thing']]);
					expect(existsSync(join(repository.path, 'nested'))).toBe(false);
					const { stdout } = await execa('find', ['.nightloop/aside', '-path', '*nested*/x'], {
						cwd: repository.path,
					});
					expect(stdout.split('\n')).toHaveLength(1);
				},
			));

		it('cleans-the-work-tree, where the list is not tracked: it comes back', () =>
			withRepository({ worker: 'cleans-the-work-tree' }, async (repository) => {
				await repository.git('rm', '--quiet', '--cached', 'todo.md');
				await repository.git('commit', '--quiet', '--message', 'untracked');

				expect(await startLoop(repository).ended).toMatchObject({ exitCode: 0 });
				expect(boxes(await repository.read('todo.md'), 'x')).toEqual(['make the first thing']);
			}));
	},
);

describe.concurrent('a reviewer', () => {
	it('that removes its room has approved nothing', () =>
		withRepository(
			{ reviewer: 'removes-its-room-then-approves', settings: ['attempts: 1', 'walls: groups'] },
			async (repository) => {
				expect(await startLoop(repository).ended).toMatchObject({ exitCode: 3 });
				expect(boxes(await repository.read('todo.md'), '!')).toHaveLength(1);
			},
		));

	it('that collects garbage loses nothing', () =>
		withRepository({ reviewer: 'collects-garbage-then-approves' }, async (repository) => {
			const before = await photograph(repository);
			expect(await startLoop(repository).ended).toMatchObject({ exitCode: 0 });
			expect(await violations(repository, before)).toEqual([]);
		}));

	it('is shown what a replaced base would hide, and the replacement lands nowhere', () =>
		withRepository(
			{
				worker: 'replaces-the-base-by-its-own',
				files: { 'prompts/reviewer.md': reviewer('{{task}} {{changes}}') },
			},
			async (repository) => {
				expect(await startLoop(repository).ended).toMatchObject({ exitCode: 0 });
				expect(await repository.read('../log/prompts/0002-reviewer')).toContain('.github/workflows/ci.yml');
				expect(await repository.git('for-each-ref', 'refs/replace')).toBe('');
			},
		));
});

describe.concurrent('any repository will do:', () => {
	it('with SHA-256 for its object names', () =>
		withRepository({ tasks: TWO, settings: ['checks: "true"'] }, async (repository) => {
			await rm(join(repository.path, '.git'), { recursive: true });
			await repository.git('init', '--quiet', '--object-format=sha256');
			await repository.git('add', '--all');
			await repository.git('commit', '--quiet', '--message', 'start');
			await landsBoth(repository);
		}));

	it('with a NUL in the text of a task', () =>
		withRepository({ todo: '- [ ] make a\0b\n' }, async (repository) => {
			expect(await startLoop(repository).ended).toMatchObject({ exitCode: 0 });
			expect(await repository.read('todo.md')).toBe('- [x] make a\0b\n');
		}));

	it('where another git holds the branch: it waits, says so, and lands when that is gone', () =>
		withRepository({}, async (repository) => {
			await repository.write('.git/refs/heads/main.lock', '');
			const loop = startLoop(repository);
			await loop.seen('waiting', (told) => /holds the branch/.test(JSON.stringify(told)));
			await rm(join(repository.path, '.git/refs/heads/main.lock'));

			expect(await loop.ended).toMatchObject({ exitCode: 0 });
			expect(boxes(await repository.read('todo.md'), 'x')).toHaveLength(1);
		}));

	it.each(['--skip-worktree', '--assume-unchanged'])('but none where files are hidden by %s', (how) =>
		withRepository({}, async (repository) => {
			await repository.git('update-index', how, 'README.md');
			const { exitCode, stderr } = await nightloop(repository, ['run', '--until-done']);
			expect([exitCode, stderr.includes('README.md')]).toEqual([2, true]);
			expect(await repository.notes('sessions')).toEqual([]);
		}),
	);
});

describe.concurrent('a loop that is asked to stop', () => {
	it.runIf(process.platform === 'linux')(
		'by Ctrl-C in a terminal, which every process of it gets, does',
		() =>
			withRepository({ worker: 'writes-one-file-after-a-nod', tasks: TWO }, async (repository) => {
				const loop = startLoop(repository, ['--until-done'], ['setsid']);
				// Between its fork and its own group a worker would be hit as well.
				await eventually(
					async () => (await repository.notes('sessions')).length > 0,
					() => 'the worker to begin',
				);
				process.kill(-loop.pid, 'SIGINT');
				await repository.note('nod', 'go on');

				expect(await loop.ended).toMatchObject({ exitCode: 130 });
				expect(loop.events.at(-1)).toMatchObject({ event: 'ended' });
				expect(boxes(await repository.read('todo.md'), 'x')).toEqual(['the first thing']);
			}),
	);

	it('does within 3 s, however long an editor has unsaved edits of the list', () =>
		withRepository({ worker: 'writes-one-file-after-a-nod' }, async (repository) => {
			const loop = startLoop(repository);
			await loop.seen('opened');
			await writeFile(join(repository.path, '.todo.md.swp'), swapFile());
			await repository.note('nod', 'go on');
			await loop.seen('landed');
			expect(boxes(await repository.read('todo.md'), 'x')).toEqual([]);
			expect(await msToEnd(loop)).toBeLessThan(3000);
			expect(await loop.ended).toMatchObject({ exitCode: 143 });

			expect(await nightloop(repository, ['run', '--until-done'])).toMatchObject({ exitCode: 0 });
			expect(boxes(await repository.read('todo.md'), 'x')).toHaveLength(1);
			expect(await repository.notes('sessions')).toHaveLength(2);
		}));

	it('does within 3 s where the list may not be written; its tick is made when it may', () =>
		withRepository({}, async (repository) => {
			await chmod(join(repository.path, 'todo.md'), 0o444);
			const by = await asSomebody(repository);
			const loop = startLoop(repository, ['--until-done'], by);
			await loop.seen('landed');
			expect(await msToEnd(loop)).toBeLessThan(3000);
			expect(await loop.ended).toMatchObject({ exitCode: 143 });
			await chmod(join(repository.path, 'todo.md'), 0o644);

			expect(await startLoop(repository, ['--until-done'], by).ended).toMatchObject({ exitCode: 0 });
			expect(boxes(await repository.read('todo.md'), 'x')).toHaveLength(1);
		}));

	it.each([
		['a pause', { settings: ['until: 1s', 'pause: true'] }],
		['a limit', { settings: ['until: 1s'], worker: 'is-at-its-limit' }],
	])('by its deadline does so out of %s', (_, plan) =>
		withRepository(plan, async (repository) => {
			expect(await startLoop(repository).ended).toMatchObject({ exitCode: 4 });
		}),
	);

	it('after one attempt, and is killed in it, makes that one at the next start', () =>
		withRepository({ worker: 'writes-one-file-after-a-nod', tasks: TWO }, async (repository) => {
			const killed = startLoop(repository, ['--once']);
			await killed.seen('opened');
			killed.kill('SIGKILL');
			await killed.ended;
			await repository.note('nod', 'go on');

			expect(await startLoop(repository, ['--once']).ended).toMatchObject({ exitCode: 0 });
			expect(boxes(await repository.read('todo.md'), 'x')).toEqual(['the first thing']);
		}));
});

describe.concurrent('as somebody who may not do everything', () => {
	it('what a check closes in the room is in nobody’s way', () =>
		withRepository(
			{ tasks: TWO, settings: ['checks: "mkdir -p sealed/in && touch sealed/in/x && chmod 555 sealed/in"'] },
			async (repository) => {
				const loop = startLoop(repository, ['--until-done'], await asSomebody(repository));
				expect(await loop.ended).toMatchObject({ exitCode: 0 });
				expect(boxes(await repository.read('todo.md'), 'x')).toEqual(TWO);
			},
		));

	it('neither is what a worker closes: the list is opened again, its files are kept', () =>
		withRepository(
			{ worker: 'closes-its-files-on-the-first-task', tasks: TWO, settings: ['attempts: 1'] },
			async (repository) => {
				const loop = startLoop(repository, ['--until-done'], await asSomebody(repository));
				expect(await loop.ended).toMatchObject({ exitCode: 3 });
				const todo = await repository.read('todo.md');
				expect([boxes(todo, '!'), boxes(todo, 'x')]).toEqual([['the first thing'], ['the second thing']]);
				const { ref } = await loop.seen('parked');
				expect(await repository.git('show', `${String(ref)}:done/the-first-thing.txt`)).toBe(
					'the first thing',
				);
			},
		));

	it.each(['groups', 'auto'])(
		'neither are folders that a worker closes, with walls: %s: they are opened again, their files are kept',
		(walls) =>
			withRepository(
				{
					worker: 'closes-a-folder-on-the-first-task',
					tasks: TWO,
					settings: ['attempts: 1', `walls: ${walls}`],
					files: { 'done/before.txt': 'before\n', 'fixed/in/a.txt': 'a\n' },
				},
				async (repository) => {
					const loop = startLoop(repository, ['--until-done'], await asSomebody(repository));
					expect(await loop.ended).toMatchObject({ exitCode: 3 });
					const todo = await repository.read('todo.md');
					expect([boxes(todo, '!'), boxes(todo, 'x')]).toEqual([['the first thing'], ['the second thing']]);
					const { ref } = await loop.seen('parked');
					const kept = (name: string) => repository.git('show', `${String(ref)}:${name}`);
					expect(await kept('done/the-first-thing.txt')).toBe('the first thing');
					expect(await kept('fixed/in/a.txt')).toBe('changed');
					expect(await repository.read('fixed/in/a.txt')).toBe('a\n');
				},
			),
	);
});

describe.concurrent('behind walls, by another way to the same files, nothing is reached', () => {
	// A user namespace of the test's own, so that it can mount as anybody.
	const elsewhere = ['unshare', '--user', '--map-root-user', '--mount', 'bash', '-c'];
	const ways = 'mkdir "$SCRATCH/alias" && mount --bind . "$SCRATCH/alias" && exec 200<. 7<. && exec "$@"';

	it('when it is mounted twice, or a folder was left open', () =>
		withRepository(
			{ worker: 'reaches-past-the-walls', reviewer: 'rejects', settings: ['attempts: 1'] },
			async (repository) => {
				const loop = startLoop(repository, ['--until-done'], [...elsewhere, ways, 'bash']);
				await loop.ended;
				if ((await loop.seen('started'))['walls'] !== 'namespaces') return;
				const todo = await repository.read('todo.md');
				expect(boxes(todo, '!')).toHaveLength(1);
				expect(todo).toContain('attempts: 1');
				expect(await repository.notes('seen')).toEqual([]);
			},
		));
});

describe.concurrent('a person who meanwhile', () => {
	it('switches to another branch ends the session and pauses the loop, and goes on by switching back', () =>
		withRepository({ worker: 'writes-one-file-after-a-nod' }, async (repository) => {
			await repository.git('branch', 'other');
			const loop = startLoop(repository);
			await loop.seen('opened');
			await repository.git('switch', '--quiet', 'other');
			await loop.seen('waiting', (told) => /other is checked out/.test(JSON.stringify(told)));
			await repository.git('switch', '--quiet', 'main');
			await loop.seen('resumed');
			await repository.note('nod', 'go on');

			expect(await loop.ended).toMatchObject({ exitCode: 0 });
			expect(await repository.git('log', '-1', '--format=%s', 'main')).toBe('make the first thing');
			expect(await repository.git('log', '-1', '--format=%s', 'other')).toBe('start');
		}));

	it('deletes the task and appends another leaves nothing of the one to the other', () =>
		withRepository({ worker: 'waits-for-ever-on-the-first-task', tasks: TWO }, async (repository) => {
			const loop = startLoop(repository);
			await loop.seen('opened');
			const todo = join(repository.path, 'todo.md');
			const text = await readFile(todo, 'utf8');
			await writeFile(todo, `${text.replace('- [ ] the first thing\n', '')}- [ ] a third one\n`);

			expect(await loop.ended).toMatchObject({ exitCode: 0 });
			expect(story(loop.events)).not.toContain('reworded');
			expect(boxes(await repository.read('todo.md'), 'x')).toEqual(['the second thing', 'a third one']);
			expect(await repository.git('ls-files', 'done')).not.toContain('first');
		}));

	it('deletes one of two equal tasks that has just landed never has the other one ticked for it', () =>
		withRepository(
			{ tasks: ['the same', 'the same'], settings: ['budget: {sessions: 2}'] },
			async (repository) => {
				const loop = startLoop(repository);
				await loop.seen('landed');
				const todo = join(repository.path, 'todo.md');
				const text = await readFile(todo, 'utf8');
				await writeFile(todo, text.replace(/- \[.\] the same\n/, ''));
				await loop.ended;

				expect(boxes(await repository.read('todo.md'), 'x')).toEqual([]);
				expect(boxes(await repository.read('todo.md'), ' ')).toEqual(['the same']);
			},
		));
});

async function landsBoth(repository: Repository): Promise<void> {
	const before = await photograph(repository);
	const loop = startLoop(repository);
	const { exitCode } = await loop.ended;
	expect(story(loop.events)).toContain('"nothing-open"');
	expect(exitCode).toBe(0);
	expect(await violations(repository, before)).toEqual([]);
	expect(boxes(await repository.read('todo.md'), 'x')).toEqual(TWO);
}

function reviewer(text: string): string {
	const agent = join(process.cwd(), 'test/fixtures/agents/approves.sh');
	return `---\nagent: sh ${agent}\n---\n${text}\n`;
}

/** As vim keeps it: the byte that says that there are unsaved edits, in the first block (`b0_dirty`). */
function swapFile(): Buffer {
	const block = Buffer.alloc(4096);
	block[1007] = 0x55;
	return block;
}

async function msToEnd(loop: ReturnType<typeof startLoop>): Promise<number> {
	const toldAt = performance.now();
	loop.kill('SIGTERM');
	await loop.ended;
	return performance.now() - toldAt;
}

/** A command that runs another one as a user to whom modes of files mean something, and to whom all of this belongs. */
async function asSomebody(repository: Repository): Promise<string[]> {
	if (process.getuid?.() !== 0) return [];
	await appendFile(join(repository.scratch, 'home/.gitconfig'), '[safe]\n\tdirectory = *\n');
	await execa('chown', ['-R', '65534:65534', repository.scratch]);
	return ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
}
