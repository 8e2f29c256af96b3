import { execa } from 'execa';
import { join } from 'node:path';
import type { Repository } from './repository.ts';
import { eventually } from './eventually.ts';

/** The command line as it is installed. */
export const program = join(process.cwd(), 'dist/src/cli/main.js');

/** In ms. For what takes a second or two on an idle machine. */
const patience = 20_000;

/** One line of `run --json`. */
export interface Told {
	readonly event: string;
	readonly at: string;
	readonly [field: string]: unknown;
}

export interface Ended {
	/** null: ended by a signal. */
	readonly exitCode: number | null;
	readonly stdout: string;
	readonly stderr: string;
	readonly ms: number;
}

/** A running loop. */
export interface Loop {
	readonly pid: number;
	readonly events: readonly Told[];
	/** Rejects for exit 1, which is a bug. */
	readonly ended: Promise<Ended>;
	/** The first event of that name; throws with the story so far when the loop ends without it. */
	seen(name: string, matches?: (told: Told) => boolean): Promise<Told>;
	/** Signals the loop itself, by the pid that was started. */
	kill(signal: NodeJS.Signals): void;
}

/** Starts `nightloop run --json`, by way of another command if one is given, and collects its events. */
export function startLoop(
	repository: Repository,
	words: readonly string[] = ['--until-done'],
	by: readonly string[] = [],
): Loop {
	const events: Told[] = [];
	const hear = (line: string) => events.push(parse(line));
	const running = spawn(repository, ['run', '--json', ...words], hear, by);
	let over: Ended | null = null;
	const ended = running.ended.then((how) => (over = how));
	return {
		pid: running.pid,
		events,
		ended,
		async seen(name, matches = () => true) {
			const find = () => events.find((told) => told.event === name && matches(told));
			// One more look after the end: the last lines come with it.
			await eventually(
				() => find() !== undefined || over !== null,
				() => `"${name}" of\n${story(events)}`,
				patience,
			);
			const told = find();
			if (told !== undefined) return told;
			throw new Error(`the loop ended without "${name}"\n${story(events)}\n${JSON.stringify(over)}`);
		},
		kill: running.kill,
	};
}

/** Lets the loop go on to its end, or to where it would wait: there it is ended, with exit 143. */
export async function endOrFirstWait(loop: Loop): Promise<Ended> {
	const waits = loop.seen('waiting').then(
		() => loop.kill('SIGTERM'),
		// It ended without a wait.
		() => undefined,
	);
	const ended = await loop.ended;
	await waits;
	return ended;
}

/** Runs any command of nightloop to its end. Rejects for exit 1, which is a bug. */
export function nightloop(repository: Repository, words: readonly string[]): Promise<Ended> {
	return spawn(repository, words, () => undefined).ended;
}

/** Starts any command, to be signalled by the pid that was started. */
export function startCommand(
	repository: Repository,
	words: readonly string[],
): Pick<Loop, 'pid' | 'ended' | 'kill'> {
	return spawn(repository, words, () => undefined);
}

/** The events, one a line, for messages. */
export function story(events: readonly Told[]): string {
	return events.map((told) => JSON.stringify(told).slice(0, 400)).join('\n');
}

/** The last line of a killed loop may be torn. */
function parse(line: string): Told {
	try {
		const told: Told = JSON.parse(line);
		return told;
	} catch (error) {
		return { event: 'unreadable', at: '', line, error: String(error) };
	}
}

function spawn(
	repository: Repository,
	words: readonly string[],
	hear: (line: string) => void,
	by: readonly string[] = [],
) {
	const startedAt = performance.now();
	const [file = '', ...rest] = [...by, process.execPath, program, ...words];
	const child = execa(file, rest, {
		cwd: repository.path,
		env: repository.env,
		extendEnv: false,
		stdin: 'ignore',
		reject: false,
		forceKillAfterDelay: false,
	});
	const listening = (async () => {
		for await (const line of child) if (line !== '') hear(line);
	})();
	const ended = (async (): Promise<Ended> => {
		const result = await child;
		await listening;
		const { stdout, stderr } = result;
		if (result.exitCode === 1) throw new Error(`a bug of nightloop: ${stderr}`);
		return { exitCode: result.exitCode ?? null, stdout, stderr, ms: performance.now() - startedAt };
	})();
	if (child.pid === undefined) throw new Error(`cannot start ${program}`);
	return { pid: child.pid, ended, kill: (signal: NodeJS.Signals) => void child.kill(signal) };
}
