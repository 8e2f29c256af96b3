import { execa } from 'execa';
import { existsSync, lstatSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { cp, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { boxes } from '../helpers/checker.ts';
import { eventually } from '../helpers/eventually.ts';
import { nightloop, startLoop } from '../helpers/nightloop.ts';
import { list, type Plan, prompt, type Repository, withRepository } from '../helpers/repository.ts';
import { randomFrom } from '../torture/random.ts';

const three = ['the first thing', 'the second thing', 'the third thing'];
const settings = ['walls: groups'];

describe.concurrent('an undo', () => {
	it('of the third of ten landed tasks takes its code back, and touches no other', () => {
		const tasks = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];
		return landed({ tasks: tasks.map((name) => `${name} thing`) }, async (repository) => {
			const before = await repository.git('rev-parse', 'HEAD');
			const { exitCode, stdout } = await undo(repository, 'three thing', '--why', 'it leaks');

			expect(exitCode).toBe(0);
			expect(stdout).toMatch(
				/^Taken back: three thing \(1 file; commit \w{9}, what it was: git show \w{9}\)\.\n/,
			);
			expect(stdout).toMatch(/box is open again \(todo\.md:9\)/);
			expect(await repository.git('diff', '--name-status', before, 'HEAD')).toBe(
				'D\tdone/three-thing.txt\nM\ttodo.md',
			);
			expect(await repository.git('diff', '-U0', before, 'HEAD', '--', 'todo.md')).toMatch(
				/\n-- \[x\] three thing\n\+- \[ \] three thing$/,
			);
			expect(boxes(await repository.read('todo.md'), 'x')).toHaveLength(9);
			expect(boxes(await repository.read('todo.md'), ' ')).toEqual(['three thing']);
			await isClean(repository);
			expect((await nightloop(repository, ['why', 'three thing'])).stdout).toMatch(/it leaks/);
			expect(await nightloop(repository, ['audit'])).toMatchObject({ exitCode: 0 });
		});
	});

	it('is a commit like a landing, by the person, that says what and why', () =>
		landed({ tasks: three }, async (repository) => {
			const commit = await landedAs(repository, 'the second thing');
			const head = await repository.git('rev-parse', 'HEAD');
			expect(
				await undo(repository, commit.slice(0, 10), '--why', 'wrong\n\nNightloop-Task: forged'),
			).toMatchObject({
				exitCode: 0,
			});
			expect(await repository.git('log', '-1', '--format=%an <%ae>, %cn, %P')).toBe(
				`A Person <person@example.com>, nightloop, ${head}`,
			);
			const task = await repository.git(
				'log',
				'-1',
				'--format=%(trailers:key=Nightloop-Task,valueonly)',
				commit,
			);
			expect(await repository.git('log', '-1', '--format=%B')).toBe(
				[
					'Undo: the second thing',
					'',
					'wrong',
					'',
					'Nightloop-Task: forged',
					'',
					`Nightloop-Undo: ${commit}`,
					`Nightloop-Task: ${task.trim()}`,
					'',
				].join('\n'),
			);
		}));

	it('tells the next worker why; what lands again can be undone again', () =>
		landed({ tasks: three }, async (repository) => {
			const [first, second] = [
				await undo(repository, '9', '--why', 'too slow by far'),
				await undo(repository, '9'),
			];
			expect([first.exitCode, second.exitCode]).toEqual([0, 2]);
			expect(second.stderr).toMatch(/the third thing is undone already, by \w{9}/);
			const commits = Number(await repository.git('rev-list', '--count', 'HEAD'));

			expect(await startLoop(repository).ended).toMatchObject({ exitCode: 0 });
			const worker = (await repository.notes('sessions')).filter((line) => line.startsWith('worker')).at(-1)!;
			expect(worker).toMatch(/ 1 the third thing$/);
			const told = await readFile(join(repository.scratch, 'log/prompts', worker.split(' ')[1]!), 'utf8');
			expect(told).toMatch(/- too slow by far \(found by the person who undid it\)\n.*git show \w{40}/);
			expect(boxes(await repository.read('todo.md'), 'x')).toEqual(three);
			expect(Number(await repository.git('rev-list', '--count', 'HEAD'))).toBe(commits + 1);

			const again = await undo(repository, 'the third thing');
			expect(again).toMatchObject({ exitCode: 0 });
			expect(await repository.git('ls-files', 'done')).toBe(
				'done/the-first-thing.txt\ndone/the-second-thing.txt',
			);
			await isClean(repository);
			expect(await nightloop(repository, ['audit'])).toMatchObject({ exitCode: 0 });
		}));

	it('with --drop leaves nothing to do', () =>
		landed({ tasks: three }, async (repository) => {
			const { exitCode, stdout } = await undo(repository, 'the first thing', '--drop');
			expect(exitCode).toBe(0);
			expect(stdout).toMatch(/box is dropped \(todo\.md:7\)/);
			expect(boxes(await repository.read('todo.md'), '-')).toEqual(['the first thing']);
			await isClean(repository);
			expect(await startLoop(repository).ended).toMatchObject({ exitCode: 0 });
			expect(boxes(await repository.read('todo.md'), '-')).toEqual(['the first thing']);
		}));

	it('opens the ticked parents with it', () =>
		landed({ todo: `${list([], settings)}- [ ] House\n  - [ ] wall\n  - [ ] roof\n` }, async (repository) => {
			expect(boxes(await repository.read('todo.md'), 'x')).toEqual(['House', 'wall', 'roof']);
			const { stderr } = await unchanged(repository, () => undo(repository, 'House'));
			expect(stderr).toMatch(/House did not land itself[^]*nightloop undo \w{14} {3}# wall\n.*# roof/);
			await undo(repository, 'roof');
			expect(boxes(await repository.read('todo.md'), 'x')).toEqual(['wall']);
			await isClean(repository);
		}));

	it('brings back what was deleted, renamed, linked, made executable, binary, or a folder', () => {
		const files = {
			'deleted.txt': 'deleted\n',
			'renamed.txt': 'renamed\n',
			'script.sh': 'true\n',
			'folder/one.txt': 'one\n',
			'folder/deep/two.txt': 'two\n',
			plain: 'plain\n',
		};
		const plan = { tasks: ['shuffle everything'], worker: 'writes-a-file-of-every-kind', files };
		return withRepository({ ...plan, settings }, async (repository) => {
			await symlink('deleted.txt', join(repository.path, 'link'));
			await writeFile(join(repository.path, 'binary.bin'), Buffer.from([0, 255, 0, 254]));
			await repository.git('add', '--all');
			await repository.git('commit', '--quiet', '--message', 'more');
			expect(await startLoop(repository).ended).toMatchObject({ exitCode: 0 });
			expect(await repository.git('ls-files', 'folder')).toBe('folder');

			expect(await undo(repository, 'shuffle everything')).toMatchObject({ exitCode: 0 });
			expect(await repository.git('diff', 'HEAD~2', 'HEAD', '--stat')).toBe('');
			await isClean(repository);
			expect(lstatSync(join(repository.path, 'script.sh')).mode & 0o111).toBe(0);
			expect(readlinkSync(join(repository.path, 'link'))).toBe('deleted.txt');
			expect(await readFile(join(repository.path, 'binary.bin'))).toEqual(Buffer.from([0, 255, 0, 254]));
			expect(existsSync(join(repository.path, 'moved'))).toBe(false);
			expect(existsSync(join(repository.path, '.nightloop/undo'))).toBe(false);
		});
	});
});

describe.concurrent('of the person, an undo keeps', () => {
	it('edits of the list that are not committed, but for the byte of the box', () =>
		landed({ tasks: three }, async (repository) => {
			const edited = `${await repository.read('todo.md')}- [ ] a fourth thing\n\nA note, and\tno more`;
			await repository.write('todo.md', edited);
			await undo(repository, 'the second thing');
			const expected = edited.replace('[x] the second', '[ ] the second');
			expect(await repository.read('todo.md')).toBe(expected);
			expect(await repository.git('show', 'HEAD:todo.md')).toBe(expected);
		}));

	it('changes elsewhere, staged or not, and untracked files', () =>
		landed({ tasks: three }, async (repository) => {
			await repository.write('README.md', 'staged\n');
			await repository.git('add', 'README.md');
			await repository.write('README.md', 'not staged\n');
			await repository.write('done/the-first-thing.txt', 'not staged either\n');
			await repository.write('scribble.txt', 'mine\n');
			expect(await undo(repository, 'the second thing')).toMatchObject({ exitCode: 0 });
			expect(await repository.git('status', '--porcelain')).toBe(
				'MM README.md\n M done/the-first-thing.txt\n?? scribble.txt',
			);
			expect(await repository.git('show', ':README.md')).toBe('staged');
		}));

	it('a list that git ignores', () => {
		const plan = { tasks: three, settings, files: { '.gitignore': 'todo.md\n' } };
		return withRepository(plan, async (repository) => {
			await repository.git('rm', '--quiet', '--cached', '--ignore-unmatch', 'todo.md');
			await repository.git('commit', '--quiet', '--allow-empty', '--message', 'ignored');
			expect(await startLoop(repository).ended).toMatchObject({ exitCode: 0 });
			expect(await undo(repository, 'the second thing')).toMatchObject({ exitCode: 0 });
			expect(boxes(await repository.read('todo.md'), ' ')).toEqual(['the second thing']);
			expect(await repository.git('show', '--format=', '--name-status')).toBe('D\tdone/the-second-thing.txt');
			expect(await repository.git('ls-files', 'todo.md')).toBe('');
		});
	});

	it('a box that they dropped, and a list without the task', () =>
		landed({ tasks: three }, async (repository) => {
			const todo = await repository.read('todo.md');
			const edited = todo.replace('[x] the first', '[-] the first').replace('- [x] the second thing\n', '');
			await repository.write('todo.md', edited);
			expect((await undo(repository, 'the first thing')).stdout).toMatch(/left as it is/);
			expect((await undo(repository, 'the second thing')).stdout).toMatch(/not in todo\.md any more/);
			expect(await repository.read('todo.md')).toBe(edited);
			expect(await repository.git('ls-files', 'done')).toBe('done/the-third-thing.txt');
		}));
});

describe.concurrent('nothing is changed, exit 2, where', () => {
	it('later tasks changed the same lines: it says what to undo first, and that works', () =>
		landed(
			{ tasks: ['same', 'other', 'same again'], worker: 'replaces-the-line-of-one-file' },
			async (repository) => {
				const ends = await unchanged(repository, () => undo(repository, 'same'));
				expect(ends.stderr).toMatch(/later commits changed the same lines of one\.txt/);
				const commands = [...ends.stderr.matchAll(/nightloop undo (\w+) {3}# (.*)/g)];
				expect(commands.map(([, , subject]) => subject)).toEqual(['same again', 'other', 'same']);
				for (const [, commit = ''] of commands)
					expect(await undo(repository, commit)).toMatchObject({ exitCode: 0 });
				expect(await repository.git('ls-files', 'one.txt')).toBe('');
				await isClean(repository);
			},
		));

	it.each<[string, (repository: Repository) => Promise<void>, RegExp]>([
		[
			'a file has changes',
			(each) => each.write('done/the-second-thing.txt', 'mine\n'),
			/done\/the-second-thing\.txt/,
		],
		[
			'a file has staged changes',
			async (each) => {
				const text = await each.read('done/the-second-thing.txt');
				await each.write('done/the-second-thing.txt', 'mine\n');
				await each.git('add', 'done');
				await each.write('done/the-second-thing.txt', text);
			},
			/done\/the-second-thing\.txt/,
		],
		['a merge is in progress', (each) => each.write('.git/MERGE_HEAD', ''), /merge is in progress/],
	])('%s', (_name, change, expected) =>
		landed({ tasks: three }, async (repository) => {
			await change(repository);
			const ended = await unchanged(repository, () => undo(repository, 'the second thing'));
			expect(ended.stderr).toMatch(expected);
		}),
	);

	it('the list is not there, or cannot be read: its box would stay ticked', () =>
		landed({ tasks: three }, async (repository) => {
			const before = await repository.read('todo.md');
			await repository.write('todo.md', `${before}\n\`\`\`\n`);
			expect((await undo(repository, 'the third thing')).stderr).toMatch(/never closed/);
			rmSync(join(repository.path, 'todo.md'));
			const commit = await landedAs(repository, 'the third thing');
			expect((await undo(repository, commit)).stderr).toMatch(/There is no todo\.md/);
			await repository.git('checkout', '--quiet', 'todo.md');
			expect(await undo(repository, commit)).toMatchObject({ exitCode: 0 });
			expect(boxes(await repository.read('todo.md'), ' ')).toEqual(['the third thing']);
		}));

	it('files that are not tracked, or ignored, lie in the way', () => {
		const files = { 'deleted.txt': 'was\n', '.gitignore': 'deleted.txt\n' };
		const plan = { tasks: ['tidy'], worker: 'removes-a-file', files };
		return withRepository({ ...plan, settings }, async (repository) => {
			await repository.git('add', '--force', 'deleted.txt');
			await repository.git('commit', '--quiet', '--message', 'by force');
			expect(await startLoop(repository).ended).toMatchObject({ exitCode: 0 });
			await repository.write('deleted.txt', 'mine\n');
			expect((await unchanged(repository, () => undo(repository, 'tidy'))).stderr).toMatch(/deleted\.txt/);
			expect(await repository.read('deleted.txt')).toBe('mine\n');
			rmSync(join(repository.path, 'deleted.txt'));
			expect(await undo(repository, 'tidy')).toMatchObject({ exitCode: 0 });
			expect(await repository.read('deleted.txt')).toBe('was\n');
		});
	});

	it('what is named is none of the loop’s landings', () =>
		landed({ tasks: three }, async (repository) => {
			const refusals: [string[], RegExp][] = [
				[[], /not told what to take back/],
				[['HEAD~3'], /no commit that landed one task/],
				[['no such thing at all'], /No task is named by/],
				[['thing'], /3 tasks could be meant/],
			];
			for (const [words, expected] of refusals)
				expect((await unchanged(repository, () => undo(repository, ...words))).stderr).toMatch(expected);
			await repository.git('switch', '--quiet', '--create', 'topic', 'HEAD~1');
			expect((await unchanged(repository, () => undo(repository, 'main'))).stderr).toMatch(
				/not on the branch/,
			);
			expect((await unchanged(repository, () => undo(repository, 'third'))).stderr).toMatch(/has not landed/);
			await undo(repository, 'second');
			expect((await unchanged(repository, () => undo(repository, 'HEAD'))).stderr).toMatch(
				/is an undo itself/,
			);
		}));

	it('a session asks for it', () =>
		landed({ tasks: three }, async (repository) => {
			const within = { ...repository, env: { ...repository.env, NIGHTLOOP_ROLE: 'worker' } };
			expect((await unchanged(repository, () => undo(within, 'second'))).stderr).toMatch(/within a session/);
		}));
});

describe.concurrent('taking back beside the loop, or without its record,', () => {
	it('has to wait while a loop runs: exit 5; after a Ctrl-C it works', () =>
		withRepository({ tasks: three, settings }, async (repository) => {
			const loop = startLoop(repository, []);
			await loop.seen('waiting');
			const during = await unchanged(repository, () => undo(repository, 'second'));
			expect(during).toMatchObject({ exitCode: 5 });
			expect(during.stderr).toMatch(/Ctrl-C there ends it after the attempt; then undo\./);
			loop.kill('SIGINT');
			await loop.ended;
			expect(await undo(repository, 'second')).toMatchObject({ exitCode: 0 });
		}));

	it.each(['SIGTERM', 'SIGKILL'] as const)(
		'after a %s leaves the unfinished work of another task to be finished',
		(signal) =>
			withRepository(
				{ tasks: ['the first thing', 'the second thing'], settings, worker: 'lingers-on-the-second' },
				async (repository) => {
					const loop = startLoop(repository);
					await eventually(
						async () => (await repository.notes('lingering')).length > 0,
						() => 'the half',
					);
					loop.kill(signal);
					await loop.ended;
					expect(await undo(repository, 'the first thing')).toMatchObject({ exitCode: 0 });
					expect(await repository.read('half.txt')).toBe('half\n');
					expect(await repository.git('status', '--porcelain')).toBe('?? half.txt');

					await repository.note('go-on', '');
					const again = await startLoop(repository).ended;
					expect(again).toMatchObject({ exitCode: 0 });
					expect(boxes(await repository.read('todo.md'), 'x')).toEqual([
						'the first thing',
						'the second thing',
					]);
					expect(await repository.git('log', '--format=%s', '-3')).toBe(
						'the first thing\nthe second thing\nUndo: the first thing',
					);
					expect(await repository.git('show', '--format=', '--name-only', 'HEAD~1')).toBe(
						'done/the-second-thing.txt\nhalf.txt\ntodo.md',
					);
					await isClean(repository);
					expect(await nightloop(repository, ['audit'])).toMatchObject({ exitCode: 0 });
				},
			),
	);

	it('goes by the trailers alone in a fresh clone', () =>
		landed({ tasks: three }, async (repository) => {
			const commit = await landedAs(repository, 'the second thing');
			const path = join(repository.scratch, 'clone');
			await execa('git', ['clone', '--quiet', repository.path, path], {
				env: repository.env,
				extendEnv: false,
			});
			const clone = { ...repository, path };
			expect(await undo(clone, commit)).toMatchObject({ exitCode: 0 });
			expect(await undo(clone, 'the third thing')).toMatchObject({ exitCode: 0 });
			expect((await undo(clone, commit)).stderr).toMatch(/undone already/);
			const todo = await readFile(join(path, 'todo.md'), 'utf8');
			expect(boxes(todo, 'x')).toEqual(['the first thing']);
		}));

	it('says so where a shallow clone ends at what is named', () =>
		landed({ tasks: three }, async (repository) => {
			const commit = await landedAs(repository, 'the third thing');
			const path = join(repository.scratch, 'clone');
			await execa('git', ['clone', '--quiet', '--depth', '1', '--no-local', repository.path, path], {
				env: repository.env,
				extendEnv: false,
			});
			for (const name of [commit, 'the third thing']) {
				const { exitCode, stderr } = await undo({ ...repository, path }, name);
				expect(stderr).toMatch(
					/\w{9} \(the third thing\) is where this shallow clone ends[^]*git fetch --unshallow/,
				);
				expect(exitCode).toBe(2);
			}
		}));

	it('goes by the trailers after a rebase', () =>
		landed({ tasks: three }, async (repository) => {
			await undo(repository, 'the second thing');
			await repository.git('commit', '--quiet', '--allow-empty', '--message', 'more');
			await repository.git('rebase', '--quiet', '--root', '--force-rebase');
			expect((await undo(repository, 'the second thing')).stderr).toMatch(/undone already/);
			expect(await undo(repository, 'the first thing')).toMatchObject({ exitCode: 0 });
			expect(await repository.git('ls-files', 'done')).toBe('done/the-third-thing.txt');
		}));

	it('finds another list in a sub-folder', () => {
		const files = {
			'sub/prompts/worker.md': prompt('writes-one-file', '{{task}}'),
			'sub/prompts/reviewer.md': prompt('approves', '{{task}}'),
			'sub/todo.md': list([], settings),
			'sub/plan.md': '- [ ] plan a\n- [ ] plan b\n',
		};
		return withRepository({ tasks: three, files }, async (repository) => {
			const where = ['-C', 'sub', '--todo', 'plan.md'];
			expect(await startLoop(repository, ['--until-done', ...where]).ended).toMatchObject({ exitCode: 0 });
			expect(await undo(repository, ...where, 'plan a')).toMatchObject({ exitCode: 0 });
			expect(await repository.read('sub/plan.md')).toBe('- [ ] plan a\n- [x] plan b\n');
			await isClean(repository);
		});
	});

	it('names the list that it landed by, where another is meant: no box stays ticked', () =>
		withRepository({ files: { 'specs/001/tasks.md': '- [ ] T001 one thing\n' } }, async (repository) => {
			const where = ['--todo', 'specs/001/tasks.md'];
			expect(await startLoop(repository, ['--until-done', ...where]).ended).toMatchObject({ exitCode: 0 });
			const { stderr } = await unchanged(repository, () => undo(repository, 'T001'));
			expect(stderr).toMatch(/Its box is not in todo\.md: it landed by specs\/001\/tasks\.md/);
			const [, words = ''] = /fix: nightloop undo (.*)/.exec(stderr) ?? [];
			expect(await undo(repository, ...words.split(' '))).toMatchObject({ exitCode: 0 });
			expect(await repository.read('specs/001/tasks.md')).toBe('- [ ] T001 one thing\n');
			await isClean(repository);
		}));
});

describe('an undo that is killed', () => {
	it('at any point is finished by the next one', { timeout: 300_000 }, () =>
		landed(
			{ tasks: ['shuffle everything', ...three], worker: 'writes-a-file-of-every-kind', files: SHUFFLED },
			async (original) => {
				const random = randomFrom(Date.now() % 1_000_000);
				const kills = { 'before it began': 0, 'in the midst': 0, 'at its end': 0 };
				for (let time = 0; time < KILLS; time++) {
					const repository = await copyOf(original, time);
					await killUndo(repository, random() * 120, time % 2 === 0 ? 'alone' : 'with its gits');
					const at = await whereKilled(repository);
					kills[at]++;
					await finish(repository, at, time);
					await isUndoneWhole(repository, original);
				}
				expect(kills['in the midst']).toBeGreaterThan(0);
			},
		),
	);

	it('is finished by the next start of the loop, which then works on the task', () =>
		landed({ tasks: three }, async (repository) => {
			await interrupted(repository, 'second');
			expect(await startLoop(repository).ended).toMatchObject({ exitCode: 0 });
			expect(await repository.git('log', '--format=%s', '-3')).toBe(
				'the second thing\nUndo: the second thing\nthe third thing',
			);
			await isClean(repository);
			expect(await nightloop(repository, ['audit'])).toMatchObject({ exitCode: 0 });
		}));

	it('waits for its branch, where another one is checked out', () =>
		landed({ tasks: three }, async (repository) => {
			await interrupted(repository, 'second');
			await repository.git('switch', '--quiet', '--create', 'topic');
			expect((await unchanged(repository, () => undo(repository))).stderr).toMatch(/git switch main/);
			await repository.git('switch', '--quiet', 'main');
			expect(await undo(repository)).toMatchObject({ exitCode: 0 });
			await isClean(repository);
		}));

	it('before it began, and that has no way any more, is given up', () =>
		landed({ tasks: three }, async (repository) => {
			await interrupted(repository, 'second');
			await repository.write('done/the-second-thing.txt', 'mine\n');
			const given = await undo(repository);
			expect(given.exitCode).toBe(0);
			expect(given.stdout).toMatch(/is given up: done\/the-second-thing\.txt changed meanwhile/);
			await repository.git('checkout', '--quiet', 'done');
			expect(await undo(repository, 'second')).toMatchObject({ exitCode: 0 });
			await isClean(repository);
			expect(await nightloop(repository, ['audit'])).toMatchObject({ exitCode: 0 });
		}));
});

const KILLS = 15;

const SHUFFLED = {
	'deleted.txt': 'deleted\n',
	'renamed.txt': 'renamed\n',
	'script.sh': 'true\n',
	'folder/one.txt': 'one\n',
	'folder/deep/two.txt': 'two\n',
	plain: 'plain\n',
	link: 'no link yet\n',
};

/** A repository in which the loop has worked off its whole list. */
function landed(plan: Plan, use: (repository: Repository) => Promise<void>): Promise<void> {
	return withRepository({ settings, ...plan }, async (repository) => {
		expect(await startLoop(repository).ended).toMatchObject({ exitCode: 0 });
		await use(repository);
	});
}

function undo(repository: Repository, ...words: string[]): ReturnType<typeof nightloop> {
	return nightloop(repository, ['undo', ...words]);
}

/** Exit 2 or 5, and neither git nor the list, the files or the record are other than before. */
async function unchanged(
	repository: Repository,
	act: () => ReturnType<typeof nightloop>,
): ReturnType<typeof nightloop> {
	const before = await stateOf(repository);
	const ended = await act();
	expect([2, 5]).toContain(ended.exitCode);
	expect(await stateOf(repository)).toEqual(before);
	return ended;
}

async function stateOf(repository: Repository): Promise<string[]> {
	return [
		await repository.git('rev-parse', 'HEAD'),
		await repository.git('diff', 'HEAD'),
		await repository.git('diff', '--cached'),
		await repository.git('status', '--porcelain', '--ignored', '--untracked-files=all', '--', ':!.nightloop'),
		await repository.read('todo.md'),
		await repository.read('.git/nightloop/journal.jsonl'),
	];
}

async function isClean(repository: Repository): Promise<void> {
	expect(await repository.git('status', '--porcelain', '--untracked-files=all')).toBe('');
}

async function landedAs(repository: Repository, subject: string): Promise<string> {
	return repository.git('log', '-1', '--format=%H', `--grep=^${subject}$`);
}

async function copyOf(original: Repository, time: number): Promise<Repository> {
	const path = join(original.scratch, `copy-${time}`);
	await cp(original.path, path, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
	const git = async (...words: string[]) =>
		(await execa('git', words, { cwd: path, env: original.env, extendEnv: false, stdin: 'ignore' })).stdout;
	await git('update-index', '-q', '--refresh');
	return { ...original, path, git, read: (name) => readFile(join(path, name), 'utf8') };
}

/** So many ms after it said what it is going to do. */
async function killUndo(repository: Repository, ms: number, how: 'alone' | 'with its gits'): Promise<void> {
	const words = [PROGRAM, 'undo', 'shuffle everything', '--why', 'it is a mess'];
	const { path, env } = repository;
	const child = execa(process.execPath, words, {
		cwd: path,
		env,
		extendEnv: false,
		reject: false,
		detached: true,
	});
	const over = { is: false };
	const ended = (async () => {
		await child;
		over.is = true;
	})();
	const begins = async () => over.is || (await whereKilled(repository)) !== 'before it began';
	await eventually(begins, () => 'the undo to begin');
	await Promise.race([ended, pause(ms)]);
	if (!over.is) process.kill(how === 'alone' ? child.pid! : -child.pid!, 'SIGKILL');
	await ended;
}

/** Just after it said what it is going to do: somebody holds the branch. */
async function interrupted(repository: Repository, task: string): Promise<void> {
	const lock = join(repository.path, '.git/refs/heads/main.lock');
	await writeFile(lock, '');
	expect((await undo(repository, task)).stderr).toMatch(/cannot be finished now/);
	expect(await whereKilled(repository)).toBe('in the midst');
	rmSync(lock);
}

async function whereKilled(
	repository: Repository,
): Promise<'before it began' | 'in the midst' | 'at its end'> {
	const journal = await repository.read('.git/nightloop/journal.jsonl');
	if (journal.includes('"event":"undone"')) return 'at its end';
	return journal.includes('"event":"undoing"') ? 'in the midst' : 'before it began';
}

/** By the same words, or by none. What was at its end is not done twice. */
async function finish(repository: Repository, killed: Killed, time: number): Promise<void> {
	const words = killed === 'in the midst' && time % 3 === 0 ? [] : ['shuffle everything'];
	const { exitCode, stderr } = await undo(repository, ...words);
	const isDone = exitCode === 2 && /undone already/.test(stderr);
	expect(isDone ? 'at its end' : exitCode).toBe(killed === 'at its end' ? 'at its end' : 0);
}

type Killed = Awaited<ReturnType<typeof whereKilled>>;

async function isUndoneWhole(repository: Repository, original: Repository): Promise<void> {
	await isClean(repository);
	const head = await original.git('rev-parse', 'HEAD');
	expect(await repository.git('rev-list', `${head}..HEAD`).then((all) => all.split('\n'))).toHaveLength(1);
	expect(await repository.git('diff', '--stat', 'HEAD~5', 'HEAD', '--', ':!done', ':!todo.md')).toBe('');
	expect(boxes(await repository.read('todo.md'), ' ')).toEqual(['shuffle everything']);
	const journal = await repository.read('.git/nightloop/journal.jsonl');
	expect(journal.match(/"event":"undone"/g)).toHaveLength(1);
	expect(readdirSync(join(repository.path, '.nightloop')).filter((name) => name.startsWith('undo'))).toEqual(
		[],
	);
}

const PROGRAM = join(process.cwd(), 'dist/src/cli/main.js');
