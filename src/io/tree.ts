import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { endProcess, sweep } from './processes.ts';

/** One program with all that it starts, as one thing that can be ended. */
export interface TreeOrder {
	readonly file: string;
	readonly args: readonly string[];
	readonly cwd: string;
	readonly env: Readonly<Record<string, string>>;
	/** A file whose content is the program's whole stdin. null: none. */
	readonly stdin: string | null;
	/** Files that the program writes to by itself: no pipe to break, to fill or to hold open. */
	readonly stdout: string;
	readonly stderr: string;
	/** Found in the environment of everything that belongs to the tree. */
	readonly mark: string;
	/** How long a TERM may take before KILL follows, in ms. */
	readonly grace: number;
}

/** The first cause of the end. */
export type TreeEnd<Cause> =
	| { readonly kind: 'exited'; readonly code: number | null; readonly signal: string | null }
	| { readonly kind: 'unstartable'; readonly message: string }
	| { readonly kind: 'ended'; readonly cause: Cause };

/**
 * Runs a program to its end and then ends whatever it left behind. `ask` is called every 100 ms with the time awake so
 * far (ms; suspended time does not count) and ends the tree by giving a cause. A lifeline ends the tree should the loop
 * itself be killed.
 */
export async function runTree<Cause>(
	order: TreeOrder,
	ask: (awake: number) => Promise<Cause | null>,
): Promise<TreeEnd<Cause>> {
	const child = launch(order);
	if (child.pid === undefined) return { kind: 'unstartable', message: await failure(child) };
	const exit = exitOf(child);
	const end = await untilEnd(exit, ask);
	if (end.kind === 'ended') await endGently(child.pid, exit, order.grace);
	endProcess(-child.pid);
	await sweep(order.mark);
	child.stdio[3]?.destroy();
	return end;
}

/** By node itself rather than execa: raw descriptors, a group of its own, and no promise that hangs on a stream. */
function launch({ file, args, cwd, env, stdin, stdout, stderr, mark }: TreeOrder): ChildProcess {
	const fds = [
		stdin === null ? null : openSync(stdin, 'r'),
		openSync(stdout, 'a', 0o600),
		openSync(stderr, 'a', 0o600),
	] as const;
	const stdio = [fds[0] ?? 'ignore', fds[1], fds[2], 'pipe'] as const;
	const child = spawn('/bin/sh', ['-c', LAUNCH, 'sh', mark, file, ...args], {
		cwd,
		env,
		stdio: [...stdio],
		detached: true,
	});
	for (const fd of fds) if (fd !== null) closeSync(fd);
	return child;
}

function failure(child: ChildProcess): Promise<string> {
	return new Promise((resolve) => child.once('error', (error) => resolve(error.message)));
}

/**
 * Run by sh as the tree's first process, which then becomes the program itself. The watcher behind it reads a pipe whose
 * other end only the loop holds: when the loop is gone, it ends what carries the mark (on Linux), then its whole group.
 */
const LAUNCH = `
mark=$1; shift
( (
	while read -r _; do :; done <&3
	me=$(exec sh -c 'echo $PPID')
	[ \${#mark} = 36 ] || kill -KILL 0
	for round in 1 2 3; do
		for file in $(grep -lsF "$mark" /proc/[0-9]*/environ); do
			pid=\${file#/proc/}; pid=\${pid%/environ}
			[ "$pid" = "$me" ] || kill -KILL "$pid"
		done
	done
	kill -KILL 0
) >/dev/null 2>&1 & )
exec 3<&-
exec "$@"`;

const STEP = 100;

interface Exit {
	readonly code: number | null;
	readonly signal: string | null;
}

/** The program's own exit; not the end of its streams, which a daemon may hold for ever. */
function exitOf(child: ChildProcess): Promise<Exit> {
	return new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
}

async function untilEnd<Cause>(
	exit: Promise<Exit>,
	ask: (awake: number) => Promise<Cause | null>,
): Promise<TreeEnd<Cause>> {
	let awake = 0;
	let last = performance.now();
	for (;;) {
		const first = await Promise.race([exit, sleep(STEP, null, { ref: false })]);
		if (first) return { kind: 'exited', ...first };
		const now = performance.now();
		awake += Math.min(now - last, 2 * STEP);
		last = now;
		const cause = await ask(awake);
		if (cause !== null) return { kind: 'ended', cause };
	}
}

async function endGently(pid: number, exit: Promise<Exit>, grace: number): Promise<void> {
	endProcess(-pid, 'SIGTERM');
	await Promise.race([exit, sleep(grace, null, { ref: false })]);
}
