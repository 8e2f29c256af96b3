import { existsSync } from 'node:fs';
import path from 'node:path';
import { specFilesFor } from '../../core/todo/spec-files.ts';
import type { Project } from '../project.ts';

/** The files beside the list that say what it is for, from the `-C` folder. None for a list outside of that. */
export function specBeside({ folder, todo }: Project): string[] {
	const list = path.relative(folder, todo);
	if (list.startsWith('..')) return [];
	return specFilesFor(list).filter((file) => existsSync(path.join(folder, file)));
}
