import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Enclosure } from '../walls/enclosure.ts';
import { startInGroup } from './grouped-tree.ts';
import type { Exit, RunningTree } from './spawn-tree.ts';
import { startWithin } from './walled-tree.ts';

/** One program with all that it starts, as one thing that can be ended. */
export interface TreeOrder {
	readonly file: string;
	readonly args: readonly string[];
	readonly cwd: string;
	readonly env: Readonly<Record<string, string>>;
	/** All that the program can read on its stdin, once. null: nothing. */
	readonly stdin: string | null;
	/** Files that the program writes to by itself: no pipe to break, to fill or to hold open. */
	readonly stdout: string;
	readonly stderr: string;
	/** Found in the environment of everything that belongs to the tree. */
	readonly mark: string;
	/** How long a TERM may take before KILL follows, in ms. */
	readonly grace: number;
	/** The walls around it; null: a group of its own is all there is. */
	readonly enclosure: Enclosure | null;
}

/** The first cause of the end. `unstartable`: the program did not begin. */
export type TreeEnd<Cause> =
	| { readonly kind: 'exited'; readonly code: number | null; readonly signal: string | null }
	| { readonly kind: 'unstartable'; readonly message: string }
	| { readonly kind: 'ended'; readonly cause: Cause };

/**
 * Runs a program to its end and then ends whatever it left behind. `ask` is called every 100 ms with the time awake so
 * far (ms; neither suspended time counts, nor the two minutes after it) and ends the tree by giving a cause. Should the loop itself be killed, the
 * tree ends as well. Rejects with what `ask` does, when nothing is left of the tree.
 */
export async function runTree<Cause>(
	order: TreeOrder,
	ask: (awake: number) => Promise<Cause | null>,
): Promise<TreeEnd<Cause>> {
	const started = order.enclosure ? startWithin(order.enclosure, order) : startInGroup(order);
	const tree = await started;
	if ('message' in tree) return { kind: 'unstartable', message: tree.message };
	const end = await untilEnd(tree, ask).catch(async (error: unknown) => {
		await tree.clear();
		throw error;
	});
	if (end.kind === 'ended') {
		tree.signal('SIGTERM');
		await Promise.race([tree.exit, sleep(order.grace, null, { ref: false })]);
	}
	await tree.clear();
	const message = tree.refusal();
	return message === null ? end : { kind: 'unstartable', message };
}

const STEP = 100;
/** Nobody was there for so long: the machine slept, or the loop was stopped. In ms. */
const ASLEEP = 10_000;
/** What a session has to find its service again in, once the machine is awake. In ms. */
const GRACE = 120_000;

async function untilEnd<Cause>(
	tree: RunningTree,
	ask: (awake: number) => Promise<Cause | null>,
): Promise<TreeEnd<Cause>> {
	let awake = 0;
	let last = Date.now();
	let steady = performance.now();
	let graceUntil = 0;
	for (;;) {
		const first: Exit | null = await Promise.race([tree.exit, sleep(STEP, null, { ref: false })]);
		if (first) return { kind: 'exited', ...first };
		const [passed, ran] = [Date.now() - last, performance.now() - steady];
		[last, steady] = [last + passed, steady + ran];
		if (Math.max(passed, ran) > ASLEEP) graceUntil = steady + GRACE;
		if (steady >= graceUntil) awake += Math.min(ran, 2 * STEP);
		const cause = await ask(awake);
		if (cause !== null) return { kind: 'ended', cause };
	}
}
