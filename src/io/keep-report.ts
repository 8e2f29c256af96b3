import { rm } from 'node:fs/promises';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { mishap } from './mishap.ts';
import { ownFolder } from './own-folder.ts';
import type { Place } from './place.ts';
import { isFolder } from './project.ts';

/**
 * Keeps the report of a loop that runs: made again after an event, as often as a twentieth of a core allows. A report that
 * cannot be written is none: the journal has it all.
 */
export function keepReport(place: Place): { changed(): void; close(): Promise<void> } {
	let pending: NodeJS.Timeout | null = null;
	let last: Promise<void> = Promise.resolve();
	let pause = SHORTEST;
	const make = async (holder: 'alive' | 'nobody') => {
		const startedAt = performance.now();
		try {
			// Loaded when it is needed first: a start should not pay for it.
			const { readReport, reportFile, writeReport } = await import('./report.ts');
			const file = reportFile(place);
			const text = await readReport(place, path.dirname(file), holder);
			ownFolder(path.dirname(file));
			// A session may have put a folder there.
			if (isFolder(file)) await rm(file, { recursive: true });
			await writeReport(file, text);
		} catch (error) {
			mishap(error);
		}
		pause = Math.max(SHORTEST, SHARE * (performance.now() - startedAt));
	};
	return {
		changed() {
			pending ??= setTimeout(() => {
				pending = null;
				last = last.then(() => make('alive'));
			}, pause).unref();
		},
		async close() {
			if (pending) clearTimeout(pending);
			await last;
			await make('nobody');
		},
	};
}

/** In ms. */
const SHORTEST = 1000;
/** So many times as long as it took is waited for before it is made again. */
const SHARE = 20;
