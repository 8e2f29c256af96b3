import { spawn } from 'node:child_process';
import process from 'node:process';

/** A program, absolute, and its arguments. */
export type Command = readonly [string, ...string[]];

export interface ProgramOptions {
	readonly cwd: string;
	readonly env: Readonly<Record<string, string>>;
	readonly input?: Buffer;
	/** In ms; then it is ended, and has no code. */
	readonly limit?: number;
	/** Ends it likewise. */
	readonly signal?: AbortSignal;
}

/** The environment of this process, as a program is given one. */
export function ownEnvironment(): Record<string, string> {
	const isSet = (pair: [string, string | undefined]): pair is [string, string] => pair[1] !== undefined;
	return Object.fromEntries(Object.entries(process.env).filter(isSet));
}

/** What a short-lived helper program said, all of it, and how it ended. */
export interface ProgramResult {
	/** null: it could not be started, or a signal ended it. */
	readonly code: number | null;
	readonly signal: NodeJS.Signals | null;
	readonly stdout: Buffer;
	readonly stderr: string;
}

/**
 * Runs a helper of the loop's own (git, ps) to its end. Never rejects. By node itself rather than execa: a landing takes
 * some twenty of these, and loading execa costs more than all else that happens before the first session is spawned.
 */
export function runProgram(
	file: string,
	args: readonly string[],
	options: ProgramOptions,
): Promise<ProgramResult> {
	const { cwd, env, input, limit, signal: over } = options;
	return new Promise((resolve) => {
		const stdio = [input ? 'pipe' : 'ignore', 'pipe', 'pipe'] as const;
		// In a group of its own: Ctrl-C in the terminal is for the loop, not for the git that it is just running.
		const child = spawn(file, args, { cwd, env: { ...env }, stdio: [...stdio], detached: true });
		const out: Buffer[] = [];
		const err: Buffer[] = [];
		// Without descriptors left there are none of them, and `error` follows.
		child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
		child.stderr?.on('data', (chunk: Buffer) => err.push(chunk));
		const late = () => {
			if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
				process.kill(-child.pid, 'SIGKILL');
			for (const pipe of [child.stdout, child.stderr]) pipe?.destroy();
			resolve({ code: null, signal: null, stdout: Buffer.concat(out), stderr: 'it did not end' });
		};
		const timer = limit === undefined ? undefined : setTimeout(late, limit);
		over?.addEventListener('abort', late);
		if (over?.aborted) late();
		child.once('error', ({ message }) =>
			resolve({ code: null, signal: null, stdout: Buffer.alloc(0), stderr: message }),
		);
		child.once('close', (code, signal) => {
			clearTimeout(timer);
			over?.removeEventListener('abort', late);
			const result = { code, signal, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString() };
			// A terminal's signal reaches a child between its fork and its own group, before it has done anything.
			resolve(isOfTerminal(signal) ? runProgram(file, args, options) : result);
		});
		// Its refusal to read is told by its exit code.
		child.stdin?.on('error', () => child.stdin?.destroy());
		child.stdin?.end(input);
	});
}

function isOfTerminal(signal: NodeJS.Signals | null): boolean {
	return signal === 'SIGINT' || signal === 'SIGHUP';
}
