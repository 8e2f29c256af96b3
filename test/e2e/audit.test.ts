import { execa } from 'execa';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLines, writeLines } from '../helpers/journal.ts';
import type { Line } from '../helpers/journal.ts';
import { landTasks } from '../helpers/landed.ts';
import { nightloop, startLoop } from '../helpers/nightloop.ts';
import { type Repository, withCopy as copyOf, withRepository } from '../helpers/repository.ts';

/** Three tasks that land, the second after a red check, the third after a rejection, and one that is parked. */
const PLAN = {
	tasks: ['the first thing', 'the second thing', 'the third thing', 'the last thing'],
	worker: 'breaks-the-second-thing-at-first',
	reviewer: 'rejects-the-third-thing-at-first',
	settings: ["checks: ['test ! -e done/broken.txt']", 'attempts: 2'],
};

const withCopy = (use: (copy: Repository) => Promise<void>) => copyOf(night, use);

let night: Repository;
let giveBack = () => {};
let kept: Promise<void>;

beforeAll(async () => {
	await new Promise<void>((ready, fail) => {
		kept = withRepository(PLAN, async (repository) => {
			const { exitCode, stderr } = await startLoop(repository).ended;
			if (exitCode !== 3) throw new Error(`the night ended with ${exitCode}: ${stderr}`);
			night = repository;
			await new Promise<void>((resolve) => {
				giveBack = resolve;
				ready();
			});
		});
		kept.catch(fail);
	});
});

afterAll(async () => {
	giveBack();
	await kept;
});

describe('an untouched night', () => {
	it('is consistent, line by line, and says so by exit 0', async () => {
		const { exitCode, stdout } = await nightloop(night, ['audit']);
		expect(exitCode).toBe(0);
		expect(stdout).toMatch(
			/1 consistent \w{7} {2}tree \w{7} {2}attempt 1 {2}0001-worker → 0002-reviewer {2}the first thing/,
		);
		expect(stdout).toMatch(/2 consistent .* attempt 2 {2}0004-worker → 0005-reviewer {2}the second thing/);
		expect(stdout).toMatch(/3 consistent .* attempt 2 {2}0008-worker → 0009-reviewer {2}the third thing/);
		expect(stdout).toMatch(/box consistent line 8 {2}\w{7} {2}the first thing/);
		expect(stdout).toMatch(/3 commits of the loop’s, 3 boxes: 6 consistent, 0 by-hand, 0 BROKEN$/);
	});

	it('is the same as data', async () => {
		const { exitCode, stdout } = await nightloop(night, ['audit', '--json']);
		expect(exitCode).toBe(0);
		const audit = JSON.parse(stdout);
		expect(audit.commits.map(({ state, by }: { state: string; by: string }) => `${state} by ${by}`)).toEqual(
			Array.from({ length: 3 }, () => 'consistent by the journal'),
		);
		expect(audit.totals).toEqual({ consistent: 6, 'by-hand': 0, BROKEN: 0 });
	});

	it('is consistent in a fresh clone, which knows the trailers alone', () =>
		withCopy(async (copy) => {
			const { exitCode, stdout } = await auditOfClone(copy);
			expect(stdout).toMatch(/by trailers alone: there is no journal here\n1 consistent/);
			expect(stdout).toMatch(/6 consistent, 0 by-hand, 0 BROKEN$/);
			expect(exitCode).toBe(0);
		}));

	it('is told with what a shallow clone does not hold', () =>
		withCopy(async (copy) => {
			const { exitCode, stdout } = await auditOfClone(copy, ['--depth', '2', '--no-local']);
			expect(stdout).toMatch(/this is a shallow clone/);
			expect(stdout).toMatch(/2 commits of the loop’s/);
			expect(stdout).toMatch(/box by-hand {4}line 8 {2}the first thing/);
			expect(exitCode).toBe(0);
		}));

	it('stays so with a line that is being written, replaced objects, grafts and another branch checked out', () =>
		withCopy(async (copy) => {
			const journal = join(copy.path, '.git/nightloop/journal.jsonl');
			await execa('sh', ['-c', `printf '01234567 {"v":1' >> '${journal}'`]);
			await copy.git('replace', 'HEAD~1', 'HEAD');
			await copy.write('.git/info/grafts', `${await copy.git('rev-parse', 'HEAD')}\n`);
			await copy.git('switch', '--quiet', '--create', 'mine');
			await copy.git('commit', '--quiet', '--allow-empty', '--message', 'mine');
			const { exitCode, stdout } = await nightloop(copy, ['audit']);
			expect(stdout).toMatch(/6 consistent, 0 by-hand, 0 BROKEN$/);
			expect(exitCode).toBe(0);
		}));
});

type Tampering = readonly [what: string, tamper: (copy: Repository) => Promise<void>, found: RegExp];

const tamperings: readonly Tampering[] = [
	// git
	[
		'a landed commit is amended',
		amended('--message', 'another subject'),
		/it is not on its branch any more, and its box is ticked/,
	],
	['its content is amended under its name', forged({ content: true }), /no landing of it is on record/],
	[
		'it is taken off by a reset, and its tick is not',
		git('reset', '--quiet', 'HEAD~1'),
		/it is not on its branch any more/,
	],
	['it is rebased', rebased, /its committer is not nightloop/],
	['it is picked again', picked, /its committer is not nightloop/],
	['a landing is made up', forged({ content: true, onTop: true }), /no landing of it is on record/],
	['a merge is given its trailers', merged, /2 parents/],
	[
		'the ref of a rejected candidate is deleted',
		refOf('rejected', 'delete'),
		/refs\/nightloop\/rejected\/\S+ is on record, and is gone/,
	],
	[
		'the ref of a rejected candidate is moved',
		refOf('rejected', 'move'),
		/refs\/nightloop\/rejected\/\S+ is not what was kept there/,
	],
	[
		'the ref of a parked task is deleted',
		refOf('parked', 'delete'),
		/refs\/nightloop\/parked\/\S+ is on record, and is gone/,
	],
	['an object is replaced in place', replacedInPlace, /is not what its name says/],
	// the journal
	['a line is damaged', damaged, /The journal is damaged at line 3/],
	...['landed', 'sealed', 'reviewed', 'worked', 'proposed', 'opened', 'settled', 'rejected'].map(
		(event): Tampering => [`a "${event}" line is removed`, lines((all) => without(all, event)), /BROKEN/],
	),
	[
		'the lines of a whole landing are removed',
		lines((all) => all.slice(0, at(all, 'opened', 7))),
		/no landing of it is on record/,
	],
	[
		'the tree that landed is another',
		changed('landed', { tree: 'a'.repeat(40) }),
		/the journal names another tree/,
	],
	[
		'the attempt that landed is another',
		changed('landed', { attempt: 2 }),
		/the journal names another attempt/,
	],
	[
		'the task that landed is another',
		changed('landed', { task: '0'.repeat(14) }),
		/the journal names another task/,
	],
	[
		'the commit that landed is another',
		changed('landed', { commit: 'b'.repeat(40) }),
		/there is no such commit/,
	],
	[
		'worker and reviewer are swapped',
		changed('landed', { worker: '0002-reviewer', reviewers: ['0001-worker'] }),
		/no worker session of that name/,
	],
	[
		'the worker is the reviewer',
		changed('landed', { reviewers: ['0001-worker'] }),
		/one session has two parts/,
	],
	[
		'the reviewers are none',
		changed('landed', { reviewers: [] }),
		/the reviewers on record as approving it are others/,
	],
	[
		'an approval becomes a rejection',
		changed('reviewed', { verdict: { kind: 'rejected', findings: [] } }),
		/no reviewer approved that tree/,
	],
	['a rejection becomes an approval', lines(approveAll), /is on record as approving/],
	['an approval is of another tree', changed('reviewed', { tree: 'c'.repeat(40) }), /judged another tree/],
	[
		'an approval is of another candidate',
		changed('reviewed', { candidate: 'c'.repeat(40) }),
		/judged another tree/,
	],
	[
		'a session that approved did not end well',
		changed('reviewed', { end: { kind: 'idle', ms: 1 } }),
		/did not end well/,
	],
	['a nonce is used twice', lines(reuseNonce), /nonce of 0005-reviewer was another session/],
	['a nonce is emptied', changed('reviewed', { nonce: '' }), /had no nonce/],
	['a red check becomes green', lines(allGreen), /a check that is green, exit 1|on record as green/],
	[
		'a red check becomes green, exit code and all',
		lines((all) => allGreen(all, 0)),
		/rejected for a check that is on record as green/,
	],
	[
		'a green check becomes red',
		changed('checked', { results: [red()] }),
		/the check `.*` was red on that tree/,
	],
	[
		'a session is renumbered',
		lines((all) => renamed(all, '0004-worker', '0014-worker')),
		/session 0014-worker where number 4 comes next/,
	],
	[
		'a session is opened twice',
		lines((all) => all.toSpliced(at(all, 'opened'), 0, all[at(all, 'opened')]!)),
		/BROKEN/,
	],
	['a session changes its part', changed('opened', { role: 'reviewer' }), /was opened as reviewer/],
	[
		'an attempt is skipped',
		lines((all) => all.map((line) => (line['attempt'] === 2 ? { ...line, attempt: 3 } : line))),
		/attempt 3 where attempt 2 comes next/,
	],
	['lines change places', lines((all) => swapped(all, at(all, 'reviewed'), at(all, 'sealed'))), /BROKEN/],
	[
		'a landing is put in twice',
		lines((all) => all.toSpliced(at(all, 'landed'), 0, all[at(all, 'landed')]!)),
		/on record as landed twice/,
	],
	['a tick is put on record for a parked task', lines(tickParked), /a tick for a task that had not landed/],
	['an undo is made up', lines((all) => [...all, undone(all)]), /nothing on record began that/],
	[
		'the head at the start is another',
		changed('started', { head: 'HEAD' }),
		/it was there when the journal began/,
	],
];

describe.concurrent('is found where', () => {
	it.each(tamperings)('%s', (_, tamper, found) =>
		withCopy(async (copy) => {
			await tamper(copy);
			const { exitCode, stdout, stderr } = await nightloop(copy, ['audit']);
			expect(`${stdout}${stderr}`).toMatch(found);
			expect(exitCode).toBe(6);
		}),
	);
});

/** What can be found by the trailers alone, of one who knows them all and makes the commit anew in the loop's name. */
const forgeries: readonly Tampering[] = [
	[
		'another file is added',
		forged({ content: true }),
		/it differs from the tree that was judged in more than the list/,
	],
	['it has two parents', forged({ parents: 2 }), /it has 2 parents/],
	['somebody else commits it', amended('--no-edit'), /its committer is not nightloop/],
	...['Task', 'Attempt', 'Tree', 'Worker', 'Reviewer'].flatMap((key): Tampering[] => [
		[`Nightloop-${key} is dropped`, message(key, () => ''), new RegExp(`Nightloop-${key} is missing`)],
		[
			`Nightloop-${key} is altered`,
			message(key, () => `Nightloop-${key}: x\n`),
			new RegExp(`Nightloop-${key} is not as the loop writes it`),
		],
		...(key === 'Reviewer'
			? []
			: [
					[
						`Nightloop-${key} is doubled`,
						message(key, (line) => line + line),
						new RegExp(`Nightloop-${key} is there 2 times`),
					] as const,
				]),
	]),
	[
		'the tree is another one',
		message('Tree', () => `Nightloop-Tree: ${'d'.repeat(40)}\n`),
		/differs from the tree that was judged/,
	],
	[
		'the worker reviews',
		message('Reviewer', (_, all) => (all['Worker'] ?? '').replace('Worker', 'Reviewer')),
		/one session has two parts/,
	],
	['a reviewer is there twice', message('Reviewer', (line) => line + line), /one session has two parts/],
	[
		'there is more among its trailers',
		message('Attempt', (line) => `${line}Signed-off-by: A Person <a@example.com>\n`),
		/there is more among its trailers/,
	],
	[
		'an undo of nothing is made up',
		message('Attempt', () => `Nightloop-Undo: ${'e'.repeat(40)}\n`),
		/BROKEN/,
	],
];

describe.concurrent('is found by the trailers alone where', () => {
	it.each(forgeries)('%s', (_, tamper, found) =>
		withCopy(async (copy) => {
			await tamper(copy);
			const { exitCode, stdout } = await auditOfClone(copy);
			expect(stdout).toMatch(found);
			expect(exitCode).toBe(6);
		}),
	);
});

describe.concurrent('a person may', () => {
	it('tick a box', () =>
		withCopy(async (copy) => {
			await copy.write('todo.md', (await copy.read('todo.md')).replace('[!]', '[x]'));
			const { exitCode, stdout } = await nightloop(copy, ['audit']);
			expect(stdout).toMatch(/box by-hand {4}line 11 {2}the last thing\n.*no commit of the loop’s is for it/);
			expect(exitCode).toBe(0);
		}));

	it('open a box', () =>
		withCopy(async (copy) => {
			await copy.write('todo.md', (await copy.read('todo.md')).replace('[x] the first', '[ ] the first'));
			const { exitCode, stdout } = await nightloop(copy, ['audit']);
			expect(stdout).toMatch(/box by-hand {4}line 8 {2}\w{7} {2}the first thing\n.*opened again by hand/);
			expect(exitCode).toBe(0);
		}));

	it('begin a line of a message with the name of the loop', () =>
		withCopy(async (copy) => {
			await copy.git('commit', '--quiet', '--allow-empty', '--message', 'nightloop-settings: raise attempts');
			const { exitCode, stdout } = await nightloop(copy, ['audit']);
			expect(stdout).toMatch(/3 commits of the loop’s, 3 boxes: 6 consistent/);
			expect(exitCode).toBe(0);
		}));

	it('throw a landing away, with its tick, and have the loop land it again', () =>
		withCopy(async (copy) => {
			await copy.git('reset', '--quiet', '--hard', 'HEAD~1');
			const thrown = await nightloop(copy, ['audit']);
			expect(thrown.stdout).toMatch(/by-hand .*\n +it was taken off its branch by hand\n/);
			expect(thrown).toMatchObject({ exitCode: 0 });

			await startLoop(copy).ended;
			const again = await nightloop(copy, ['audit']);
			expect(again.stdout).toMatch(/6 consistent, 1 by-hand, 0 BROKEN$/);
			expect(again).toMatchObject({ exitCode: 0 });
		}));

	it('throw a branch away', () =>
		withCopy(async (copy) => {
			await copy.git('stash', '--quiet');
			await copy.git('switch', '--quiet', '--create', 'other', 'HEAD~1');
			await copy.git('branch', '--quiet', '-D', 'main');
			const { exitCode, stdout } = await nightloop(copy, ['audit']);
			expect(stdout).toMatch(/it was taken off its branch by hand/);
			expect(exitCode).toBe(0);
		}));
});

describe.concurrent('a night is consistent', () => {
	const expectConsistent = async (repository: Repository, words: readonly string[] = []) => {
		for (const audit of [() => nightloop(repository, ['audit', ...words]), () => auditOfClone(repository)]) {
			const { exitCode, stdout } = await audit();
			expect(stdout).toMatch(/, 0 BROKEN$/);
			expect(exitCode).toBe(0);
		}
	};

	it('with a task that was undone, is open, and lands again', () =>
		withCopy(async (copy) => {
			const undo = await nightloop(copy, ['undo', 'the first thing', '--why', 'not so']);
			expect(undo).toMatchObject({ exitCode: 0 });
			const { exitCode, stdout } = await nightloop(copy, ['audit']);
			expect(stdout).toMatch(/4 consistent \w{7} {2}undoes \w{7} {2}undo: the first thing/);
			expect(stdout).toMatch(/6 consistent, 0 by-hand, 0 BROKEN$/);
			expect(exitCode).toBe(0);
			await startLoop(copy).ended;
			const again = await nightloop(copy, ['audit']);
			expect(again.stdout).toMatch(/8 consistent, 0 by-hand, 0 BROKEN$/);
			expect(again.exitCode).toBe(0);
			await expectConsistent(copy);
		}));

	it('but not with an undo that does more, or less', () =>
		withCopy(async (copy) => {
			await nightloop(copy, ['undo', 'the first thing']);
			await forged({ content: true })(copy);
			expect((await auditOfClone(copy)).stdout).toMatch(/it changes more than what it takes back/);
			await copy.git('rm', '--quiet', '--cached', 'done/smuggled.txt');
			await copy.git('reset', '--quiet', 'HEAD~2', '--', 'done/the-first-thing.txt');
			await copy.git('commit', '--quiet', '--amend', '--no-edit');
			await forged({})(copy);
			expect((await nightloop(copy, ['audit', '-C', '../clone'])).exitCode).toBe(6);
		}));

	it('while the loop runs, and after it was killed at any time, and when it has gone on', () =>
		withRepository(
			{
				tasks: ['one thing', 'two things', 'three things'],
				reviewer: 'approves-after-a-moment',
				settings: ['checks: test -e "$SCRATCH/log/flaked" || { touch "$SCRATCH/log/flaked"; false; }'],
			},
			async (repository) => {
				for (let life = 0; life < 6; life++) {
					const loop = startLoop(repository);
					const patience = setTimeout(() => loop.kill('SIGKILL'), 700 + life * 333);
					const isOver = () => Promise.race([loop.ended.then(() => true), nextTurn(false)]);
					while (!(await isOver())) await expectOnlyConsistent(repository);
					clearTimeout(patience);
					await expectOnlyConsistent(repository);
				}
				expect(await startLoop(repository).ended).toMatchObject({ exitCode: 0 });
				await expectConsistent(repository);
			},
		));

	const expectOnlyConsistent = async (repository: Repository) => {
		const { exitCode, stdout, stderr } = await nightloop(repository, ['audit']);
		expect(`${stdout}${stderr}`).toMatch(/ 0 by-hand, 0 BROKEN$/);
		expect(exitCode).toBe(0);
	};

	it('with another list, in a folder of its own', () =>
		withRepository(
			{ files: { 'docs/plan.md': '- [ ] write of it\n- [ ] and more\n' } },
			async (repository) => {
				expect(await startLoop(repository, ['--until-done', '--todo', 'docs/plan.md']).ended).toMatchObject({
					exitCode: 0,
				});
				await expectConsistent(repository, ['--todo', 'docs/plan.md']);
				await repository.git('clone', '--quiet', '.', '../another');
				const { stdout } = await nightloop(repository, [
					'audit',
					'-C',
					'../another',
					'--todo',
					'docs/plan.md',
				]);
				expect(stdout).toMatch(/4 consistent, 0 by-hand, 0 BROKEN$/);
			},
		));

	it('with what the loop of another work tree landed, and was merged here', () =>
		withCopy(async (copy) => {
			await copy.git('add', '--all');
			await copy.git('commit', '--quiet', '--message', 'all as it is');
			const side = join(copy.scratch, 'side');
			await copy.git('worktree', 'add', '--quiet', '-b', 'side', side);
			await copy.write('../side/todo.md', `${await copy.read('todo.md')}- [ ] a thing aside\n`);
			const words = ['--until-done', '-C', '../side'];
			expect(await startLoop(copy, words).ended).toMatchObject({ exitCode: 3 });
			await copy.git('merge', '--quiet', 'side');
			const { exitCode, stdout } = await nightloop(copy, ['audit']);
			expect(stdout).toMatch(/4 consistent .*a thing aside\n +by the journal of the work tree side\n/);
			expect(stdout).toMatch(/8 consistent, 0 by-hand, 0 BROKEN$/);
			expect(exitCode).toBe(0);
			const there = await nightloop(copy, ['audit', '-C', '../side']);
			expect(there.stdout).toMatch(
				/1 consistent .*the first thing\n +by the journal of the first work tree\n/,
			);
			expect(there).toMatchObject({ exitCode: 0 });

			const journal = join(copy.path, '.git/worktrees/side/nightloop/journal.jsonl');
			const lines = (await readFile(journal, 'utf8')).split('\n');
			await writeFile(journal, lines.with(2, `${lines[2]} `).join('\n'));
			const damaged = await nightloop(copy, ['audit']);
			expect(damaged.stdout).toMatch(/4 BROKEN .*a thing aside\n +no landing of it is on record\n/);
			expect(damaged.stdout).toMatch(
				/journal BROKEN in the work tree side: The journal is damaged at line 3/,
			);
			expect(damaged.exitCode).toBe(6);
		}));

	it('with a list that git ignores', () =>
		withRepository({ tasks: [] }, async (repository) => {
			await repository.git('rm', '--quiet', '--cached', 'todo.md');
			await repository.write('.gitignore', 'todo.md\n');
			await repository.git('add', '.gitignore');
			await repository.git('commit', '--quiet', '--message', 'ignore');
			await repository.write('todo.md', '- [ ] one thing\n');
			expect(await startLoop(repository).ended).toMatchObject({ exitCode: 0 });
			await expectConsistent(repository);
		}));
});

describe('1,000 landed tasks', () => {
	it('are audited within 5 s', () =>
		withRepository({ tasks: [] }, async (repository) => {
			await landTasks(repository, 1000);
			const { exitCode, stdout, ms } = await nightloop(repository, ['audit']);
			expect(stdout).toMatch(/2000 consistent, 0 by-hand, 0 BROKEN$/);
			expect(exitCode).toBe(0);
			expect(ms).toBeLessThan(5000);
		}));
});

/** The audit of a fresh clone, where there is no journal. */
async function auditOfClone(copy: Repository, how: readonly string[] = []) {
	await copy.git('clone', '--quiet', ...how, '.', '../clone');
	return nightloop(copy, ['audit', '-C', '../clone']);
}

type Tamper = Tampering[1];

function git(...words: string[]): Tamper {
	return async (copy) => void (await copy.git(...words));
}

function amended(...how: string[]): Tamper {
	return git('commit', '--quiet', '--amend', '--allow-empty', ...how);
}

/** The last commit made anew as the loop would make it, but for what is to be another. */
function forged(how: {
	content?: true;
	parents?: 2;
	message?: (message: string) => string;
	onTop?: true;
}): Tamper {
	return async (copy) => {
		if (how.content) {
			await copy.write('done/smuggled.txt', 'in\n');
			await copy.git('add', 'done/smuggled.txt');
		}
		const said = await copy.git('log', '-1', '--format=%B');
		const parent = how.onTop ? 'HEAD' : 'HEAD~1';
		const parents = ['-p', parent, ...(how.parents ? ['-p', `${parent}~1`] : [])];
		const tree = how.content ? await copy.git('write-tree') : 'HEAD^{tree}';
		const input = `${(how.message?.(`${said.trim()}\n`) ?? said).trim()}\n`;
		const env = {
			...copy.env,
			GIT_COMMITTER_NAME: 'nightloop',
			GIT_COMMITTER_EMAIL: 'nightloop@localhost.invalid',
		};
		const made = await execa('git', ['commit-tree', tree, ...parents], {
			cwd: copy.path,
			env,
			extendEnv: false,
			input,
		});
		await copy.git('update-ref', 'HEAD', made.stdout);
	};
}

/** Another line for that trailer, given the one that is there and all of them by key. */
function message(key: string, change: (line: string, all: Record<string, string>) => string): Tamper {
	const anew = (said: string) => {
		const all = Object.fromEntries(
			[...said.matchAll(/^Nightloop-(\w+): .*\n/gm)].map(([line, name]) => [name!, line]),
		);
		return said.replace(new RegExp(`^Nightloop-${key}: .*\n`, 'm'), () => change(all[key]!, all));
	};
	return forged({ message: anew });
}

async function rebased(copy: Repository): Promise<void> {
	await copy.git('stash', '--quiet');
	await copy.git('rebase', '--quiet', '--force-rebase', 'HEAD~2');
}

async function picked(copy: Repository): Promise<void> {
	const tip = await copy.git('rev-parse', 'HEAD');
	await copy.git('reset', '--quiet', '--hard', 'HEAD~1');
	await copy.git('-c', 'core.editor=true', 'cherry-pick', '--allow-empty', '-x', tip);
}

async function merged(copy: Repository): Promise<void> {
	const said = await copy.git('log', '-1', '--format=%B');
	await copy.git('stash', '--quiet');
	await copy.git('switch', '--quiet', '--create', 'side', 'HEAD~1');
	await copy.git('commit', '--quiet', '--allow-empty', '--message', 'aside');
	await copy.git('switch', '--quiet', 'main');
	await copy.git('merge', '--quiet', '--no-ff', '--message', said, 'side');
}

function refOf(kind: string, how: 'delete' | 'move'): Tamper {
	return async (copy) => {
		const ref =
			(await copy.git('for-each-ref', '--format=%(refname)', `refs/nightloop/${kind}`)).split('\n')[0] ?? '';
		await copy.git('update-ref', ...(how === 'delete' ? ['-d', ref] : [ref, 'HEAD']));
	};
}

/** What only somebody can do who writes to git's own files. */
async function replacedInPlace(copy: Repository): Promise<void> {
	const [commit, other] = [await copy.git('rev-parse', 'HEAD~1'), await copy.git('rev-parse', 'HEAD~2')];
	const file = (id: string) => join(copy.path, '.git/objects', id.slice(0, 2), id.slice(2));
	await rm(file(commit));
	await cp(file(other), file(commit));
}

async function damaged(copy: Repository): Promise<void> {
	const file = join(copy.path, '.git/nightloop/journal.jsonl');
	const all = (await readFile(file, 'utf8')).split('\n');
	await writeFile(file, all.with(2, `${all[2]} `).join('\n'));
}

function lines(change: (all: readonly Line[]) => readonly Line[]): Tamper {
	return async ({ path }) => writeLines(path, change(await readLines(path)));
}

/** Where the first line of that event is, or a later one. */
function at(all: readonly Line[], event: string, which = 0): number {
	const found = [...all.keys()].filter((index) => all[index]?.event === event)[which];
	if (found === undefined) throw new Error(`no ${event} ${which}`);
	return found;
}

function without(all: readonly Line[], event: string): Line[] {
	return all.toSpliced(at(all, event), 1);
}

function changed(event: string, change: Readonly<Record<string, unknown>>): Tamper {
	return async (copy) => {
		const head = await copy.git('rev-parse', 'HEAD');
		const all = await readLines(copy.path);
		const now = Object.entries(change).map(([key, value]) => [key, value === 'HEAD' ? head : value]);
		const index = at(all, event);
		await writeLines(copy.path, all.with(index, { ...all[index]!, ...Object.fromEntries(now) }));
	};
}

function approveAll(all: readonly Line[]): Line[] {
	const verdict = { kind: 'approved', findings: [], red: null };
	return all.map((line) => (line.event === 'reviewed' ? { ...line, verdict } : line));
}

function reuseNonce(all: readonly Line[]): Line[] {
	const { nonce } = all[at(all, 'reviewed')]!;
	const index = at(all, 'reviewed', 1);
	return all.with(index, { ...all[index]!, nonce });
}

function allGreen(all: readonly Line[], exitCode?: number): Line[] {
	return all.map((line) => {
		if (line.event !== 'checked') return line;
		const results = (line['results'] as object[]).map((result) => ({
			...result,
			result: 'green',
			...(exitCode === undefined ? {} : { exitCode }),
		}));
		return { ...line, results };
	});
}

function red(): object {
	return {
		command: 'test ! -e done/broken.txt',
		result: 'red',
		exitCode: 1,
		ms: 1,
		tail: '',
		log: '',
		runs: 1,
	};
}

function renamed(all: readonly Line[], session: string, other: string): Line[] {
	return JSON.parse(JSON.stringify(all).replaceAll(session, other));
}

function swapped(all: readonly Line[], one: number, other: number): Line[] {
	return all.with(one, all[other]!).with(other, all[one]!);
}

function tickParked(all: readonly Line[]): Line[] {
	return all.map((line) => (line.event === 'marked' && line['as'] === '!' ? { ...line, as: 'x' } : line));
}

function undone(all: readonly Line[]): Line {
	const { v, at: time, task, text, commit } = all[at(all, 'landed')]!;
	return { v, at: time, event: 'undone', task, text, commit, by: commit, why: '', lines: [8] };
}
