import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Command } from '../program.ts';
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
 * hangs on a stream.
 */
export async function spawnTree([file, ...args]: Command, order: TreeOrder): Promise<Spawned> {
	const { cwd, env, stdin, stdout, stderr } = order;
	const fds = [
		stdin === null ? null : openSync(stdin, 'r'),
		openSync(stdout, 'a', 0o600),
		openSync(stderr, 'a', 0o600),
	] as const;
	const stdio = [fds[0] ?? 'ignore', fds[1], fds[2], 'pipe'] as const;
	const child = spawn(file, args, { cwd, env: { ...env }, stdio: [...stdio], detached: true });
	for (const fd of fds) if (fd !== null) closeSync(fd);
	return isSpawned(child) ? child : { message: await failure(child) };
}

/** Of a spawned process, its own. */
export function exitOf(child: ChildProcess): Promise<Exit> {
	return new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
}

function isSpawned(child: ChildProcess): child is ChildProcess & { readonly pid: number } {
	return child.pid !== undefined;
}

function failure(child: ChildProcess): Promise<string> {
	return new Promise((resolve) => child.once('error', (error) => resolve(error.message)));
}
