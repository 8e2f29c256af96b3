import { endProcess, sweep } from '../processes.ts';
import { commandOf, exitOf, spawnTree } from './spawn-tree.ts';
import type { RunningTree } from './spawn-tree.ts';
import type { TreeOrder } from './tree.ts';

/** A tree in a group of its own: what leaves the group is found by its mark. A lifeline ends it with the loop. */
export async function startInGroup(order: TreeOrder): Promise<RunningTree | { message: string }> {
	const { mark } = order;
	const command = ['/bin/sh', '-c', LIFELINE, 'sh', mark, ...(await commandOf(order))] as const;
	const child = await spawnTree(command, order);
	if ('message' in child) return child;
	const { pid } = child;
	return {
		exit: exitOf(child),
		signal: (signal) => void endProcess(-pid, signal),
		async clear() {
			endProcess(-pid);
			await sweep(mark);
			child.stdio[3]?.destroy();
		},
		refusal: () => null,
	};
}

/**
 * Run by sh as the tree's first process, which then becomes the program itself. The watcher behind it reads a pipe whose
 * other end only the loop holds: when the loop is gone, it ends what carries the mark (on Linux), then its whole group.
 */
const LIFELINE = `
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
