import { statfsSync, statSync } from 'node:fs';
import os from 'node:os';
import { performance } from 'node:perf_hooks';
import { shortOf } from '../core/disk-room.ts';
import type { MachineTrouble } from '../core/types.ts';
import type { Project } from './project.ts';

/**
 * Watches the disks that the loop and its sessions write to. Asked as often as one likes, it looks twice a second. null:
 * there is room on all of them.
 */
export function watchDisks(project: Pick<Project, 'root' | 'state' | 'cache'>): () => MachineTrouble | null {
	const folders = [
		['the work tree', project.root],
		['the state of the loop', project.state],
		['the cache', project.cache],
		['the temporary folder', os.tmpdir()],
	] as const;
	const short = new Set<number>();
	let lookAt = 0;
	let last: MachineTrouble | null = null;
	const look = (): MachineTrouble | null => {
		const seen = new Set<number>();
		let worst: MachineTrouble | null = null;
		for (const [what, folder] of folders) {
			const disk = diskAt(folder);
			if (disk === null || seen.has(disk)) continue;
			seen.add(disk);
			const lack = shortOf(roomAt(folder), short.has(disk) ? 'short' : 'enough');
			if (lack === null) short.delete(disk);
			else short.add(disk);
			if (lack !== null) worst ??= { kind: 'disk', message: `${lack} where ${what} is, ${folder}` };
		}
		return worst;
	};
	return () => {
		const now = performance.now();
		if (now < lookAt) return last;
		last = look();
		lookAt = now + PAUSE;
		return last;
	};
}

const PAUSE = 500; // ms

/** null: a session has put something else there, or taken it away; what it touched is put right after it. */
function diskAt(folder: string): number | null {
	try {
		return statSync(folder).dev;
	} catch (error) {
		if (['ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? ''))
			return null;
		throw error;
	}
}

/** See statfs(2): what is free for who is not root, and no count of inodes where the disk has no limit of them. */
function roomAt(folder: string): Parameters<typeof shortOf>[0] {
	const { bsize, blocks, bavail, files, ffree } = statfsSync(folder);
	return {
		bytes: { free: bavail * bsize, total: blocks * bsize },
		inodes: { free: ffree, total: files },
	};
}
