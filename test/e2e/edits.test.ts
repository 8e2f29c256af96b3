import { appendFile, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { line } from '../../src/core/words.ts';
import type { Event } from '../../src/core/types.ts';
import { boxes, photograph, violations } from '../helpers/checker.ts';
import { eventually } from '../helpers/eventually.ts';
import { type Loop, startLoop, type Told } from '../helpers/nightloop.ts';
import { list, type Plan, prompt, type Repository, withRepository } from '../helpers/repository.ts';

const FIRST = 'the first thing';
const SECOND = 'the second thing';

describe.concurrent('the task that is worked on', () => {
	const stuck: Plan = { tasks: [FIRST, SECOND], worker: 'waits-for-ever-on-the-first-task' };

	it('is reworded: its session ends, and its changes stay for the new wording', () =>
		withRepository(stuck, async (repository) => {
			const before = await photograph(repository);
			const loop = startLoop(repository);
			await atWork(repository);
			const saved = await save(repository, (text) => text.replace(FIRST, 'the new wording'));

			expect(await loop.ended).toMatchObject({ exitCode: 0 });
			expect(screen(loop)).toContain(`! left ${FIRST}: reworded by hand`);
			expect(await violations(repository, before, saved)).toEqual([]);
			expect(landed(loop)).toEqual(['the new wording', SECOND]);
			expect(await filesOf(repository, 'HEAD~1')).toEqual([
				'done/the-first-thing.txt',
				'done/the-new-wording.txt',
			]);
		}));

	it('is dropped: its session ends, and its changes are kept aside', () =>
		withRepository(stuck, async (repository) => {
			const before = await photograph(repository);
			const loop = startLoop(repository);
			await atWork(repository);
			const saved = await save(repository, (text) => text.replace(`[ ] ${FIRST}`, `[-] ${FIRST}`));

			expect(await loop.ended).toMatchObject({ exitCode: 0 });
			expect(screen(loop)).toContain(`! left ${FIRST}: marked dropped by hand`);
			expect(screen(loop)).toContainEqual(
				expect.stringMatching(
					/changes taken out of the tree: .* kept under refs\/nightloop\/snapshots\/.* to get/,
				),
			);
			expect(await violations(repository, before, saved)).toEqual([]);
			expect(landed(loop)).toEqual([SECOND]);
		}));

	it('is moved: its session goes on', () =>
		withRepository({ tasks: [FIRST, SECOND], worker: 'writes-one-file-after-a-nod' }, async (repository) => {
			const before = await photograph(repository);
			const loop = startLoop(repository);
			await atWork(repository);
			const saved = await save(
				repository,
				(text) => `${text.replace(`- [ ] ${FIRST}\n`, '')}\n## Later\n\n## The list\n`,
			);
			const back = await save(repository, () =>
				before.todo.toString().replace(`- [ ] ${FIRST}\n- [ ] ${SECOND}`, `- [ ] ${SECOND}\n- [ ] ${FIRST}`),
			);
			expect(saved).not.toEqual(back);
			await loop.seen('edited');
			await repository.note('nod', 'go on');

			expect(await loop.ended).toMatchObject({ exitCode: 0 });
			expect(await violations(repository, before, back)).toEqual([]);
			expect(landed(loop)).toEqual([FIRST, SECOND]);
			expect((await repository.notes('sessions')).filter(isWorker)).toHaveLength(2);
		}));

	it('is ticked by hand, where no session can write to the list: it is taken as done, its changes are kept aside', () =>
		withRepository({ tasks: [FIRST, SECOND], worker: 'writes-one-file-after-a-nod' }, async (repository) => {
			const loop = startLoop(repository);
			await atWork(repository);
			await save(repository, (text) => text.replace(`- [ ] ${FIRST}`, `- [x] ${FIRST}`));
			await loop.seen('edited');
			await repository.note('nod', 'go on');

			expect(await loop.ended).toMatchObject({ exitCode: 0 });
			expect(screen(loop)).toContainEqual(expect.stringMatching(/left the first thing: marked done by hand/));
			expect(landed(loop)).toEqual([SECOND]);
			expect(boxes(await repository.read('todo.md'), 'x')).toEqual([FIRST, SECOND]);
			expect(await repository.git('for-each-ref', 'refs/nightloop/snapshots')).not.toBe('');
		}));

	it('is ticked where the session may have done it: the tick is put back, with a line, and the task lands', () => {
		const plan = {
			tasks: [FIRST, SECOND],
			settings: ['walls: groups'],
			worker: 'writes-one-file-after-a-nod',
		};
		return withRepository(plan, async (repository) => {
			const loop = startLoop(repository);
			await atWork(repository);
			await save(repository, (text) => text.replace(`- [ ] ${FIRST}`, `- [x] ${FIRST}`));
			await loop.seen('edited');
			await repository.note('nod', 'go on');

			expect(await loop.ended).toMatchObject({ exitCode: 0 });
			expect(screen(loop)).toContainEqual(expect.stringMatching(/put right: .*ticked/));
			expect(landed(loop)).toEqual([FIRST, SECOND]);
		});
	});

	it('is finished before tasks that are added above, below and between', () =>
		withRepository({ tasks: [FIRST, SECOND], worker: 'writes-one-file-after-a-nod' }, async (repository) => {
			const before = await photograph(repository);
			const loop = startLoop(repository);
			await atWork(repository);
			const saved = await save(repository, (text) =>
				text
					.replace(`- [ ] ${FIRST}\n`, `- [ ] above\n- [ ] ${FIRST}\n- [ ] between\n`)
					.replace(/$/, '- [ ] below\n'),
			);
			await loop.seen('edited');
			await repository.note('nod', 'go on');

			expect(await loop.ended).toMatchObject({ exitCode: 0 });
			expect(screen(loop)).toContain('✎ todo.md: 3 added (line 6)');
			expect(await violations(repository, before, saved)).toEqual([]);
			expect(landed(loop)).toEqual([FIRST, 'above', 'between', SECOND, 'below']);
		}));
});

describe.concurrent('where nothing is open', () => {
	it('the loop says so in one line, and starts on new work within a second of its settling', () =>
		idle({}, async (repository, loop) => {
			expect(screen(loop).filter((words) => words === '… waiting for edits of todo.md')).toHaveLength(1);
			const savedAt = Date.now();
			await add(repository, 'an afterthought');
			const opened = await loop.seen('opened', ({ text }) => text === 'an afterthought');
			expect(Date.parse(opened.at) - savedAt).toBeLessThan(100 + 1000);
			const edited = await loop.seen('edited');
			expect(Date.parse(edited.at) - savedAt).toBeLessThan(400);
			expect(screen(loop)).toContain('✎ todo.md: 1 added (line 7)');
		}));

	it('the same holds where the system has no watchers to give', () =>
		withRepository({}, async (repository) => {
			const loop = startLoop(repository, [], ['unshare', '-Ur', 'sh', '-c', NO_WATCHERS, 'sh']);
			await isIdle(loop);
			const savedAt = Date.now();
			await add(repository, 'an afterthought');
			const opened = await loop.seen('opened', ({ text }) => text === 'an afterthought');
			expect(Date.parse(opened.at) - savedAt).toBeLessThan(100 + 1000);
			await loop.seen('landed', ({ text }) => text === 'an afterthought');
			loop.kill('SIGTERM');
			await loop.ended;
		}));

	it('a parked task that is opened again is tried again', () =>
		idle({ todo: list([]).replace(/$/, `- [!] ${FIRST}\n`) }, async (repository, loop) => {
			await save(repository, (text) => text.replace('[!]', '[ ]'));
			await loop.seen('landed', ({ text }) => text === FIRST);
		}));

	it('a thousand tasks are pasted in', () =>
		idle({}, async (repository, loop) => {
			const tasks = Array.from({ length: 1000 }, (_, index) => `- [ ] task ${index}\n`);
			await save(repository, (text) => text + tasks.join(''));
			await loop.seen('landed', ({ text }) => text === 'task 0');
			expect(screen(loop)).toContain('✎ todo.md: 1000 added (line 7)');
		}));

	it('a line that an editor saves as it is typed is taken when it has stood', () =>
		idle({ todo: list([FIRST]).replace('100ms', '1s') }, async (repository, loop) => {
			const text = await repository.read('todo.md');
			const words = '- [ ] say hello to everybody\n';
			for (let length = 1; length <= words.length; length += 3) {
				await repository.write('todo.md', text + words.slice(0, length));
				// The rhythm of typing.
				await pause(50);
			}
			await repository.write('todo.md', text + words);
			await loop.seen('landed', (told) => told['text'] !== FIRST);
			expect(landed(loop)).toEqual([FIRST, 'say hello to everybody']);
			expect((await repository.notes('sessions')).filter(isWorker)).toHaveLength(2);
		}));
});

describe.concurrent('settings, prompts and memory that change while nothing is open', () => {
	it('front matter that is broken leaves the last good settings in force, and says so; mended, it is taken', () =>
		idle({}, async (repository, loop) => {
			await save(repository, (text) => text.replace('settle:', "checks: ['true']\nattemps: 2\nsettle:"));
			await told(loop, /attemps.*attempts.*The last good settings stay in force\.$/);
			await add(repository, SECOND);
			await loop.seen('landed', ({ text }) => text === SECOND);
			expect(checks(loop)).toEqual([]);
			await save(repository, (text) => text.replace('attemps', 'attempts'));
			await told(loop, /^! settings and prompts taken as changed$/);
			await add(repository, 'a third thing');
			await loop.seen('landed', ({ text }) => text === 'a third thing');
			expect(checks(loop)).toEqual(['true']);
		}));

	it.each([
		['budget: {sessions: 2}', 4, /budget/],
		['until: 1s', 4, /deadline|until|time/],
	])('%s ends the run at the next task', (setting, exitCode, words) =>
		withRepository({}, async (repository) => {
			const loop = startLoop(repository, []);
			await isIdle(loop);
			await save(repository, (text) => text.replace('settle:', `${setting}\nsettle:`));
			await told(loop, /^! settings and prompts taken as changed$/);
			await pause(1000);
			await add(repository, SECOND);
			expect(await loop.ended).toMatchObject({ exitCode });
			expect(screen(loop).at(-1)).toMatch(words);
			expect(landed(loop)).toEqual(['make the first thing']);
		}),
	);

	it('models and memory are those of the next session', () =>
		idle(
			{ files: { 'prompts/worker.md': prompt('writes-one-file', 'Do {{task}}.\n{{memory}}') } },
			async (repository, loop) => {
				await repository.write('memory/notes.md', 'Mind the gap.\n');
				const worker = await repository.read('prompts/worker.md');
				await repository.write('prompts/worker.md', worker.replace('---\n', '---\nmodel: the-other-one\n'));
				await told(loop, /^! settings and prompts taken as changed$/);
				await add(repository, SECOND);
				const worked = await loop.seen('worked', ({ session }) => session === '0003-worker');
				expect(worked['model']).toBe('the-other-one');
				const [, , third = ''] = await repository.notes('sessions');
				expect(third).toContain(SECOND);
				expect(await readFile(join(repository.scratch, 'log/prompts/0003-worker'), 'utf8')).toContain(
					'Mind the gap.',
				);
			},
		));
});

describe.concurrent('while an editor holds unsaved edits', () => {
	it('a tick waits, edits are seen all the same, and SIGTERM ends the loop at once, with the tick', () =>
		withRepository({}, async (repository) => {
			const before = await photograph(repository);
			// As emacs does.
			await symlink('person@machine.1234:1700000000', join(repository.path, '.#todo.md'));
			const loop = startLoop(repository, []);
			await loop.seen('landed');
			const saved = await save(repository, (text) => `${text}- [ ] ${SECOND}\n`);
			await loop.seen('edited');
			expect(boxes(await repository.read('todo.md'), 'x')).toEqual([]);
			const toldAt = performance.now();
			loop.kill('SIGTERM');

			expect(await loop.ended).toMatchObject({ exitCode: 143 });
			expect(performance.now() - toldAt).toBeLessThan(3000);
			expect(boxes(await repository.read('todo.md'), 'x')).toEqual(['make the first thing']);
			expect(await violations(repository, before, saved)).toEqual([]);
		}));
});

describe.concurrent('a todo.md that is', () => {
	it.each<[string, (file: string) => Promise<void>, RegExp]>([
		['emptied', (file) => writeFile(file, ''), /^… waiting for a todo.md that can be read: empty$/],
		['deleted', (file) => rm(file), /^… waiting for a todo.md that can be read: absent$/],
		['renamed away', (file) => rename(file, `${file}.away`), /^… waiting .* can be read: absent$/],
		[
			'saved with a merge conflict',
			async (file) => {
				const text = await readFile(file, 'utf8');
				await writeFile(file, `${text}<<<<<<< ours\n- [ ] one\n=======\n- [ ] two\n>>>>>>> theirs\n`);
			},
			/can be read: line 7: the merge conflict that starts here is not resolved$/,
		],
		[
			'left with a fence open',
			(file) => appendFile(file, '\n```\n- [ ] no task\n'),
			/can be read: line 8: the code fence that opens here is never closed$/,
		],
	])('%s is waited for, and the loop goes on when it is back', (_name, spoil, words) =>
		idle({}, async (repository, loop) => {
			const text = await repository.read('todo.md');
			await spoil(join(repository.path, 'todo.md'));
			await told(loop, words);
			await repository.write('todo.md', `${text}- [ ] ${SECOND}\n`);
			await loop.seen('landed', (told) => told['text'] === SECOND);
			expect(landed(loop)).toEqual(['make the first thing', SECOND]);
		}),
	);

	it('renamed away and back at once is no edit', () =>
		idle({}, async (repository, loop) => {
			const file = join(repository.path, 'todo.md');
			await rename(file, `${file}.away`);
			await pause(300);
			await rename(`${file}.away`, file);
			await add(repository, SECOND);
			await loop.seen('landed', (told) => told['text'] === SECOND);
			expect(screen(loop).filter((words) => words.startsWith('✎'))).toEqual(['✎ todo.md: 1 added (line 7)']);
		}));

	it('replaced by a symbolic link is followed, and stays one', () =>
		idle({}, async (repository, loop) => {
			const file = join(repository.path, 'todo.md');
			const elsewhere = join(repository.scratch, 'elsewhere');
			await mkdir(elsewhere);
			await rename(file, join(elsewhere, 'list.md'));
			await symlink(join(elsewhere, 'list.md'), file);
			await appendFile(file, `- [ ] ${SECOND}\n`);
			await loop.seen('marked', (told) => (told['lines'] as number[]).includes(7));
			expect(boxes(await readFile(join(elsewhere, 'list.md')), 'x')).toContain(SECOND);
			expect(await repository.git('status', '--short', 'todo.md')).toMatch(/^.?T todo\.md$/);
		}));

	it('checked out by git in another version is taken as it is', () =>
		withRepository({}, async (repository) => {
			await repository.git('switch', '--quiet', '--create', 'other');
			await add(repository, SECOND);
			await repository.git('commit', '--quiet', '--all', '--message', 'one more');
			await repository.git('switch', '--quiet', 'main');
			const loop = startLoop(repository, []);
			await isIdle(loop);
			await repository.git('checkout', '--quiet', 'other', '--', 'todo.md');
			await loop.seen('landed', (told) => told['text'] === SECOND);
			expect(screen(loop)).toContain('✎ todo.md: 1 added (line 7)');
			loop.kill('SIGTERM');
			await loop.ended;
		}));
});

/** No inotify instance for the processes in a user namespace of their own (user_namespaces(7)). */
const NO_WATCHERS = 'echo 0 >/proc/sys/user/max_inotify_instances && exec "$@"';

/** A loop that has nothing left to do, for as long as `use` takes. */
function idle(plan: Plan, use: (repository: Repository, loop: Loop) => Promise<void>): Promise<void> {
	return withRepository(plan, async (repository) => {
		const loop = startLoop(repository, []);
		await isIdle(loop);
		await use(repository, loop);
		loop.kill('SIGTERM');
		expect(await loop.ended).toMatchObject({ exitCode: 143 });
	});
}

async function isIdle(loop: Loop): Promise<void> {
	await loop.seen('waiting', (told) => (told['for'] as { kind: string }).kind === 'edits');
}

/** What a person sees of the loop. */
function screen(loop: Loop): string[] {
	return loop.events.map((told) => line(told as Told & Event)).filter((words) => words !== null);
}

function told(loop: Loop, words: RegExp): Promise<void> {
	return eventually(
		() => screen(loop).some((line) => words.test(line)),
		() => `${String(words)} in\n${screen(loop).join('\n')}`,
	);
}

function landed(loop: Loop): unknown[] {
	return loop.events.filter(({ event }) => event === 'landed').map((told) => told['text']);
}

/** The commands of the last checks that ran. */
function checks(loop: Loop): string[] {
	const checked = loop.events.findLast(({ event }) => event === 'checked');
	return ((checked?.['results'] ?? []) as { command: string }[]).map(({ command }) => command);
}

async function save(repository: Repository, change: (text: string) => string): Promise<Buffer> {
	const saved = change(await repository.read('todo.md'));
	await repository.write('todo.md', saved);
	return Buffer.from(saved);
}

function add(repository: Repository, task: string): Promise<void> {
	return appendFile(join(repository.path, 'todo.md'), `- [ ] ${task}\n`);
}

function isWorker(note: string): boolean {
	return note.startsWith('worker ');
}

/** Below done/, in a commit. */
async function filesOf(repository: Repository, commit: string): Promise<string[]> {
	return (await repository.git('ls-tree', '-r', '--name-only', commit, 'done')).split('\n');
}

/** Resolves when the worker has written its file. */
function atWork(repository: Repository): Promise<void> {
	return eventually(
		async () => (await repository.notes('sessions')).some(isWorker) && (await wrote(repository)),
		() => 'the worker to write',
	);
}

async function wrote(repository: Repository): Promise<boolean> {
	return (await repository.git('status', '--short', '--untracked-files=all')).includes(
		'done/the-first-thing.txt',
	);
}
