import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { statSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { Server } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { UserError } from '../core/errors.ts';

/**
 * One loop a work tree: a socket that the kernel closes with its holder, so that no file has to be believed. Its name is
 * the git directory's device and inode, the same through symlinks and bind mounts. Rejects with a `UserError` (exit 5)
 * that names the holder.
 */
export async function takeLock(gitDir: string): Promise<{ release(): Promise<void> }> {
	const address = lockAddress(gitDir);
	const server = (await listen(address)) ?? (await listenAfterTheDead(address));
	if (!server) throw held(await askHolder(address));
	server.unref();
	return { release: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** Goes on holding the lock of a git directory that was made anew, and may have the number of one held before. */
export async function keepLock(gitDir: string): Promise<void> {
	const holder = await lockHolder(gitDir);
	if (!holder?.startsWith(`pid ${process.pid} `)) await takeLock(gitDir);
}

/** Who holds the work tree's lock now; null when nobody does. */
export async function lockHolder(gitDir: string): Promise<string | null> {
	const answer = await askHolder(lockAddress(gitDir));
	return answer.kind === 'nobody' ? null : answer.name;
}

/** On Linux a name in the abstract namespace, which leaves no file; elsewhere a socket file in the temporary folder. */
function lockAddress(gitDir: string): string {
	const { dev, ino } = statSync(gitDir);
	const name = `nightloop-${createHash('sha256').update(`${dev}:${ino}`).digest('hex').slice(0, 24)}`;
	return process.platform === 'linux' ? `\0${name}` : path.join(os.tmpdir(), `${name}.sock`);
}

function listen(address: string): Promise<Server | null> {
	const holder = `pid ${process.pid} since ${new Date().toISOString()}`;
	const server = createServer((socket) => {
		socket.on('error', () => socket.destroy());
		socket.end(holder);
	});
	return new Promise((resolve, reject) => {
		server.once('error', (error: NodeJS.ErrnoException) =>
			error.code === 'EADDRINUSE' ? resolve(null) : reject(error),
		);
		server.listen(address, () => resolve(server));
	});
}

/** A socket file outlives its holder, an abstract name does not: only the former can be cleared away. */
async function listenAfterTheDead(address: string): Promise<Server | null> {
	if (address.startsWith('\0') || (await askHolder(address)).kind !== 'nobody') return null;
	await rm(address, { force: true });
	return listen(address);
}

type Holder = { kind: 'nobody' } | { kind: 'somebody'; name: string };

function askHolder(address: string): Promise<Holder> {
	return new Promise((resolve) => {
		let name = '';
		const socket = connect(address);
		const answer = (holder: Holder) => {
			socket.destroy();
			resolve(holder);
		};
		socket.setTimeout(500, () => answer({ kind: 'somebody', name: 'a process that does not answer' }));
		socket.on('data', (chunk) => (name += chunk.toString()));
		socket.on('end', () => answer({ kind: 'somebody', name }));
		socket.on('error', () => answer({ kind: 'nobody' }));
	});
}

function held(holder: Holder): UserError {
	const name = holder.kind === 'somebody' ? holder.name : 'a process that has just ended';
	return new UserError({
		what: `Another nightloop holds this work tree: ${name}.`,
		why: 'Two loops in one work tree would judge each other’s changes.',
		fix: 'Look at it with `nightloop status`, or end it first.',
		exitCode: 5,
	});
}
