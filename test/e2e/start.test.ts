import { chmod, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fingerprint } from '../helpers/checker.ts';
import { type Ended, nightloop, startLoop } from '../helpers/nightloop.ts';
import { noProcessOf } from '../helpers/processes.ts';
import { list, type Plan, prompt, type Repository, withRepository } from '../helpers/repository.ts';

type Case = [what: string, arrange: (repository: Repository) => Promise<unknown>, says: RegExp, plan?: Plan];

const cases: Case[] = [
	[
		'no repository',
		({ path }) => rm(join(path, '.git'), { recursive: true }),
		/not .*repository|no .*repository/i,
	],
	['a bare repository', makeBare, /bare/i],
	['no commit', (repository) => repository.git('update-ref', '-d', 'HEAD'), /commit/i],
	['a detached HEAD', (repository) => repository.git('checkout', '--quiet', '--detach'), /detached|branch/i],
	['a merge in progress', (repository) => diverge(repository, 'merge'), /merge/i],
	['a rebase in progress', (repository) => diverge(repository, 'rebase'), /rebase/i],
	['a bisect in progress', (repository) => repository.git('bisect', 'start'), /bisect/i],
	[
		'a sparse checkout',
		(repository) => repository.git('sparse-checkout', 'set', 'memory', 'prompts'),
		/sparse/i,
	],
	['a tracked change', (repository) => repository.write('README.md', 'changed\n'), /README\.md/],
	['a staged change', stageAFile, /new\.txt/],
	['no todo.md', ({ path }) => rm(join(path, 'todo.md')), /todo\.md/],
	['an agent that is not there', nothing, /no-such-program/, withPrompt('worker', 'no-such-program --flag')],
	[
		'an agent known by name that is not there: the way to install it is told',
		nothing,
		/codex was not found[\s\S]*npm install -g @openai\/codex/,
		withPrompt('worker', 'codex'),
	],
	['a reviewer that is not there', nothing, /no-such-program/, withPrompt('reviewer', 'no-such-program')],
	['an unclosed fence', nothing, /line 5|:5|5:/, { todo: '# List\n\n- [ ] one\n\n```sh\n- [ ] two\n' }],
	['an unknown key', nothing, /chekcs[\s\S]*checks/, { tasks: ['one'], settings: ['chekcs: [npm test]'] }],
	['an ill-typed value', nothing, /attempts/, { tasks: ['one'], settings: ['attempts: many'] }],
	['a clock time that YAML makes a number', nothing, /until/, { tasks: ['one'], settings: ['until: [1]'] }],
	['front matter in JavaScript', nothing, /---js|JavaScript|YAML/i, { todo: evil('js') }],
	[
		'front matter in JavaScript, in full',
		nothing,
		/---javascript|JavaScript|YAML/i,
		{ todo: evil('javascript') },
	],
	['an unknown hole', nothing, /tsak/, { files: { 'prompts/worker.md': prompt('approves', 'Do {{tsak}}') } }],
	[
		'a prompt with front matter in JavaScript',
		nothing,
		/YAML|js/i,
		{ files: { 'prompts/worker.md': evil('js') } },
	],
];

describe.concurrent('a start says what, why and fix, exits 2 and changes nothing at', () => {
	it.each<Case>(cases)('%s', (_, arrange, says, plan = {}) =>
		withRepository(plan, async (repository) => {
			await arrange(repository);
			expect(await refusal(repository)).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(says) });
		}),
	);

	it.runIf(process.getuid?.() === 0)('claude as root outside of a sandbox', () =>
		withRepository(withPrompt('worker', 'claude'), async (repository) => {
			const claude = join(repository.scratch, 'bin/claude');
			await writeFile(claude, `#!/bin/sh\necho started >>'${repository.scratch}/log/claude'\n`);
			await chmod(claude, 0o755);
			const stderr = expect.stringMatching(/root[\s\S]*IS_SANDBOX/);
			expect(await refusal(repository)).toMatchObject({ exitCode: 2, stderr });
			expect(await repository.notes('claude')).toEqual([]);
		}),
	);

	it('a second loop, with exit 5', () =>
		withRepository({ worker: 'writes-one-file-after-a-nod' }, async (repository) => {
			const first = startLoop(repository);
			await first.seen('opened');
			// What the first one is doing changes files as well: only its own end may tell.
			const second = await nightloop(repository, ['run', '--plain']);
			await repository.note('nod', 'go on');

			expect(second).toMatchObject({ exitCode: 5 });
			expect(second.stderr).toContain(String(first.pid));
			expect(second.ms).toBeLessThan(5000);
			expect(await first.ended).toMatchObject({ exitCode: 0 });
			expect(await repository.notes('sessions')).toHaveLength(2);
		}));
});

/** Of every refusal, in ms. */
const times: number[] = [];

afterAll(() => console.info(`slowest refusal: ${Math.round(Math.max(...times))} ms`));

/** How a start ends that may not change anything, in under a second on an idle machine. */
async function refusal(repository: Repository): Promise<Ended> {
	const before = await fingerprint(repository.path);
	const ended = await nightloop(repository, ['run', '--plain', '--until-done']);

	expect(ended.stderr).toMatch(/\S.*\n.*\S.*\n.*\S/);
	expect(ended.stderr).not.toMatch(/^\s+at .*:\d+:\d+/m);
	expect(await fingerprint(repository.path)).toEqual(before);
	expect(await repository.notes('evil')).toEqual([]);
	expect(await repository.notes('sessions')).toEqual([]);
	expect(ended.ms).toBeLessThan(5000);
	times.push(ended.ms);
	await noProcessOf(repository.scratch);
	return ended;
}

function nothing(): Promise<void> {
	return Promise.resolve();
}

function withPrompt(role: string, agent: string): Plan {
	return { files: { [`prompts/${role}.md`]: `---\nagent: ${agent}\n---\n{{task}}\n` } };
}

/** Evaluated, it would leave a note. */
function evil(language: string): string {
	const code = `require('fs').writeFileSync(process.env.SCRATCH + '/log/evil', 'evaluated')`;
	return `---${language}\n{ agent: ${code} || 'sh', attempts: 3 }\n---\n- [ ] one\n`;
}

async function makeBare(repository: Repository): Promise<void> {
	const { path } = repository;
	await repository.git('config', 'core.bare', 'true');
	await rename(join(path, '.git'), `${path}.git`);
	await rm(path, { recursive: true });
	await rename(`${path}.git`, path);
	await repository.write('todo.md', list(['one']));
}

async function stageAFile(repository: Repository): Promise<void> {
	await repository.write('new.txt', 'new\n');
	await repository.git('add', 'new.txt');
}

/** Two commits that cannot be put together, and the attempt to. */
async function diverge(repository: Repository, how: 'merge' | 'rebase'): Promise<void> {
	await repository.git('checkout', '--quiet', '-b', 'other');
	await repository.write('README.md', 'theirs\n');
	await repository.git('commit', '--quiet', '--all', '--message', 'theirs');
	await repository.git('checkout', '--quiet', 'main');
	await repository.write('README.md', 'ours\n');
	await repository.git('commit', '--quiet', '--all', '--message', 'ours');
	await expect(repository.git(how, 'other')).rejects.toThrow('CONFLICT');
}
