import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type { Enclosure } from '../../src/io/walls/enclosure.ts';
import { runTree } from '../../src/io/session/tree.ts';
import type { TreeEnd, TreeOrder } from '../../src/io/session/tree.ts';
import { probeWalls } from '../../src/io/walls/walls.ts';
import type { Tools } from '../../src/io/walls/walls.ts';
import type { Scratch } from './scratch.ts';

/** What walls are put up with on this machine; null where it has no namespaces for us, and tests of them are skipped. */
export async function toolsFor(place: Scratch): Promise<Tools | null> {
	const walls = await probeWalls(place.project);
	return walls.level === 'namespaces' ? walls.tools : null;
}

/** An order for a script of sh, and where its output goes. */
export async function scriptOrder(
	script: string,
	cwd: string,
	enclosure: Enclosure | null,
): Promise<TreeOrder> {
	const folder = await mkdtemp(path.join(os.tmpdir(), 'nightloop-walls-'));
	const file = (name: string) => path.join(folder, name);
	await Promise.all(['out', 'err'].map((name) => writeFile(file(name), '')));
	const mark = randomUUID();
	return {
		file: '/bin/sh',
		args: ['-c', script],
		cwd,
		env: { PATH: process.env['PATH'] ?? '', HOME: folder, NIGHTLOOP_MARK: mark, ...IDENTITY },
		stdin: '',
		stdout: file('out'),
		stderr: file('err'),
		mark,
		grace: 300,
		enclosure,
	};
}

/** Runs a script of sh within walls; how it ended, and what it printed on both. */
export async function runWithin(
	enclosure: Enclosure,
	cwd: string,
	script: string,
): Promise<{ end: TreeEnd<never>; output: string }> {
	const order = await scriptOrder(`exec 2>&1; ${script}`, cwd, enclosure);
	const end = await runTree<never>(order, async () => null);
	return { end, output: await readFile(order.stdout, 'utf8') };
}

const IDENTITY = {
	GIT_AUTHOR_NAME: 'agent',
	GIT_AUTHOR_EMAIL: 'agent@nightloop.invalid',
	GIT_COMMITTER_NAME: 'agent',
	GIT_COMMITTER_EMAIL: 'agent@nightloop.invalid',
};
