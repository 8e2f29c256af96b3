import { randomUUID } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, renameSync, statSync, symlinkSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { runProgram } from '../program.ts';
import type { Project } from '../project.ts';

/** Where a session, or a room, has what it writes. On a disk, as it can be much; in the cache, as it is thrown away. */
export function layersOf(project: Project, name: string): string {
	return path.join(project.cache, 'layers', name);
}

/** Makes the layers for an overlay over a folder: `lower` is a link to it, `upper` takes the writes. */
export function makeLayers(folder: string, target: string): void {
	mkdirSync(path.join(folder, 'work'), { recursive: true, mode: 0o700 });
	makeAlike(path.join(folder, 'upper'), target);
	symlinkSync(target, path.join(folder, 'lower'));
}

/** A new folder that looks like another: an overlay shows the upper one of two. */
export function makeAlike(folder: string, other: string): void {
	const { mode, uid, gid } = statSync(other);
	mkdirSync(folder, { recursive: true });
	// The loop itself has to write in it, whatever a session made of the other one.
	chmodSync(folder, (mode & 0o7777) | 0o700);
	if (process.getuid?.() === 0) chownSync(folder, uid, gid);
}

/**
 * Removes a folder with all that is in it, also what its owner may not write to, and what lies deeper than a path can say.
 * Never rejects: what cannot be removed is moved out of the way, for another time.
 */
export async function remove(folder: string): Promise<void> {
	const isGone = async () => !existsSync(folder);
	if (await rm(folder, { recursive: true, force: true }).then(isGone, isGone)) return;
	await runProgram('/bin/chmod', ['-R', 'u+rwX', folder], { cwd: '/', env: {} });
	await runProgram('/bin/rm', ['-rf', folder], { cwd: '/', env: {} });
	if (existsSync(folder)) renameSync(folder, `${folder}.${randomUUID()}`);
}
