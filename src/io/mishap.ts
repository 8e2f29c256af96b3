import { Mishap } from '../core/errors.ts';
import type { World } from '../core/types.ts';
import { isGitError } from './git/git.ts';
import { isKilled } from './git/killed.ts';

/** What a full disk, a missing right, or git may say no with, in its own words. Rethrows everything else: a bug. */
export function mishap(error: unknown): string {
	if (isKilled(error)) return (error as Error).message;
	if (isGitError(error)) return error.stderr.split('\n').find((line) => NAMED.test(line)) ?? firstLine(error);
	if (error instanceof Mishap || isSystemError(error)) return error.message;
	throw error;
}

/**
 * Verbs that throw a `Mishap` for what the machine or git said no with: endlessly patient where it names a cause that a
 * person, or time, takes away. All else is thrown as it is.
 */
export function withMishaps(world: World): World {
	const told = (verb: Verb): Verb =>
		async function (...words) {
			try {
				return await verb(...words);
			} catch (error) {
				throw asMishap(error);
			}
		};
	const verbs: Readonly<Record<string, Verb>> = { ...world };
	return Object.assign(
		world,
		Object.fromEntries(Object.entries(verbs).map(([name, verb]) => [name, told(verb)])),
	);
}

/** What was thrown; as a `Mishap` where it is one. */
function asMishap(error: unknown): unknown {
	if (!isGitError(error) && !isSystemError(error)) return error;
	const patience = isMachines(error) ? 'endless' : 'short';
	return new Mishap(mishap(error), { patience, at: Date.now(), cause: error });
}

/** Whether the machine has too little of something, or a disk or a right is missing. */
export function isMachines(error: unknown): boolean {
	if (isGitError(error)) return isKilled(error) || NAMED.test(error.stderr);
	return isShortage(error) || (isSystemError(error) && FORBIDDEN.includes(error.code ?? ''));
}

/** Whether the machine has too little of something, or a disk fails. A right that is missing may be a file's own. */
export function isShortage(error: unknown): boolean {
	if (isGitError(error)) return isKilled(error) || SHORT.test(error.stderr);
	return isSystemError(error) && SHORTAGES.includes(error.code ?? '');
}

type Verb = (...words: never[]) => Promise<unknown>;

const SHORTAGES =
	'ENOSPC EDQUOT EIO EROFS ESTALE EMFILE ENFILE ENOMEM ENOBUFS EAGAIN EBUSY ETXTBSY EINTR'.split(' ');
const FORBIDDEN = ['EACCES', 'EPERM'];

/** As strerror(3) has it, git of its own files, and node where a git cannot be started. */
const SHORT = new RegExp(
	[
		'No space left on device|Disk quota exceeded|Input/output error|Read-only file system|Stale file handle',
		'Too many open files|[Cc]annot allocate memory|[Oo]ut of memory|Resource temporarily unavailable|[Cc]annot fork',
		'insufficient permission for adding',
		`\\b(?:${SHORTAGES.join('|')})\\b`,
	].join('|'),
);
const NAMED = new RegExp(
	`${SHORT.source}|Permission denied|Operation not permitted|[Uu]nable to (?:create|write)`,
);

function firstLine({ stderr, message }: { stderr: string; message: string }): string {
	return stderr.split('\n')[0] || message;
}

/** Of the operating system: node's own errors have a code as well, and no number. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
	return error instanceof Error && typeof (error as NodeJS.ErrnoException).errno === 'number';
}
