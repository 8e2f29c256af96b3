import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import path from 'node:path';
import process from 'node:process';
import { systemProgram } from './find-program.ts';
import { isShortage } from './mishap.ts';

type FolderLock =
	| { readonly kind: 'held' | 'cannot be had'; release(): Promise<void> }
	| { readonly kind: 'held by another'; readonly name: string };

/**
 * Locks a git directory against loops that do not see this one's sockets: those in another network namespace. The lock is
 * the kernel's, held by a helper that ends with this process (flock(1) with our pipe for its input), so it dies with its
 * holder too. To be called by who holds the work tree's socket. Rejects where the machine has too little of something to start the helper. Linux with flock only; elsewhere there is none.
 */
export async function lockFolder(gitDir: string): Promise<FolderLock> {
	const program = process.platform === 'linux' ? await systemProgram('flock') : null;
	if (program === null) return NONE;
	for (let waited = 0; ; waited += STEP) {
		const helper = await lockedBy(program, gitDir);
		if (helper === 'no lock') return NONE;
		if (helper !== 'busy') {
			const state = path.join(gitDir, 'nightloop');
			// At a first start there is nowhere to write it yet.
			if (existsSync(state)) noteHolder(state);
			return { kind: 'held', release: () => release(helper) };
		}
		// A helper outlives its loop for a moment.
		const holder = notedHolder(gitDir);
		if (waited >= (holder?.lives ? SHORT : LONGEST))
			return { kind: 'held by another', name: holder?.name ?? 'a process that has not said who it is' };
	}
}

/** Writes down who holds the lock, and from where: for who finds it taken and gets no answer. */
export function noteHolder(state: string): void {
	if (process.platform !== 'linux') return;
	const name = `pid ${process.pid} since ${new Date().toISOString()}`;
	try {
		writeFileSync(path.join(state, HOLDER), `${name}\n${network()}\n`, { mode: 0o600 });
	} catch {
		// It is no more than a hint: a full disk is told of where it matters.
		return;
	}
}

const HOLDER = 'holder';

/** What the last holder wrote down. null: nothing. In another network namespace nobody can tell whether it lives. */
function notedHolder(gitDir: string): { readonly name: string; readonly lives: boolean } | null {
	const file = path.join(gitDir, 'nightloop', HOLDER);
	const [name = '', net] = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
	if (name === '') return null;
	if (net !== network()) return { name: `${name}, in another network namespace (a container?)`, lives: true };
	return { name, lives: existsSync(`/proc/${/\d+/.exec(name)?.[0]}`) };
}

const NONE: FolderLock = { kind: 'cannot be had', release: async () => undefined };
/** For how long flock waits itself, and how long it is asked, in ms. */
const STEP = 250;
const SHORT = 250;
const LONGEST = 10_000;

/** It says that it has the lock by a line, and keeps it until its input ends. */
async function lockedBy(program: string, gitDir: string): Promise<ChildProcess | 'busy' | 'no lock'> {
	const words = ['--wait', String(STEP / 1000), '--no-fork', gitDir, '/bin/sh', '-c', 'echo; exec cat >&2'];
	const helper = spawn(program, words, {
		cwd: '/',
		env: {},
		stdio: ['pipe', 'pipe', 'ignore'],
		detached: true,
	});
	const answer = await new Promise<'locked' | 'busy' | 'no lock'>((resolve, reject) => {
		helper.once('error', (error) => (isShortage(error) ? reject(error) : resolve('no lock')));
		// Without descriptors left there is none of it, and the error follows.
		helper.stdout?.once('data', () => resolve('locked'));
		helper.once('exit', (code) => resolve(code === 1 ? 'busy' : 'no lock'));
	});
	if (answer !== 'locked') return answer;
	helper.stdin.on('error', () => helper.stdin.destroy());
	// It is there as long as this process is, and no longer: nothing to wait for at the end.
	for (const each of [helper, helper.stdin, helper.stdout] as { unref?(): void }[]) each.unref?.();
	return helper;
}

async function release(helper: ChildProcess): Promise<void> {
	if (helper.exitCode !== null || helper.signalCode !== null) return;
	const ended = once(helper, 'exit');
	helper.ref();
	helper.stdin!.destroy();
	await ended;
}

/** The same for all that see each other's sockets. */
function network(): string {
	return readlinkSync('/proc/self/ns/net');
}
