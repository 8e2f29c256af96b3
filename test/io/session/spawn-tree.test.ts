import { execa } from 'execa';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { describe, expect, onTestFinished, test } from 'vitest';
import { sweep } from '../../../src/io/processes.ts';
import { runTree } from '../../../src/io/session/tree.ts';
import type { TreeOrder } from '../../../src/io/session/tree.ts';
import { remove } from '../../../src/io/walls/layers.ts';
import { workerWalls } from '../../../src/io/walls/worker-walls.ts';
import { scriptOrder, toolsFor } from '../../helpers/namespaces.ts';
import { scratch } from '../../helpers/scratch.ts';

const SIZES = [0, 100, 64 * 1024 + 1, 5_000_000];
const LARGE = 'x'.repeat(5_000_000);

describe.each(['groups', 'namespaces'])('walls %s: what a program is sent', (walls) => {
	test.for(SIZES)('is %i bytes and then the end, read from stdin or by its name', async (size, context) => {
		const sent = text(size);
		for (const way of ['cat', 'cat /dev/stdin', 'sleep 0.1; cat /dev/stdin']) {
			const order = await orderOf(context, walls, way, sent);
			expect(await runTree(order, never)).toEqual({ kind: 'exited', code: 0, signal: null });
			expect(readFileSync(order.stdout, 'utf8') === sent).toBe(true);
		}
	});

	test.for([
		['none of it', 'exit 3'],
		['a part of it', 'head -c 70000 >/dev/null; exit 3'],
		['nothing before it closes it', 'exec 0<&-; exit 3'],
		['nothing, and leaves it to a daemon', 'exec 5<&0; setsid sleep 600 <&5 & exit 3'],
	] as const)('does not keep it from ending when it reads %s', async ([, script], context) => {
		const order = await orderOf(context, walls, script, LARGE);
		expect(await runTree(order, never)).toEqual({ kind: 'exited', code: 3, signal: null });
		expect(readFileSync(order.stderr, 'utf8')).toBe('');
	});

	test('does not keep it from being ended, nor the loop from ending after it', async (context) => {
		const order = await orderOf(context, walls, 'echo up; sleep 600', LARGE);
		const tree = path.join(import.meta.dirname, '../../../dist/src/io/session/tree.js');
		const script = `
			import { readFileSync } from 'node:fs';
			const { runTree } = await import(${JSON.stringify(tree)});
			const order = { ...${JSON.stringify({ ...order, stdin: null })}, stdin: 'x'.repeat(${LARGE.length}) };
			const isUp = async () => (readFileSync(order.stdout, 'utf8') === 'up\\n' ? 'enough' : null);
			console.log(JSON.stringify(await runTree(order, isUp)));`;
		const loop = await execa(process.execPath, ['--input-type=module', '--eval', script], {
			timeout: 10_000,
		});
		expect(JSON.parse(loop.stdout)).toEqual({ kind: 'ended', cause: 'enough' });
	});

	test('does not take from it the time that it has after a TERM', async (context) => {
		const script = `trap 'sleep 0.1; echo bye; exit' TERM; echo up; while :; do sleep 0.02; done`;
		const order = await orderOf(context, walls, script, 'a prompt', 2000);
		const isUp = async () => (readFileSync(order.stdout, 'utf8') === 'up\n' ? 'enough' : null);
		expect(await runTree(order, isUp)).toEqual({ kind: 'ended', cause: 'enough' });
		expect(readFileSync(order.stdout, 'utf8')).toBe('up\nbye\n');
	});

	test.skipIf(process.platform !== 'linux')(
		'cannot be read again by what the program runs',
		async (context) => {
			for (const ofAgent of ['cat >/dev/null', 'head -n 1 >/dev/null; cat >/dev/null']) {
				const script = `${ofAgent}; sh -c '${SEARCHES}'; echo over`;
				const order = await orderOf(context, walls, script, `walnut\n${LARGE}`);
				expect(await runTree(order, never)).toEqual({ kind: 'exited', code: 0, signal: null });
				const [read = '', ...found] = readFileSync(order.stdout, 'utf8').trim().split('\n').toReversed();
				expect(read).toBe('over');
				// Its own stdin at least, and its parent's.
				expect(Number(found.shift())).toBeGreaterThan(1);
				expect(found).toEqual([]);
			}
		},
	);
});

/** Opens all that any process has open, from its start; prints what was sent where it is in it, and how many there were. */
const SEARCHES = String.raw`
for fd in /proc/[0-9]*/fd/[0-9]; do
	grep -q "NIGHTLOOP_MARK=$NIGHTLOOP_MARK" ${'$'}{fd%/fd/*}/environ 2>/dev/null || continue
	n=$((n + 1))
	timeout 1 head -c 1000 $fd </dev/null 2>/dev/null | grep -ao walnut
done
echo $n`;

const never = async () => null;

function text(size: number): string {
	return 'Do this.\n'.repeat(size).slice(0, size);
}

async function orderOf(
	context: { skip(note: string): never },
	walls: string,
	script: string,
	stdin: string,
	grace = 300,
): Promise<TreeOrder> {
	const place = await scratch();
	const { project } = place;
	const tools = walls === 'groups' ? null : ((await toolsFor(place)) ?? context.skip('no namespaces here'));
	const enclosure = tools && workerWalls(project, tools, 'trial');
	if (enclosure) onTestFinished(() => remove(enclosure.folder));
	const order = await scriptOrder(script, project.root, enclosure);
	onTestFinished(async () => void (await sweep(order.mark)));
	return { ...order, stdin, grace };
}
