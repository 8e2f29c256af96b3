import { existsSync, lstatSync } from 'node:fs';
import path from 'node:path';
import { aliasesOf, isIn } from './mounts.ts';
import type { Project } from '../project.ts';

// What walls keep from a session, wherever it works.

/** The git directories of the work tree: one, or two in a linked work tree. */
export function gitFolders({ gitDir, commonDir }: Project): string[] {
	return isIn(gitDir, commonDir) ? [commonDir] : [commonDir, gitDir];
}

/** What a person steers by, as far as it is there; and the file that names the git directory of a linked work tree. */
export function steeringFiles(project: Project): string[] {
	const { root, folder, todo } = project;
	const pointer = path.join(root, '.git');
	const pointers = lstatSync(pointer, { throwIfNoEntry: false })?.isFile() ? [pointer] : [];
	const files = [...new Set([todo, path.join(folder, 'todo.md'), path.join(folder, 'prompts')])];
	return [...files.filter((file) => existsSync(file)), ...pointers];
}

/** What the loop keeps. The cache last: in it lie the layers of what is mounted before. */
export function loopsOwn({ state, logs, cache }: Project): string[] {
	return [state, logs, cache];
}

/** Other places at which the same files are to be had, as where a disk is mounted twice. */
export function aliases(project: Project): string[] {
	const { root, cache } = project;
	return [...new Set([root, ...gitFolders(project), cache].flatMap(aliasesOf))];
}
