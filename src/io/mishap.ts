import { isGitError } from './git/git.ts';

/** What a full disk, a missing right, or git may say no with. Rethrows everything else: a bug. */
export function mishap(error: unknown): string {
	if (isGitError(error)) return error.stderr.split('\n')[0] || error.message;
	if (error instanceof Error && typeof (error as NodeJS.ErrnoException).code === 'string')
		return error.message;
	throw error;
}
