import { mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import type { Project } from './project.ts';

/** Takes out of the work tree what no ref can keep: a nested repository, a folder in the list's place. */
export function putAside({ root, logs }: Project, file: string): void {
	const name = path.relative(root, file).replaceAll('/', '-');
	const aside = path.join(logs, 'aside', `${Date.now()}-${name}`);
	mkdirSync(path.dirname(aside), { recursive: true });
	renameSync(file, aside);
}
