import { spawn } from 'node:child_process';
import process from 'node:process';
import { trustedFolders } from './git/outside.ts';
import { findProgram } from './find-program.ts';
import { isShortage } from './mishap.ts';
import type { Command } from './program.ts';

/** Keeps an idle machine from going to sleep while something runs. */
export interface Wakefulness {
	during<Result>(run: () => Promise<Result>): Promise<Result>;
}

/**
 * By systemd-inhibit or caffeinate, found once in folders that no session can write to; where there is neither, or it does
 * not work here, the machine sleeps as it likes. Closing the lid, and a person's own word, are left alone. What is held is let
 * go of when this process dies, however it dies.
 */
export async function openWakefulness(root: string): Promise<Wakefulness> {
	const PATH = trustedFolders(process.env['PATH'] ?? '', root);
	let command = await holder(PATH);
	const refuse = () => (command = null);
	return {
		async during(run) {
			const release = command ? hold(command, PATH, refuse) : () => {};
			try {
				return await run();
			} finally {
				release();
			}
		},
	};
}

async function holder(PATH: string): Promise<Command | null> {
	const [inhibit, caffeinate, cat] = await Promise.all(
		['systemd-inhibit', 'caffeinate', 'cat'].map((name) => findProgram(name, { PATH })),
	);
	if (caffeinate && process.platform === 'darwin') return [caffeinate, '-i', '-w', String(process.pid)];
	// cat ends with the pipe that this process holds the other end of.
	return inhibit && cat
		? [inhibit, '--what=idle', '--who=nightloop', '--why=a session runs', '--mode=block', cat]
		: null;
}

/** Returns what lets go of it. A holder that ends before that does not work here, and is not tried again. */
function hold([file, ...args]: Command, PATH: string, refuse: () => void): () => void {
	const child = spawn(file, args, {
		env: { PATH },
		cwd: '/',
		stdio: ['pipe', 'ignore', 'ignore'],
		detached: true,
	});
	child.on('error', (error) => isShortage(error) || refuse());
	// It has no pipe then, and a signal that node sends to it goes to the group of this process itself.
	if (child.pid === undefined) return () => {};
	let isHeld = true;
	child.once('exit', () => isHeld && refuse());
	child.stdin.on('error', () => child.stdin.destroy());
	// Neither is a reason for this process to live on.
	child.unref();
	return () => {
		isHeld = false;
		child.stdin.end();
		child.kill('SIGKILL');
	};
}
