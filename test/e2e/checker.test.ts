import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { photograph, violations } from '../helpers/checker.ts';
import { type Repository, withRepository } from '../helpers/repository.ts';

type Case = [what: string, spoil: (repository: Repository) => Promise<unknown>, says: RegExp];

const cases: Case[] = [
	[
		'a tick without a commit',
		(repository) => edit(repository, '[ ] two', '[x] two'),
		/^I2: ticked without a commit: two$/,
	],
	[
		'a commit without a tick',
		(repository) => land(repository, { ticks: false }),
		/^I8: landed but not ticked: two$/,
	],
	[
		'a commit that nobody approved',
		(repository) => land(repository, { approved: false }),
		/I2: no reviewer approved/,
	],
	[
		'a commit of another tree',
		(repository) => land(repository, { besides: true }),
		/I3: not the approved tree: more\.txt/,
	],
	[
		'a commit without trailers',
		(repository) => land(repository, { trailers: [] }),
		/I3: 0 trailers for task/,
	],
	[
		'a review by the author',
		(repository) => land(repository, { reviewer: '0001-worker' }),
		/the author reviewed it/,
	],
	['the same task twice', landTwice, /^I3: the same attempt landed twice/],
	['a lost line', (repository) => edit(repository, '- [ ] three\n', ''), /^I1: todo\.md has/],
	[
		'a changed byte',
		(repository) => edit(repository, 'three', 'threE'),
		/^I6: byte \d+ of todo\.md: e became E$/,
	],
	['a box that was opened', (repository) => edit(repository, '[x] zero', '[ ] zero'), /^I6: byte/],
	['another mode', ({ path }) => chmod(join(path, 'todo.md'), 0o600), /^I6: todo\.md was mode/],
	[
		'a lock that is left',
		(repository) => repository.write('.git/index.lock', ''),
		/^I5: \.git\/index\.lock is left$/,
	],
	[
		'a branch that was made',
		(repository) => repository.git('branch', 'new'),
		/^I5: branches, tags and stash/,
	],
	['a detached HEAD', (repository) => repository.git('checkout', '--quiet', '--detach'), /^I5: HEAD was/],
	['something staged', stage, /^I5: what is staged/],
	['a setting of git', (repository) => repository.git('config', 'a.b', 'c'), /^I5: configuration and hooks/],
	['a hook', (repository) => repository.write('.git/hooks/post-commit', ''), /^I5: configuration and hooks/],
	['a lost object', loseAnObject, /^I5: git fsck/],
	['two agents at once', (repository) => repository.note('overlaps', '0002'), /^two agents at once: 0002$/],
];

describe.concurrent('the checker of the other tests', () => {
	it('finds nothing wrong with a landing as it should be', () =>
		withRepository({ todo }, async (repository) => {
			const before = await photograph(repository);
			await land(repository, {});

			expect(await violations(repository, before)).toEqual([]);
		}));

	it.each<Case>(cases)('sees %s', (_, spoil, says) =>
		withRepository({ todo }, async (repository) => {
			const before = await photograph(repository);
			await spoil(repository);
			const found = await violations(repository, before);

			expect(found).toContainEqual(expect.stringMatching(says));
		}),
	);

	it('sees a process that is left', () =>
		withRepository({ todo }, async (repository) => {
			const before = await photograph(repository);
			const child = spawn('sleep', ['60'], { cwd: repository.path, env: {} });
			await once(child, 'spawn');

			expect(await violations(repository, before)).toEqual([`I4: ${child.pid} sleep 60 is still there`]);
		}));
});

const todo = '# List\n\n- [x] zero\n- [ ] one\n- [ ] two\n- [ ] three\n';

interface Landing {
	readonly ticks?: boolean;
	readonly approved?: boolean;
	/** The commit has a file that the approved tree has not. */
	readonly besides?: boolean;
	readonly trailers?: readonly string[];
	readonly reviewer?: string;
	readonly attempt?: number;
}

/** What the loop does, by hand. */
async function land(repository: Repository, landing: Landing): Promise<void> {
	const { ticks = true, approved = true, besides = false, reviewer = '0002-reviewer', attempt = 1 } = landing;
	await repository.write(`work-${attempt}.txt`, 'done\n');
	await repository.git('add', `work-${attempt}.txt`);
	const tree = await repository.git('write-tree');
	if (approved) await repository.note('approvals', `candidate ${tree} ${tree} ${reviewer}`);
	if (besides) await repository.write('more.txt', 'more\n');
	const text = await repository.read('todo.md');
	await edit(repository, '[ ] two', '[x] two');
	await repository.git('add', '--all');
	const { trailers = trailersOf(tree, reviewer, attempt) } = landing;
	const words = trailers.flatMap((trailer) => ['--trailer', trailer]);
	await repository.git(
		'-c',
		'committer.name=nightloop',
		'commit',
		'--quiet',
		'--allow-empty',
		'-m',
		'two',
		...words,
	);
	if (ticks) return;
	await repository.write('todo.md', text);
}

function trailersOf(tree: string, reviewer: string, attempt: number): string[] {
	return [
		'Nightloop-Task: 0123456789abcd',
		`Nightloop-Attempt: ${attempt}`,
		`Nightloop-Tree: ${tree}`,
		'Nightloop-Worker: sh/none/0001-worker',
		`Nightloop-Reviewer: sh/none/${reviewer}`,
	];
}

async function landTwice(repository: Repository): Promise<void> {
	await land(repository, {});
	await edit(repository, '[x] two', '[ ] two');
	await land(repository, {});
}

async function edit(repository: Repository, from: string, to: string): Promise<void> {
	await repository.write('todo.md', (await repository.read('todo.md')).replace(from, to));
}

async function stage(repository: Repository): Promise<void> {
	await repository.write('README.md', 'staged\n');
	await repository.git('add', 'README.md');
}

async function loseAnObject(repository: Repository): Promise<void> {
	const id = await repository.git('rev-parse', 'HEAD:README.md');
	await rm(join(repository.path, '.git/objects', id.slice(0, 2), id.slice(2)));
}
