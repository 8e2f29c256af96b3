import { renameSync } from 'node:fs';
import path from 'node:path';
import { ownFolder } from '../own-folder.ts';
import type { Project } from '../project.ts';

/**
 * Takes away what no ref can keep: a nested repository, a folder in the list's place. It goes to `.nightloop/aside`, or
 * stays beside where it was when that is on another file system.
 */
export function putAside({ root, logs }: Project, file: string): void {
	const name = path.relative(root, file).replaceAll('/', '-');
	const folder = path.join(logs, 'aside');
	for (const each of [logs, folder]) ownFolder(each);
	try {
		renameSync(file, path.join(folder, `${Date.now()}-${name}`));
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
		renameSync(file, `${file}.aside-${Date.now()}`);
	}
}
