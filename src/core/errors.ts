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
