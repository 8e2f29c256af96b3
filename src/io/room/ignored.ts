import { lstatSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { isInstructions } from '../../core/gate/changes.ts';
import type { CommitId } from '../../core/types.ts';
import type { Git } from '../git/git.ts';
import { openMirror } from './mirror.ts';
import { list } from '../git/private-index.ts';
import type { Project } from '../project.ts';

/** What is not tracked in a room by copy. */
export interface Ignored {
	/**
	 * Ignored files (dependencies, build output) as the worker left them, for a reviewer less what would instruct it;
	 * whatever else is not tracked goes.
	 */
	bring(candidate: CommitId, forWhom: 'checks' | 'reviewer'): Promise<void>;
}

/** `git`: the room's. Each room costs by what changed since the one before, on either side. */
export function openIgnored(project: Project, folder: string, git: Git): Ignored {
	const mirror = openMirror(project.root, folder);
	return {
		async bring(candidate, forWhom) {
			const [ignored, there, folders] = await Promise.all([
				project.git(['ls-files', '-o', '-i', '--exclude-standard', '--directory', '-z']).then(names),
				git(['ls-files', '-o', '--directory', '-z']).then(names),
				git(['ls-tree', '-r', '-d', '-z', '--name-only', candidate]).then(list),
			]);
			const isUnwanted = (name: string) =>
				/(?:^|\/)\.nightloop$/.test(name) || (forWhom === 'reviewer' && isInstructions(name));
			const wanted = new Set(ignored.filter((name) => !isUnwanted(name)));
			const around = new Set([...wanted].flatMap(parents));
			// git itself lists no other repository's directory among tracked files.
			const repositories = folders.map((name) => `${name}/.git`).filter((name) => isThere(folder, name));
			for (const name of [...repositories, ...there]) await clear(name);
			await mirror.bring([...wanted]);

			async function clear(name: string): Promise<void> {
				if (wanted.has(name)) return;
				const here = path.join(folder, name);
				if (!around.has(name) || !lstatSync(here).isDirectory())
					await rm(here, { recursive: true, force: true });
				else for (const entry of readdirSync(here)) await clear(`${name}/${entry}`);
			}
		},
	};
}

/**
 * A folder without the slash that git ends it with. Where git 2.39 lists a folder of which each file is ignored, it lists
 * those files as well.
 */
function names(output: string): string[] {
	const listed = list(output);
	const folders = new Set(listed.filter((name) => name.endsWith('/')));
	const bare = listed.map((name) => name.replace(/\/$/, ''));
	return bare.filter((name) => !parents(name).some((parent) => folders.has(`${parent}/`)));
}

/** Of `a/b/c`: `a` and `a/b`. */
function parents(name: string): string[] {
	const parts = name.split('/');
	return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}

function isThere(folder: string, name: string): boolean {
	return lstatSync(path.join(folder, name), { throwIfNoEntry: false }) !== undefined;
}
