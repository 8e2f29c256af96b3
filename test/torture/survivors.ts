import type { Loop } from '../helpers/nightloop.ts';
import { eventually } from '../helpers/eventually.ts';
import { processesOf } from '../helpers/processes.ts';
import type { Repository } from '../helpers/repository.ts';

/** Follows what a killed loop left running until it is gone. */
export interface Search {
	/** To be told of each loop: walls `groups` promise an end only once the next one has started. */
	started(loop: Loop): void;
	/** Right after a loop was killed, before anything else is started. */
	killed(): Promise<void>;
	/** When all that was looked for was found, or given up. */
	over(): Promise<void>;
}

/** How long what must be gone may take to go, in ms. */
const SOON = 2000;

type Left = Awaited<ReturnType<typeof processesOf>>;

/** Adds to `found` what lives on. */
export function openSearch(repository: Repository, walls: string, found: string[]): Search {
	let waiting: Left = [];
	const searches: Promise<void>[] = [];
	const search = (left: Left) =>
		searches.push(gone(repository, left).catch((error: unknown) => void found.push(String(error))));
	return {
		started(loop) {
			const after = async () => {
				await loop.seen('started');
				const left = waiting;
				waiting = [];
				if (left.length > 0) search(left);
			};
			// It may be killed before it gets so far: then it is for the next one to end them.
			searches.push(after().catch(() => undefined));
		},
		async killed() {
			const left = await processesOf(repository.scratch);
			if (walls === 'groups') waiting = [...waiting, ...left];
			else search(left);
		},
		async over() {
			await Promise.all(searches);
			await gone(repository, waiting);
		},
	};
}

async function gone(repository: Repository, left: Left): Promise<void> {
	let still: Left = [];
	const isOneOf = (process: Left[number]) =>
		left.some(({ pid, command }) => pid === process.pid && command === process.command);
	await eventually(
		async () => (still = (await processesOf(repository.scratch)).filter(isOneOf)).length === 0,
		() => `I4: the end of ${still.map(({ pid, command }) => `${pid} ${command}`).join(', ')}`,
		SOON,
	);
}
