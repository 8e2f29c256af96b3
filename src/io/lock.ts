import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { statSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { Server } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../core/errors.ts';
import { lockFolder } from './lock-folder.ts';
import { socketOwner } from './socket-owner.ts';

/**
 * One loop a work tree: a socket that the kernel closes with its holder, so that no file has to be believed. Its name is
 * the git directory's device and inode, the same through symlinks and bind mounts. A name is that of one network
 * namespace: against a loop in a container the folder itself is locked as well. Rejects with a `UserError` (exit 5) that
 * names the holder.
 */
export async function takeLock(gitDir: string): Promise<{ release(): Promise<void> }> {
	const server = await claim(lockAddress(gitDir));
	server.unref();
	const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
	const folder = await lockFolder(gitDir);
	if (folder.kind === 'held by another') {
		await close();
		throw held(folder.name);
	}
	return { release: () => folder.release().then(close) };
}

/** Rejects as `takeLock` does where another loop holds the work tree now, and says so. Takes nothing. */
export async function refuseHeld(gitDir: string): Promise<void> {
	const holder = await askHolder(lockAddress(gitDir));
	if (holder.kind === 'loop') throw held(holder.name);
}

/** Goes on holding the lock of a git directory that was made anew, and may have the number of one held before. */
export async function keepLock(gitDir: string): Promise<void> {
	const holder = await lockHolder(gitDir);
	if (!holder?.startsWith(`pid ${process.pid} `)) await takeLock(gitDir);
}

/** Who holds the work tree's lock now; null when nobody does. */
export async function lockHolder(gitDir: string): Promise<string | null> {
	const answer = await askHolder(lockAddress(gitDir));
	return answer.kind === 'nobody' ? null : nameOf(answer, lockAddress(gitDir));
}

/** On Linux a name in the abstract namespace, which leaves no file; elsewhere a socket file in the temporary folder. */
function lockAddress(gitDir: string): string {
	const { dev, ino } = statSync(gitDir);
	const name = `nightloop-${createHash('sha256').update(`${dev}:${ino}`).digest('hex').slice(0, 24)}`;
	return process.platform === 'linux' ? `\0${name}` : path.join(os.tmpdir(), `${name}.sock`);
}

/** Tries again where the holder ends while it is asked who it is. */
async function claim(address: string): Promise<Server> {
	for (let tries = 0; tries < MOST_TRIES; tries++) {
		const server = await listen(address);
		if (server) return server;
		const holder = await askHolder(address);
		if (holder.kind === 'stranger') throw squatted(address, nameOf(holder, address));
		// Between fork and exec a child of one that was killed holds it for a moment.
		const late = holder.kind === 'silent' ? await listen(address) : null;
		if (late) return late;
		if (holder.kind !== 'nobody') throw held(nameOf(holder, address));
		// A socket file outlives its holder, an abstract name does not.
		if (!address.startsWith('\0')) await rm(address, { force: true });
		// Nobody answers for one that is killed just now, and its name is not free yet.
		await sleep(PAUSE);
	}
	throw held('one process after the other that ends at once');
}

const MOST_TRIES = 40;
/** In ms. */
const PAUSE = 10;

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

type Holder =
	| { readonly kind: 'nobody' }
	| { readonly kind: 'loop'; readonly name: string }
	/** It is stopped, or too busy. */
	| { readonly kind: 'silent' }
	/** It says something that no loop says. */
	| { readonly kind: 'stranger' };

/** In ms. A second start ends within a second, whatever the first one does. */
const PATIENCE = 400;

function askHolder(address: string): Promise<Holder> {
	return new Promise((resolve) => {
		let said = '';
		const socket = connect(address);
		const answer = (holder: Holder) => {
			clearTimeout(timer);
			socket.destroy();
			resolve(holder);
		};
		// By a timer, not by the socket: who says a little now and then would be listened to for ever.
		const timer = setTimeout(() => answer({ kind: said === '' ? 'silent' : 'stranger' }), PATIENCE);
		socket.on('data', (chunk) => (said += chunk.toString()).length > 100 && answer({ kind: 'stranger' }));
		socket.on('end', () => answer(heard(said)));
		socket.on('error', ({ code = '' }: NodeJS.ErrnoException) =>
			answer({ kind: ENDED.includes(code) ? 'nobody' : 'silent' }),
		);
	});
}

/** The socket of a process that ended, before or while it was asked. Others, as a full queue, are of one that lives. */
const ENDED = ['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE'];

/** A holder that ended before it could say anything has hung up as well. */
function heard(said: string): Holder {
	if (said === '') return { kind: 'nobody' };
	return /^pid \d+ since [\d:.TZ-]+$/.test(said) ? { kind: 'loop', name: said } : { kind: 'stranger' };
}

function nameOf(holder: Exclude<Holder, { kind: 'nobody' }>, address: string): string {
	if (holder.kind === 'loop') return holder.name;
	const pid = socketOwner(address.slice(1));
	const who = pid === null ? 'a process of another user' : `pid ${pid}`;
	return holder.kind === 'silent' ? `${who}, which does not answer` : `${who}, which is no nightloop`;
}

function held(name: string): UserError {
	return new UserError({
		what: `Another nightloop holds this work tree: ${name}.`,
		why: 'Two loops in one work tree would judge each other’s changes.',
		fix: 'Look at it with `nightloop status`, or end it first.',
		exitCode: 5,
	});
}

function squatted(address: string, holder: string): UserError {
	return new UserError({
		what: `The lock of this work tree, ${address.replace('\0', '@')}, is held by ${holder}.`,
		why: 'Every user of this machine may take that name, and without it a second loop could start.',
		fix: 'Find out what it is (ss --listening --unix --processes), and end it.',
		exitCode: 5,
	});
}
