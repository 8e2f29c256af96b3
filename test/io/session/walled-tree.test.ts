import { execa } from 'execa';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { randomUUID } from 'node:crypto';
import process from 'node:process';
import { expect, onTestFinished, test } from 'vitest';
import { remove } from '../../../src/io/walls/layers.ts';
import { endProcess } from '../../../src/io/processes.ts';
import { runTree } from '../../../src/io/session/tree.ts';
import { workerWalls } from '../../../src/io/walls/worker-walls.ts';
import { eventually } from '../../helpers/eventually.ts';
import { runWithin, scriptOrder, toolsFor } from '../../helpers/namespaces.ts';
import { scratch } from '../../helpers/scratch.ts';

test('tells how its program ended, and writes its output to the files', async (context) => {
	const { walls, root } = await walled(context);
	expect(await runWithin(walls, root, 'echo hello; exit 7')).toEqual({
		end: { kind: 'exited', code: 7, signal: null },
		output: 'hello\n',
	});
});

test('tells the signal that its program died of', async (context) => {
	const { walls, root } = await walled(context);
	const { end } = await runWithin(walls, root, 'kill -KILL $$');
	expect(end).toEqual({ kind: 'exited', code: null, signal: 'SIGKILL' });
});

test('leaves no descendant when its program ends, be it a daemon without an environment', async (context) => {
	const { walls, root } = await walled(context);
	const token = randomUUID();
	await runWithin(walls, root, daemons(token));
	expect(carrying(token)).toEqual([]);
});

test('leaves none when it is ended for a cause, though its program takes no TERM', async (context) => {
	const { walls, root } = await walled(context);
	const token = randomUUID();
	const order = await scriptOrder(
		`trap '' TERM; ${daemons(token)}; echo up; sleep 600; sleep 600`,
		root,
		walls,
	);
	const isUp = async () => (readFileSync(order.stdout, 'utf8').includes('up') ? 'enough' : null);
	expect(await runTree(order, isUp)).toEqual({ kind: 'ended', cause: 'enough' });
	expect(carrying(token)).toEqual([]);
});

test('leaves none when the loop itself is killed', async (context) => {
	const { walls, root } = await walled(context);
	const token = randomUUID();
	const order = await scriptOrder(`${daemons(token)}; echo up; sleep 600`, root, walls);
	const tree = path.join(import.meta.dirname, '../../../dist/src/io/session/tree.js');
	const script = `const { runTree } = await import(${JSON.stringify(tree)}); await runTree(${JSON.stringify(order)}, async () => null);`;
	const loop = execa(process.execPath, ['--input-type=module', '--eval', script], { reject: false });
	await eventually(
		() => readFileSync(order.stdout, 'utf8').includes('up'),
		() => `a tree that is up: ${readFileSync(order.stderr, 'utf8')}`,
	);
	expect(carrying(token).length).toBeGreaterThan(2);
	endProcess(loop.pid!);
	await loop;
	await eventually(
		() => carrying(token).length === 0,
		() => 'all of them to be gone',
		2000,
	);
});

test('runs nothing where its walls cannot be put up', async (context) => {
	const { walls, root } = await walled(context);
	const { end, output } = await runWithin({ ...walls, mounts: 'nowhere' }, root, 'echo ran');
	expect(end).toMatchObject({
		kind: 'unstartable',
		message: expect.stringContaining('no walls could be put up'),
	});
	expect(output).toBe('');
});

async function walled(context: { skip(note: string): never }) {
	const place = await scratch();
	const tools = (await toolsFor(place)) ?? context.skip('no namespaces here');
	const walls = workerWalls(place.project, tools, 'trial');
	onTestFinished(() => remove(walls.folder));
	return { walls, root: place.project.root };
}

/** In another session, in another group, and with nothing in its environment to be known by. */
function daemons(token: string): string {
	const sleeper = `sh -c 'sleep 600; sleep 600' ${token}`;
	return `setsid ${sleeper} & (setsid env -i PATH="$PATH" ${sleeper} >/dev/null 2>&1 &) ; (trap '' HUP TERM; ${sleeper} >/dev/null 2>&1 &)`;
}

/** Pids of the processes that have the token in their command line: no mark is needed to find them. */
function carrying(token: string): number[] {
	const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
	return pids.filter((pid) => commandOf(pid).includes(`\0${token}`)).map(Number);
}

function commandOf(pid: string): string {
	try {
		return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
	} catch {
		return ''; // Gone meanwhile.
	}
}
