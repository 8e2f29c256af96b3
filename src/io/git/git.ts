import process from 'node:process';
import type { Outside } from './outside.ts';
import { freeOfPipes } from './pipes.ts';
import { runProgram } from '../program.ts';
import type { Command, ProgramResult } from '../program.ts';

interface GitOptions {
	/** Another index than the repository's own. */
	readonly index?: string;
	readonly workTree?: string;
	readonly gitDir?: string;
	readonly input?: string;
	readonly env?: Readonly<Record<string, string>>;
	/** Exit codes that are answers, not errors. Default: 0 alone. */
	readonly answers?: readonly number[];
	/** `latin1` keeps every byte of a path as one character. Default utf8. */
	readonly encoding?: 'utf8' | 'latin1';
	/** `DURABLE`: written objects and refs reach the disk before git ends. */
	readonly durable?: readonly string[];
	/** Runs it by another command, such as one that shows it another view of the files. */
	readonly inside?: (command: Command) => Command;
}

/** Runs one git command, resolves to its stdout. Rejects with a `GitError` for an exit code that is not an answer. */
export type Git = (args: readonly string[], options?: GitOptions) => Promise<string>;

/** What a git of the loop's is surrounded by. */
interface Surroundings {
	readonly environment: Readonly<Record<string, string>>;
	readonly outside: Pick<Outside, 'environment'>;
}

export interface GitError extends Error {
	readonly name: 'GitError';
	readonly stderr: string;
	readonly exitCode: number | null;
	/** What ended it, if a signal did. */
	readonly signal: NodeJS.Signals | null;
}

/**
 * git as the loop uses it: one absolute program, explicit folders, nothing inherited, and nothing that a repository's
 * configuration could make it run: no hooks, no file system monitor, no editor, no prompt, no collection.
 */
export function openGit(file: string, gitDir: string, workTree: string, surroundings: Surroundings): Git {
	return async (args, options = {}) => {
		const { answers = [0], encoding = 'utf8', input } = options;
		const tree = options.workTree ?? workTree;
		const place = [`--git-dir=${options.gitDir ?? gitDir}`, `--work-tree=${tree}`, ...QUIET];
		const command: Command = [file, ...place, ...(options.durable ?? []), ...args];
		const [program, ...words] = options.inside?.(command) ?? command;
		const running = runProgram(program, words, {
			cwd: tree,
			env: environmentOf(surroundings, options),
			...(input === undefined ? {} : { input: Buffer.from(input, encoding) }),
		});
		const result = await freeOfPipes(tree, running);
		if (result.code === null || !answers.includes(result.code)) throw gitError(args, result);
		return result.stdout.toString(encoding);
	};
}

/** What a git is thrown for that gave no answer. */
export function gitError(args: readonly string[], { code, signal, stderr }: ProgramResult): GitError {
	const how = signal === null ? `failed (exit ${code})` : `was ended by ${signal}`;
	const said = stderr.trim();
	const error = new Error(`git ${commandIn(args)} ${how}${said && `: ${said}`}`);
	return Object.assign(error, { name: 'GitError' as const, stderr: said, exitCode: code, signal });
}

/** Which command its arguments name, behind options of git itself. */
export function commandIn(args: readonly string[]): string {
	return args.find((word, index) => !word.startsWith('-') && args[index - 1] !== '-c') ?? '';
}

/** The environment of the person, less everything that would point git elsewhere. `folders`: the PATH of its filters. */
export function gitEnvironment(folders: string): Record<string, string> {
	const inherited = Object.entries(process.env).filter(
		([name, value]) => !name.startsWith('GIT_') && value !== undefined,
	);
	return {
		...(Object.fromEntries(inherited) as Record<string, string>),
		PATH: folders,
		...identityKept(),
		...UNATTENDED,
	};
}

function environmentOf(
	{ environment, outside }: Surroundings,
	{ index, env }: GitOptions,
): Record<string, string> {
	return { ...environment, ...outside.environment(), ...(index && { GIT_INDEX_FILE: index }), ...env };
}

/** Whether what was thrown is git's own refusal. */
export function isGitError(error: unknown): error is GitError {
	return error instanceof Error && error.name === 'GitError';
}

const UNATTENDED = {
	LC_ALL: 'C',
	GIT_TERMINAL_PROMPT: '0',
	GIT_EDITOR: 'true',
	GIT_ASKPASS: 'true',
	GIT_OPTIONAL_LOCKS: '0',
	GIT_NO_LAZY_FETCH: '1',
	// An agent could have git show something else than what is there.
	GIT_NO_REPLACE_OBJECTS: '1',
};

const QUIET = [
	'core.hooksPath=/dev/null',
	'core.fsmonitor=false',
	'core.untrackedCache=false',
	'core.trustctime=true',
	'core.checkStat=default',
	'core.quotePath=false',
	'submodule.recurse=false',
	'gc.auto=0',
	'maintenance.auto=false',
	'advice.detachedHead=false',
	// The configuration of a repository inside the repository is anybody's.
	'diff.ignoreSubmodules=dirty',
	'submodule.recurse=false',
].flatMap((setting) => ['-c', setting]);

/** Without it git syncs neither objects nor refs: a power cut could leave the branch at a commit that is not there. */
export const DURABLE = ['-c', 'core.fsync=committed,reference,index', '-c', 'core.fsyncMethod=batch'];

/** Who the person is may be said by environment alone; it is the author of what lands. */
function identityKept(): Record<string, string> {
	const names = [
		'GIT_AUTHOR_NAME',
		'GIT_AUTHOR_EMAIL',
		'GIT_CONFIG_GLOBAL',
		'GIT_CONFIG_SYSTEM',
		'GIT_CONFIG_NOSYSTEM',
	];
	return Object.fromEntries(
		names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
	);
}
