import { rmSync } from 'node:fs';
import path from 'node:path';
import type { SessionOrder } from '../../core/types.ts';
import { ownFile, ownFolder } from '../own-folder.ts';
import type { Project } from '../project.ts';

/** Absolute paths. */
export interface SessionFiles {
	readonly stdout: string;
	readonly stderr: string;
}

/** Makes the folder of a session, with its prompt in it as far as people should read it: the nonce is covered. */
export function writeSessionFiles(
	project: Project,
	order: SessionOrder,
	prompt: string,
	nonce: string,
): SessionFiles {
	const folder = path.join(project.logs, 'sessions', order.session);
	const files = {
		stdout: path.join(folder, 'output.jsonl'),
		stderr: path.join(folder, 'stderr.log'),
	};
	for (const above of [project.logs, path.dirname(folder)]) ownFolder(above);
	rmSync(folder, { recursive: true, force: true });
	ownFolder(folder);
	ownFile(path.join(folder, 'prompt.md'), prompt.replaceAll(nonce, '#'.repeat(nonce.length)));
	ownFile(files.stdout, '');
	ownFile(files.stderr, '');
	return files;
}
