import { closeSync, constants, openSync, rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';

/**
 * Waits for a git, and frees it from pipes that stand where it looks for patterns or attributes: it would wait for ever
 * for somebody to write into them. They are looked for only when it takes long, and then less and less often.
 */
export async function freeOfPipes<Result>(folder: string, git: Promise<Result>): Promise<Result> {
	let timer: NodeJS.Timeout | null = null;
	const lookAfter = (ms: number) => {
		timer = setTimeout(() => {
			const next = () => timer && lookAfter(ms * 2);
			void removePipes(folder).then(next, next);
		}, ms);
	};
	lookAfter(LONG);
	try {
		return await git;
	} finally {
		clearTimeout(timer ?? undefined);
		timer = null;
	}
}

/** In ms. */
const LONG = 2000;

async function removePipes(folder: string): Promise<void> {
	for (const entry of await readdir(folder, { withFileTypes: true })) {
		const file = path.join(folder, entry.name);
		if (entry.isFIFO() && /^\.git(?:ignore|attributes|modules)$/.test(entry.name)) removePipe(file);
		else if (entry.isDirectory() && entry.name !== '.git') await removePipes(file);
	}
}

/** Whoever reads it has come to its end when it was opened, and closed, by a writer. */
function removePipe(file: string): void {
	try {
		closeSync(openSync(file, constants.O_WRONLY | constants.O_NONBLOCK));
	} catch (error) {
		// Nobody reads it.
		if ((error as NodeJS.ErrnoException).code !== 'ENXIO') throw error;
	}
	rmSync(file, { force: true });
}
