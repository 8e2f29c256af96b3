import { Mishap, UserError } from '../core/errors.ts';
import { isGitError } from '../io/git/git.ts';
import { isKilled } from '../io/git/killed.ts';
import { isMachines, mishap } from '../io/mishap.ts';

/** Tells on stderr what a command ended with, and what to do about it. Returns the exit code. */
export function explain(error: unknown): number {
	const cause = error instanceof Mishap ? error.cause : error;
	if (cause instanceof UserError) {
		say(cause.what, cause.why, cause.fix);
		return cause.exitCode;
	}
	if (isKilled(cause)) {
		const why = 'It was not nightloop that did so: the kernel ends programs where memory runs short.';
		const fix =
			'Leave it more memory (dmesg tells what was ended); then start again: it goes on from its journal.';
		say(mishap(cause), why, fix);
		return 2;
	}
	if (isMachines(cause)) {
		const fix =
			'Make room, give the right back, or raise the limit; then start again: it goes on from its journal.';
		say(mishap(cause), 'The machine says no: a full disk, a missing right, too many open files?', fix);
		return 2;
	}
	if (isGitError(cause)) {
		const why = 'git could not do what a landing needs: a full disk, a damaged repository?';
		say(cause.message, why, 'git fsck; then start again, it goes on from its journal.');
		return 1;
	}
	console.error('nightloop: this is a bug. The journal is intact; starting again goes on from it.');
	console.error(cause);
	return 1;
}

function say(what: string, why: string, fix: string): void {
	console.error(`nightloop: ${what}\n  why: ${why}\n  fix: ${fix}`);
}
