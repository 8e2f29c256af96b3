import { performance } from 'node:perf_hooks';
import process from 'node:process';
import type { Project } from './project.ts';
import { ownEnvironment, runProgram } from './program.ts';
import type { ProgramOptions } from './program.ts';

/**
 * Keeps the report of a loop that runs: made again after an event, as often as a fortieth of a core allows, by a process of
 * its own, so that a long night costs the loop no memory. A report that could not be made is none: the journal has it all.
 */
export function keepReport(project: Project): {
	changed(): void;
	/** Makes it a last time, in so many ms or not at all. */
	close(ms: number): Promise<void>;
} {
	const { folder, todo } = project;
	const env = ownEnvironment();
	const words = [process.argv[1] ?? '', 'report', '-C', folder, '--todo', todo];
	let pending: NodeJS.Timeout | null = null;
	let last: Promise<void> = Promise.resolve();
	let pause = SHORTEST;
	const outdated = new AbortController();
	const make = async (until: Pick<ProgramOptions, 'limit' | 'signal'>) => {
		const startedAt = performance.now();
		await runProgram(process.execPath, words, { cwd: folder, env, ...until });
		pause = Math.max(SHORTEST, SHARE * (performance.now() - startedAt));
	};
	return {
		changed() {
			pending ??= setTimeout(() => {
				pending = null;
				last = last.then(() => make({ limit: LONGEST, signal: outdated.signal }));
			}, pause).unref();
		},
		async close(ms) {
			if (pending) clearTimeout(pending);
			outdated.abort();
			await last;
			await make({ limit: ms });
		},
	};
}

/** In ms. */
const SHORTEST = 2000;
/** So many times as long as it took is waited for before it is made again. */
const SHARE = 40;
/** In ms. */
const LONGEST = 20_000;
