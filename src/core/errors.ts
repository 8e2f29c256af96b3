/**
 * The one expected failure: something a person can put right. Printed as `what`, `why`, `fix`; exit 2 unless `exitCode`
 * says otherwise. Anything else that is thrown is a bug of ours.
 */
export class UserError extends Error {
	override readonly name = 'UserError';
	readonly what: string;
	readonly why: string;
	readonly fix: string;
	readonly exitCode: 2 | 5;

	constructor(parts: { what: string; why: string; fix: string; exitCode?: 2 | 5; cause?: unknown }) {
		super(parts.what, { cause: parts.cause });
		this.what = parts.what;
		this.why = parts.why;
		this.fix = parts.fix;
		this.exitCode = parts.exitCode ?? 2;
	}
}

/**
 * What the machine said no with: a full disk, a missing right, no descriptors left, a git that failed. Nobody's fault; and
 * since every verb of the world is safe to repeat, it is waited for.
 */
export class Mishap extends Error {
	override readonly name = 'Mishap';
	/** `short`: nothing says that it will pass; it may be a race, and is tried again a few times. */
	readonly patience: 'endless' | 'short';
	readonly at: number;

	/** `cause`: what was thrown; `at`: when, in ms since 1970. */
	constructor(message: string, parts: { patience: 'endless' | 'short'; at: number; cause?: unknown }) {
		super(message, { cause: parts.cause });
		this.patience = parts.patience;
		this.at = parts.at;
	}
}
