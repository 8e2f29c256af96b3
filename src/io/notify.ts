import { randomUUID } from 'node:crypto';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkEnvironment } from '../core/environment.ts';
import { tidingsOf } from '../core/telling.ts';
import type { Standing, Tidings } from '../core/telling.ts';
import type { Entry } from '../core/types.ts';
import { trustedFolders } from './git/outside.ts';
import { marksWith } from './session/session-mark.ts';
import { runTree } from './session/tree.ts';
import type { TreeEnd } from './session/tree.ts';

export interface Notifier {
	/** Hears of every entry; never waits. `command`: as the settings are now. */
	hear(entry: Entry, command: string | null): void;
	/** Resolves when all is told, at the latest after so many ms; what is left then is not told. */
	drain(ms: number): Promise<void>;
}

interface Place {
	/** The `-C` folder, and the top of the work tree. */
	readonly folder: string;
	readonly root: string;
	/** Told of the first command that does not end well: the others would say the same. */
	readonly failed: (why: string) => void;
	/** The longest that one command may take, in ms. */
	readonly limit?: number;
}

/** Runs the person's command for what they want to know, one at a time and in order. The loop goes on meanwhile. */
export function openNotifier({ folder, root, failed, limit = LONGEST }: Place): Notifier {
	const queue: { readonly tidings: Tidings; readonly command: string }[] = [];
	let standing: Standing = null;
	let hasFailed = false;
	let isClosed = false;
	let running: Promise<void> | null = null;
	const work = async () => {
		for (let next = queue.shift(); next; next = queue.shift()) {
			const tidings = { ...next.tidings, repository: folder };
			const end = await run(next.command, tidings, root, (ms) => isClosed || ms >= limit);
			const why = isClosed || hasFailed ? null : failure(end, limit);
			if (why === null) continue;
			hasFailed = true;
			failed(`notify: ${why}; what it prints is not kept: try it in a terminal`);
		}
		running = null;
	};
	return {
		hear(entry, command) {
			const heard = tidingsOf(entry, standing);
			standing = heard.standing;
			if (heard.tidings === null || command === null) return;
			// Whoever is told on a telephone may have more than one.
			const message = `${path.basename(folder)}: ${heard.tidings.message}`;
			queue.push({ tidings: { ...heard.tidings, message }, command });
			// What is new says more than what has waited for long.
			if (queue.length > MOST) queue.shift();
			running ??= work();
		},
		async drain(ms) {
			if (running) await Promise.race([running, sleep(ms, null, { ref: false })]);
			isClosed = true;
			queue.length = 0;
			await running;
		},
	};
}

/** In ms. */
const LONGEST = 30_000;
/** From TERM to KILL, in ms. */
const GRACE = 500;
const MOST = 20;

interface Told extends Tidings {
	readonly repository: string;
}

async function run(
	command: string,
	tidings: Told,
	root: string,
	isOver: (ms: number) => boolean,
): Promise<TreeEnd<'ended'>> {
	// Of its own: what ends a session by its mark must not end this.
	const mark = randomUUID();
	const order = {
		file: '/bin/sh',
		args: ['-c', command],
		cwd: tidings.repository,
		env: environment(tidings, root, mark),
		stdin: `${JSON.stringify(tidings)}\n`,
		stdout: '/dev/null',
		stderr: '/dev/null',
		mark,
		grace: GRACE,
		enclosure: null,
	};
	return runTree(order, async (awake) => (isOver(awake) ? 'ended' : null));
}

/** Its programs are looked for where no session can have put them: it runs outside of all walls. */
function environment({ event, message, task, until, repository }: Told, root: string, mark: string) {
	return {
		...checkEnvironment(process.env, marksWith(mark)),
		PATH: trustedFolders(process.env['PATH'] ?? '', root),
		NIGHTLOOP_EVENT: event,
		NIGHTLOOP_MESSAGE: message,
		NIGHTLOOP_TASK: task?.replaceAll('\0', '').slice(0, LONGEST_TASK) ?? '',
		NIGHTLOOP_UNTIL: until ?? '',
		NIGHTLOOP_REPOSITORY: repository,
	};
}

/** A variable is at most 128 KiB long, and a character up to 3 bytes. */
const LONGEST_TASK = 30_000;

function failure(end: TreeEnd<'ended'>, limit: number): string | null {
	switch (end.kind) {
		case 'ended':
			return `it was ended, as it took more than ${limit / 1000} s`;
		case 'unstartable':
			return end.message;
		case 'exited':
			return end.code === 0 ? null : `it ended with ${end.signal ?? `exit code ${end.code}`}`;
	}
}
