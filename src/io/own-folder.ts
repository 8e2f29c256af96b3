import { existsSync, lstatSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Makes a folder that is the loop's own, never one that a link leads to: a link is removed, a file put into it. Returns
 * whether something else stood there.
 */
export function ownFolder(folder: string): 'as it was' | 'put right' {
	const found = lstatSync(folder, { throwIfNoEntry: false });
	if (found?.isDirectory()) return 'as it was';
	if (found?.isSymbolicLink()) rmSync(folder);
	const inTheWay = found && !found.isSymbolicLink() ? `${folder}.${Date.now()}` : null;
	if (inTheWay !== null) renameSync(folder, inTheWay);
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	if (inTheWay !== null) renameSync(inTheWay, path.join(folder, path.basename(inTheWay)));
	return found ? 'put right' : 'as it was';
}

export function isFolder(folder: string): boolean {
	return existsSync(folder) && statSync(folder).isDirectory();
}

/** Makes a file anew, whatever is there now: no link is followed, and no pipe waited for. */
export function ownFile(file: string, content: string | Uint8Array): void {
	rmSync(file, { recursive: true, force: true });
	writeFileSync(file, content, { flag: 'wx', mode: 0o600 });
}
