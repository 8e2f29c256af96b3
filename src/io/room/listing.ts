import fs from 'node:fs';
import { Worker } from 'node:worker_threads';

/**
 * What there is of the given names in a folder, files or folders with all that is in them: path, stamp, path, stamp, a
 * folder before what is in it. A folder's path ends in a slash, and its stamp is empty; a file's is another one after
 * whatever was done to it, its times put back included. No link is followed; what may not be read is as empty. `large`:
 * in a thread of its own, as it takes longer than the loop may be deaf.
 */
export async function listing(root: string, names: readonly string[], large: boolean): Promise<string[]> {
	const found = large ? await inThread(root, names) : scan(fs, root, names);
	return found === '' ? [] : found.split('\0');
}

/** The change time cannot be set by hand, short of setting the clock. */
export function stampOf({ ino, ctimeMs }: fs.Stats): string {
	return `${ino}:${ctimeMs}`;
}

/** One string, which is handed from thread to thread at once. Its text is run there: it knows nothing around it. */
function scan({ lstatSync, readdirSync }: typeof fs, root: string, names: readonly string[]): string {
	const found: string[] = [];
	const entries = (folder: string) => {
		try {
			return readdirSync(folder, { withFileTypes: true });
		} catch (error) {
			if (['EACCES', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
			throw error;
		}
	};
	const visitFolder = (name: string) => {
		found.push(`${name}/`, '');
		for (const entry of entries(`${root}/${name}`)) {
			if (entry.isDirectory()) visitFolder(`${name}/${entry.name}`);
			else visit(`${name}/${entry.name}`);
		}
	};
	const visit = (name: string) => {
		const stat = lstatSync(`${root}/${name}`, { throwIfNoEntry: false });
		if (stat?.isDirectory()) visitFolder(name);
		else if (stat?.isFile() || stat?.isSymbolicLink()) found.push(name, `${stat.ino}:${stat.ctimeMs}`);
	};
	names.forEach(visit);
	return found.join('\0');
}

function inThread(root: string, names: readonly string[]): Promise<string> {
	const program = `
		const { parentPort, workerData } = require('node:worker_threads');
		parentPort.postMessage((${scan.toString()})(require('node:fs'), ...workerData));`;
	return new Promise((resolve, reject) => {
		const worker = new Worker(program, { eval: true, workerData: [root, names] });
		worker.once('message', resolve);
		worker.once('error', reject);
	});
}
