import { execa } from 'execa';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, statSync, symlinkSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { describe, expect, onTestFinished, test } from 'vitest';
import { keepLock, lockHolder, takeLock } from '../../src/io/lock.ts';
import { eventually } from '../helpers/eventually.ts';
import { scratchFolder } from '../helpers/scratch.ts';

const networks = await hasNetworks();

describe('the lock of a work tree', () => {
	test('is held by one, and names it to the second', async () => {
		const folder = await scratchFolder();
		const lock = await takeLock(folder);
		await expect(takeLock(folder)).rejects.toMatchObject({
			exitCode: 5,
			what: expect.stringContaining(`pid ${process.pid} since 20`),
		});
		expect(await lockHolder(folder)).toContain(`pid ${process.pid}`);
		await lock.release();
		expect(await lockHolder(folder)).toBeNull();
		await (await takeLock(folder)).release();
	});

	test('is kept by who has it', async () => {
		const folder = await scratchFolder();
		const lock = await takeLock(folder);
		await keepLock(folder);
		await lock.release();
		expect(await lockHolder(folder)).toBeNull();
	});

	test('is the same through a symbolic link, and another one of another folder', async () => {
		const [folder, other] = [await scratchFolder(), await scratchFolder()];
		const link = path.join(other, 'link');
		symlinkSync(folder, link);
		const lock = await takeLock(folder);
		await expect(takeLock(link)).rejects.toMatchObject({ exitCode: 5 });
		await (await takeLock(other)).release();
		await lock.release();
	});

	test('dies with its holder, even by SIGKILL', async () => {
		const folder = await scratchFolder();
		const holder = holderOf(folder);
		await isHeld(folder);
		await expect(takeLock(folder)).rejects.toMatchObject({
			what: expect.stringContaining(`pid ${holder.pid} `),
		});
		holder.kill('SIGKILL');
		await holder;
		await (await takeLock(folder)).release();
	});

	test('is refused, and its holder named all the same, while that one is stopped', async () => {
		const folder = await scratchFolder();
		const holder = holderOf(folder);
		await isHeld(folder);
		holder.kill('SIGSTOP');
		const askedAt = performance.now();
		await expect(takeLock(folder)).rejects.toMatchObject({
			exitCode: 5,
			what: expect.stringContaining(`pid ${holder.pid}, which does not answer`),
		});
		expect(performance.now() - askedAt).toBeLessThan(1000);
		holder.kill('SIGCONT');
		await expect(takeLock(folder)).rejects.toMatchObject({
			what: expect.stringContaining(`pid ${holder.pid} `),
		});
	});

	test.each([
		['says something else', 'GET OUT\n'],
		['says a name and goes on', `pid 1 since 2026-01-01T00:00:00.000Z${' '.repeat(200)}`],
	])('is not given away, but called by its name, where a stranger holds it who %s', async (_, words) => {
		const folder = await scratchFolder();
		await squat(folder, (socket) => socket.end(words));
		await expect(takeLock(folder)).rejects.toMatchObject({
			exitCode: 5,
			what: expect.stringMatching(
				new RegExp(`nightloop-[0-9a-f]{24}, is held by pid ${process.pid}, which is no nightloop`),
			),
		});
	});

	test('is taken at once from a holder that ends while it is asked', async () => {
		const folder = await scratchFolder();
		const server = await squat(folder, (socket) => {
			server.close();
			socket.destroy();
		});
		await (await takeLock(folder)).release();
	});

	// Sockets have names of their own there, as in a container.
	test.runIf(networks)('holds against one in another network namespace, and dies there too', async () => {
		const folder = await scratchFolder();
		mkdirSync(path.join(folder, 'nightloop'));
		const holder = holderOf(folder, ['unshare', '--net', '--']);
		await eventually(
			async () => await isNoted(folder),
			() => 'the note of the holder',
		);
		expect(await lockHolder(folder)).toBeNull();
		await expect(takeLock(folder)).rejects.toMatchObject({
			exitCode: 5,
			what: expect.stringContaining(`pid ${holder.pid} `),
		});
		holder.kill('SIGKILL');
		await holder;
		const lock = await eventuallyTaken(folder);
		await lock.release();
	});
});

function isHeld(folder: string): Promise<void> {
	return eventually(
		async () => (await lockHolder(folder)) !== null,
		() => 'a holder',
	);
}

async function isNoted(folder: string): Promise<boolean> {
	const { stdout } = await execa('cat', [path.join(folder, 'nightloop/holder')], { reject: false });
	return stdout !== '';
}

/** In another network namespace the helper's end is not waited for. */
async function eventuallyTaken(folder: string): ReturnType<typeof takeLock> {
	let lock: Awaited<ReturnType<typeof takeLock>> | null = null;
	await eventually(
		async () => (lock = await takeLock(folder).catch(() => null)) !== null,
		() => 'the lock',
	);
	return lock!;
}

async function hasNetworks(): Promise<boolean> {
	const { exitCode } = await execa('unshare', ['--net', '--', 'flock', '--version'], { reject: false });
	return exitCode === 0;
}

/** Binds the lock's name as anybody could. */
async function squat(folder: string, welcome: (socket: Socket) => void): Promise<Server> {
	const { dev, ino } = statSync(folder);
	const name = `nightloop-${createHash('sha256').update(`${dev}:${ino}`).digest('hex').slice(0, 24)}`;
	const server = createServer(welcome);
	onTestFinished(() => void server.close());
	server.listen(process.platform === 'linux' ? `\0${name}` : path.join(os.tmpdir(), `${name}.sock`));
	await once(server, 'listening');
	return server;
}

function holderOf(folder: string, by: readonly string[] = []) {
	const file = (name: string) => JSON.stringify(path.join(import.meta.dirname, '../../dist/src/io', name));
	const script = [
		`const { takeLock } = await import(${file('lock.js')});`,
		`await takeLock(${JSON.stringify(folder)});`,
		'setInterval(() => {}, 1000);',
	].join('\n');
	const [program, ...words] = [...by, process.execPath, '--input-type=module', '--eval', script];
	const holder = execa(program, words, { reject: false });
	onTestFinished(() => void holder.kill('SIGKILL'));
	return holder;
}
