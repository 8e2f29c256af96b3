import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import os from 'node:os';
import { isShortage } from '../mishap.ts';
import type { Command } from '../program.ts';
import { systemProgram } from '../find-program.ts';
import type { TreeOrder } from './tree.ts';

/** How a program ended: by itself, or by a signal. */
export interface Exit {
	readonly code: number | null;
	readonly signal: string | null;
}

/** A tree that runs, whatever keeps it together. */
export interface RunningTree {
	/** The program's own exit; not the end of its streams, which a daemon may hold for ever. */
	readonly exit: Promise<Exit>;
	/** To the program and all that stayed in its group. */
	signal(signal: NodeJS.Signals): void;
	/** Ends all that is left of it. Resolves when nothing is. */
	clear(): Promise<void>;
	/** Why the program did not begin, after all; null: it did. To be asked when the tree is cleared. */
	refusal(): string | null;
}

/** A process that was spawned, with a socket at its descriptor 3; or why there is none. */
export type Spawned = (ChildProcess & { readonly pid: number }) | { readonly message: string };

/**
 * Spawns a command for a tree. By node itself rather than execa: raw descriptors, a group of its own, and no promise that
 * hangs on a stream. Rejects where the machine has too little of something to spawn it.
 */
export async function spawnTree([file, ...args]: Command, order: TreeOrder): Promise<Spawned> {
	const { cwd, env, stdin, stdout, stderr } = order;
	const fds: number[] = [];
	let child: ChildProcess;
	try {
		for (const each of [stdout, stderr]) fds.push(openSync(each, 'a', 0o600));
		const stdio = [stdin === null ? 'ignore' : 'pipe', ...fds, 'pipe'] as const;
		child = spawn(file, args, { cwd, env: { ...env }, stdio: [...stdio], detached: true });
	} finally {
		for (const fd of fds) closeSync(fd);
	}
	// A program need not read what it is sent.
	child.stdin?.on('error', () => child.stdin?.destroy());
	child.stdin?.end(stdin);
	return isSpawned(child) ? child : { message: await failure(child) };
}

/**
 * The program of an order with its arguments. What it is sent goes through a pipe that nobody can read again: a file can
 * be opened anew through /proc by whatever the program runs (proc(5)), and so can a FIFO, where that even waits for ever
 * once all was written. What node calls a pipe is a socket, which `/dev/stdin` cannot be opened of.
 */
export async function commandOf({ file, args, stdin }: TreeOrder): Promise<Command> {
	if (stdin === null) return [file, ...args];
	return ['/bin/sh', '-c', THROUGH_A_PIPE, 'sh', (await systemProgram('cat')) ?? 'cat', file, ...args];
}

/** Of a spawned process: its own, or what the shells before the program tell of it. */
export function exitOf(child: ChildProcess): Promise<Exit> {
	return new Promise((resolve) =>
		child.once('exit', (code, signal) => resolve(asOfProgram({ code, signal }))),
	);
}

/**
 * Ends with the program: neither with what still holds its stdin, nor by a TERM to the group before the program has. The
 * sender is gone as soon as all is sent.
 */
const THROUGH_A_PIPE = `
trap : TERM
{ "$1" <&4 4<&- & } 4<&0 | { shift; exec "$@"; }`;

/** A shell tells by its exit code what signal the program died of. */
function asOfProgram({ code, signal }: Exit): Exit {
	const number = code === null ? 0 : code - 128;
	const [name] = Object.entries(os.constants.signals).find(([, value]) => value === number) ?? [null];
	return name === null ? { code, signal } : { code: null, signal: name };
}

function isSpawned(child: ChildProcess): child is ChildProcess & { readonly pid: number } {
	return child.pid !== undefined;
}

function failure(child: ChildProcess): Promise<string> {
	return new Promise((resolve, reject) =>
		child.once('error', (error) => (isShortage(error) ? reject(error) : resolve(error.message))),
	);
}
