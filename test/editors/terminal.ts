import { execa } from 'execa';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Repository } from '../helpers/repository.ts';

/** A program in a terminal, and a person's hands and eyes on it. */
export interface Terminal {
	/** Types a text as it is. */
	type(text: string): Promise<void>;
	/** Presses keys by tmux's names, such as `Enter` and `C-x`. */
	press(...keys: string[]): Promise<void>;
	screen(): Promise<string>;
	/** Whether the program has ended. */
	isClosed(): Promise<boolean>;
	close(): Promise<void>;
}

/** Starts a program in a terminal of its own, in the work tree. Each terminal has a server of its own. */
export async function openTerminal(repository: Repository, command: string): Promise<Terminal> {
	const socket = join(repository.scratch, `terminal-${++terminals}`);
	const { path: cwd, env } = repository;
	const tmux = (...words: string[]) =>
		execa('tmux', ['-S', socket, '-f', '/dev/null', ...words], {
			cwd,
			env: { ...env, TERM: 'xterm' },
			extendEnv: false,
			reject: false,
		});
	await tmux('new-session', '-d', '-x', '120', '-y', '40', command);
	return {
		async type(text) {
			await tmux('send-keys', '-l', '--', text);
		},
		async press(...keys) {
			await tmux('send-keys', ...keys);
			// A key is a moment: programs tell an Escape from the start of another key by it.
			await pause(60);
		},
		screen: async () => (await tmux('capture-pane', '-p')).stdout,
		isClosed: async () => (await tmux('has-session')).exitCode !== 0,
		async close() {
			await tmux('kill-server');
		},
	};
}

/** A server that was ended may hold on to its socket for a moment. */
let terminals = 0;
