import { execa } from 'execa';
import { appendFile, cp, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { hasCode } from './has-code.ts';
import { endProcessesOf } from './processes.ts';

/** npm runs every script, and vitest every test, from here. */
const project = process.cwd();

/** A git repository of its own, in a scratch folder with a home, a cache and the agents' notes beside it. */
export interface Repository {
	/** Absolute; what the agents know as `$SCRATCH`. */
	readonly scratch: string;
	/** The work tree, a folder in `scratch`. */
	readonly path: string;
	/** All that the loop and git get to see of an environment. */
	readonly env: Readonly<Record<string, string>>;
	/** Runs git in the work tree; its stdout without the last line end. Throws unless it exits 0. */
	git(...words: string[]): Promise<string>;
	/** A file of the work tree. */
	read(path: string): Promise<string>;
	write(path: string, text: string): Promise<void>;
	/** The lines of one of the agents' notes, such as `sessions` or `approvals`; none where there is no such note. */
	notes(name: string): Promise<string[]>;
	/** Adds a line to a note; agents wait for some of them. */
	note(name: string, line: string): Promise<void>;
}

/** What the repository starts with. */
export interface Plan {
	/** One open box each. */
	readonly tasks?: readonly string[];
	/** The whole of todo.md, instead of `tasks` and `settings`. */
	readonly todo?: string;
	/** Lines of todo.md's front matter. */
	readonly settings?: readonly string[];
	/** Names of agents in test/fixtures/agents. */
	readonly worker?: string;
	readonly reviewer?: string;
	/** Further lines of the prompts' front matter. */
	readonly ofWorker?: readonly string[];
	readonly ofReviewer?: readonly string[];
	/** Further committed files. */
	readonly files?: Readonly<Record<string, string>>;
}

/** Makes the repository, hands it over, and takes it away again with every process that still lives in it. */
export async function withRepository(
	plan: Plan,
	use: (repository: Repository) => Promise<void>,
): Promise<void> {
	const repository = await makeRepository(plan);
	try {
		await use(repository);
	} finally {
		await endProcessesOf(repository.scratch);
		await rm(repository.scratch, { recursive: true, force: true, maxRetries: 5 });
	}
}

/** Hands over a copy of all of it as it is, to be changed by somebody, and takes the copy away again. */
export async function withCopy(
	original: Repository,
	use: (repository: Repository) => Promise<void>,
): Promise<void> {
	const parent = await realpath(process.env['NIGHTLOOP_TEST_DIR'] ?? tmpdir());
	const scratch = await mkdtemp(join(parent, 'nightloop-'));
	try {
		await use(await copyTo(scratch, original));
	} finally {
		await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
	}
}

/** A copy of all of it as it is, in that folder, in place of what is there. */
export async function copyTo(scratch: string, original: Repository): Promise<Repository> {
	await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
	await cp(original.scratch, scratch, { recursive: true, preserveTimestamps: true });
	return handle(scratch, join(scratch, 'repository'));
}

/** A command line for the front matter of a prompt. */
export function agent(name: string): string {
	return `sh ${join(project, 'test/fixtures/agents', `${name}.sh`)}`;
}

/** A prompt file that has `name` for an agent. */
export function prompt(name: string, text: string, more: readonly string[] = []): string {
	return ['---', `agent: ${agent(name)}`, ...more, '---', text, ''].join('\n');
}

/** A todo.md with one open box for each task. */
export function list(tasks: readonly string[], settings: readonly string[] = []): string {
	const boxes = tasks.map((task) => `- [ ] ${task}`);
	return ['---', 'settle: 100ms', ...settings, '---', '# The list', '', ...boxes, ''].join('\n');
}

async function makeRepository(plan: Plan): Promise<Repository> {
	const parent = await realpath(process.env['NIGHTLOOP_TEST_DIR'] ?? tmpdir());
	const scratch = await mkdtemp(join(parent, 'nightloop-'));
	const path = join(scratch, 'repository');
	for (const folder of ['home', 'cache', 'bin', 'log', 'log/prompts', 'repository']) {
		await mkdir(join(scratch, folder));
	}
	const person = '[user]\n\tname = A Person\n\temail = person@example.com\n[init]\n\tdefaultBranch = main\n';
	await writeFile(join(scratch, 'home/.gitconfig'), person);
	const repository = handle(scratch, path);
	await repository.git('init', '--quiet');
	for (const [name, text] of Object.entries(filesOf(plan))) await repository.write(name, text);
	await repository.git('add', '--all');
	await repository.git('commit', '--quiet', '--message', 'start');
	return repository;
}

function filesOf(plan: Plan): Record<string, string> {
	const { worker = 'writes-one-file', reviewer = 'approves' } = plan;
	return {
		'README.md': 'A project.\n',
		'memory/notes.md': 'Nothing yet.\n',
		'prompts/worker.md': prompt(worker, 'Do this: {{task}}\n\n{{details}}\n\n{{findings}}', plan.ofWorker),
		'prompts/reviewer.md': prompt(reviewer, 'Was this done? {{task}}\n\n{{diffstat}}', plan.ofReviewer),
		...plan.files,
		'todo.md': plan.todo ?? list(plan.tasks ?? ['make the first thing'], plan.settings),
	};
}

function handle(scratch: string, path: string): Repository {
	const env = environment(scratch);
	return {
		scratch,
		path,
		env,
		async git(...words) {
			return (await execa('git', words, { cwd: path, env, extendEnv: false, stdin: 'ignore' })).stdout;
		},
		read: (name) => readFile(join(path, name), 'utf8'),
		async write(name, text) {
			await mkdir(dirname(join(path, name)), { recursive: true });
			await writeFile(join(path, name), text);
		},
		notes: (name) => linesOf(join(scratch, 'log', name)),
		note: (name, line) => appendFile(join(scratch, 'log', name), `${line}\n`),
	};
}

function environment(scratch: string): Record<string, string> {
	return {
		PATH: `${join(scratch, 'bin')}:${process.env['PATH'] ?? ''}`,
		HOME: join(scratch, 'home'),
		XDG_CACHE_HOME: join(scratch, 'cache'),
		GIT_CONFIG_GLOBAL: join(scratch, 'home/.gitconfig'),
		GIT_CONFIG_NOSYSTEM: '1',
		LANG: 'C.UTF-8',
		SCRATCH: scratch,
	};
}

async function linesOf(file: string): Promise<string[]> {
	try {
		return (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
	} catch (error) {
		if (hasCode(error, 'ENOENT')) return [];
		throw error;
	}
}
