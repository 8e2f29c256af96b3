import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { treeWithin } from '../walls/enclosure.ts';
import type { Enclosure } from '../walls/enclosure.ts';
import { endProcess } from '../processes.ts';
import { commandOf, exitOf, spawnTree } from './spawn-tree.ts';
import type { RunningTree } from './spawn-tree.ts';
import { endOf } from './output-log.ts';
import type { TreeOrder } from './tree.ts';

/** A tree in namespaces of its own: the kernel ends all of it with its first process, and that with the loop. */
export async function startWithin(
	enclosure: Enclosure,
	order: TreeOrder,
): Promise<RunningTree | { message: string }> {
	const command = treeWithin(enclosure, order.cwd, await commandOf(order));
	const child = await spawnTree(command, { ...order, cwd: '/' });
	if ('message' in child) return child;
	const exit = exitOf(child);
	let first = '';
	const socket = child.stdio[3] as Readable;
	socket.on('data', (chunk: Buffer) => (first += chunk.toString()));
	const told = new Promise((resolve) => socket.once('close', resolve));
	return {
		exit,
		signal: (signal) => void endProcess(-child.pid, signal),
		async clear() {
			const isOver = await Promise.race([exit, sleep(0, null)]);
			if (!isOver) {
				// The command that started it ends when the kernel has ended all the others.
				const pid = Number.parseInt(first, 10);
				endProcess(pid > 0 ? pid : -child.pid);
				await Promise.race([exit, sleep(LONGEST_END, null, { ref: false })]);
				endProcess(-child.pid);
			}
			await Promise.all([exit, told]);
		},
		refusal: () => (first === '' ? `no walls could be put up: ${lastWords(order.stderr)}` : null),
	};
}

/** For the kernel to end all of a namespace, in ms. */
const LONGEST_END = 1000;
/** In bytes. */
const LONGEST_WORDS = 500;

function lastWords(file: string): string {
	return endOf(file, LONGEST_WORDS).trim() || 'unshare, setpriv or mount failed';
}
