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
	/** What has scrolled out of it as well; with its colours as the terminal has them. */
	history(): Promise<string>;
	resize(columns: number, rows: number): Promise<void>;
	/** Whether the program has ended. */
	isClosed(): Promise<boolean>;
	close(): Promise<void>;
}

interface Look {
	readonly columns: number;
	readonly rows: number;
	readonly env: Readonly<Record<string, string>>;
}

/** Starts a program in a terminal of its own, in the work tree. Each terminal has a server of its own. */
export async function openTerminal(
	repository: Repository,
	command: string,
	{ columns, rows, env: more }: Look = { columns: 120, rows: 40, env: {} },
): Promise<Terminal> {
	const socket = join(repository.scratch, `terminal-${++terminals}`);
	const { path: cwd, env } = repository;
	const tmux = (...words: string[]) =>
		execa('tmux', ['-S', socket, '-f', '/dev/null', ...words], {
			cwd,
			env: { ...env, TERM: 'xterm', ...more },
			extendEnv: false,
			reject: false,
		});
	await tmux('new-session', '-d', '-x', String(columns), '-y', String(rows), command);
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
		history: async () => (await tmux('capture-pane', '-p', '-e', '-S', '-')).stdout,
		async resize(wide, high) {
			await tmux('resize-window', '-x', String(wide), '-y', String(high));
		},
		isClosed: async () => (await tmux('has-session')).exitCode !== 0,
		async close() {
			await tmux('kill-server');
		},
	};
}

/** A server that was ended may hold on to its socket for a moment. */
let terminals = 0;
