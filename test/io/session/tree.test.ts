import { execa } from 'execa';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { randomUUID } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import { endProcess, sweep } from '../../../src/io/processes.ts';
import { runTree } from '../../../src/io/session/tree.ts';
import type { TreeOrder } from '../../../src/io/session/tree.ts';
import { eventually } from '../../helpers/eventually.ts';

const LEAVES_DESCENDANTS = path.join(import.meta.dirname, '../../fixtures/programs/leaves-descendants.sh');

describe('a process tree', () => {
	test('is over when its program is, with its exit code and its output in the files', async () => {
		const place = await newPlace();
		const end = await runTree(place.order('sh', ['-c', 'cat; echo problem >&2; exit 7']), never);
		expect(end).toEqual({ kind: 'exited', code: 7, signal: null });
		expect(readFileSync(place.stdout, 'utf8')).toBe('the prompt');
		expect(readFileSync(place.stderr, 'utf8')).toBe('problem\n');
	});

	test('tells the signal that its program died of', async () => {
		const place = await newPlace();
		expect(await runTree(place.order('sh', ['-c', 'kill -KILL $$']), never)).toEqual({
			kind: 'exited',
			code: null,
			signal: 'SIGKILL',
		});
	});

	test('leaves no descendant when its program ends by itself', async () => {
		const place = await newPlace();
		const end = await runTree(place.order('sh', [LEAVES_DESCENDANTS, place.pids, 'exits']), never);
		expect(end).toMatchObject({ kind: 'exited', code: 0 });
		await expectGone(place.pids, 6);
	});

	test('leaves no descendant when it is ended for a cause', async () => {
		const place = await newPlace();
		const ready = async () =>
			existsSync(place.stdout) && readFileSync(place.stdout, 'utf8').includes('ready') ? 'enough' : null;
		const end = await runTree(place.order('sh', [LEAVES_DESCENDANTS, place.pids, 'stays']), ready);
		expect(end).toEqual({ kind: 'ended', cause: 'enough' });
		await expectGone(place.pids, 6);
	});

	test('leaves no descendant when the loop itself is killed', async () => {
		const place = await newPlace();
		const loop = runnerProcess(place);
		await eventually(
			() => existsSync(place.stdout) && readFileSync(place.stdout, 'utf8').includes('ready'),
			() => 'a tree that is up',
		);
		endProcess(loop.pid!);
		await loop;
		await expectGone(place.pids, 6);
	});

	test('would have left four of them without the sweep: the twin that proves the others', async () => {
		const place = await newPlace();
		const child = execa('setsid', ['sh', LEAVES_DESCENDANTS, place.pids, 'exits'], {
			stdio: 'ignore',
			env: { TWIN: place.mark },
		});
		await child;
		endProcess(-child.pid!);
		const living = pidsIn(place.pids).filter(isAlive);
		expect(living.length).toBeGreaterThanOrEqual(3);
		expect(await sweep(place.mark)).toBeGreaterThanOrEqual(3);
		await expectGone(place.pids, 6);
	});
});

const never = async () => null;

async function newPlace() {
	const folder = await mkdtemp(path.join(os.tmpdir(), 'nightloop-tree-'));
	const mark = randomUUID();
	const [pids, stdout, stderr] = ['pids', 'out', 'err'].map((name) => path.join(folder, name)) as [
		string,
		string,
		string,
	];
	onTestFinished(async () => void (await sweep(mark)));
	const env = { PATH: process.env['PATH']!, NIGHTLOOP_MARK: mark };
	const order = (name: string, args: string[]): TreeOrder => ({
		file: `/bin/${name}`,
		args,
		cwd: folder,
		env,
		stdin: 'the prompt',
		stdout,
		stderr,
		mark,
		grace: 200,
		enclosure: null,
	});
	return { mark, pids, stdout, stderr, order };
}

/** A loop in a process of its own, to be killed. */
function runnerProcess(place: Awaited<ReturnType<typeof newPlace>>) {
	const tree = path.join(import.meta.dirname, '../../../dist/src/io/session/tree.js');
	const order = place.order('sh', [LEAVES_DESCENDANTS, place.pids, 'stays']);
	const script = `const { runTree } = await import(${JSON.stringify(tree)}); await runTree(${JSON.stringify(order)}, async () => null);`;
	return execa(process.execPath, ['--input-type=module', '--eval', script], { reject: false });
}

function pidsIn(file: string): number[] {
	return readFileSync(file, 'utf8').trim().split('\n').map(Number);
}

async function expectGone(file: string, count: number): Promise<void> {
	const pids = pidsIn(file);
	expect(pids.length).toBe(count);
	await eventually(
		() => !pids.some(isAlive),
		() => `all of ${pids.filter(isAlive).join(', ')} are gone`,
	);
}

function isAlive(pid: number): boolean {
	const stat = `/proc/${pid}/stat`;
	if (process.platform !== 'linux') return endProcess(pid, 0 as unknown as NodeJS.Signals) === 'ended';
	return existsSync(stat) && !/\) Z /.test(readFileSync(stat, 'utf8'));
}
