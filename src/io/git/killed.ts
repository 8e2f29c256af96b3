import { setTimeout as sleep } from 'node:timers/promises';
import { commandIn, gitError, isGitError } from './git.ts';
import type { Git } from './git.ts';
import { runProgram } from '../program.ts';
import type { ProgramOptions, ProgramResult } from '../program.ts';

/** Whether a git was killed, as the kernel does where memory runs short: nothing that it was asked for is in doubt by it. */
export function isKilled(error: unknown): boolean {
	return isGitError(error) && error.signal === 'SIGKILL';
}

/** Does again, a few times, what may be done twice and had a git of its killed. */
export async function againIfKilled<Result>(act: () => Promise<Result>): Promise<Result> {
	for (const pause of PAUSES) {
		try {
			return await act();
		} catch (error) {
			if (!isKilled(error)) throw error;
			await sleep(pause);
		}
	}
	return act();
}

/** git of which one that only reads is run again when it was killed. */
export function withReadersAgain(git: Git): Git {
	return (args, options) =>
		READERS.includes(commandIn(args)) ? againIfKilled(() => git(args, options)) : git(args, options);
}

/** Asks a git that is not one of a project yet, whatever it answers. Rejects with a `GitError` where it was killed each time. */
export function readByGit(
	program: string,
	args: readonly string[],
	options: ProgramOptions,
): Promise<ProgramResult> {
	return againIfKilled(async () => {
		const result = await runProgram(program, args, options);
		if (result.signal !== null) throw gitError(args, result);
		return result;
	});
}

/** In ms. Whoever waits for them to pass may have asked to stop, which is to take no more than three seconds. */
const PAUSES = [50, 200, 500, 1000];

const READERS = [
	'cat-file',
	'check-ignore',
	'config',
	'diff',
	'diff-tree',
	'for-each-ref',
	'log',
	'ls-files',
	'ls-tree',
	'rev-list',
	'rev-parse',
	'show-index',
	'status',
	'var',
];
