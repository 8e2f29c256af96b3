import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { CommitId } from '../core/types.ts';
import type { Project } from './project.ts';

/** Where HEAD and its branch are. */
export interface Position {
	readonly head: CommitId;
	/** A full ref, or `HEAD` when it is detached. */
	readonly branch: string;
}

/** Asked many times a landing: read from the files where they say it (gitrepository-layout(5)), else from git. */
export async function position(project: Project): Promise<Position> {
	const branch = /^ref: (refs\/heads\/.+)\n$/.exec(textOf(path.join(project.gitDir, 'HEAD')))?.[1];
	const head = branch && /^([0-9a-f]{40,64})\n$/.exec(textOf(path.join(project.commonDir, branch)))?.[1];
	return branch && head ? { head: head as CommitId, branch } : ask(project);
}

async function ask(project: Project): Promise<Position> {
	const [head, branch] = (await project.git(['rev-parse', 'HEAD', '--symbolic-full-name', 'HEAD'])).split(
		'\n',
	);
	return { head: head as CommitId, branch: branch! };
}

function textOf(file: string): string {
	try {
		return readFileSync(file, 'utf8');
	} catch (error) {
		if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return '';
		throw error;
	}
}
