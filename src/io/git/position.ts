import path from 'node:path';
import type { CommitId } from '../../core/types.ts';
import type { Project } from '../project.ts';
import { textIfThere } from '../steering/todo-file.ts';

// Asked many times a landing: read from the files where they say it (gitrepository-layout(5)), else from git.

/** Where HEAD and its branch are. */
export interface Position {
	readonly head: CommitId;
	/** A full ref, or `HEAD` when it is detached. */
	readonly branch: string;
}

/** Rejects where HEAD has no commit. */
export async function position(project: Project): Promise<Position> {
	const branch = await branchOf(project);
	const head = branch === 'HEAD' ? '' : tipInFile(project, branch);
	return { branch, head: (head || (await project.git(['rev-parse', 'HEAD'])).trim()) as CommitId };
}

/** A full ref, though it may not be there; `HEAD` when it is detached. */
export async function branchOf(project: Project): Promise<string> {
	const [, inFile] =
		/^ref: (refs\/heads\/(?!\.invalid$).+)\n$/.exec(textIfThere(path.join(project.gitDir, 'HEAD'))) ?? [];
	return (
		inFile ?? ((await project.git(['symbolic-ref', '--quiet', 'HEAD'], { answers: [0, 1] })).trim() || 'HEAD')
	);
}

/** `''` where there is no such ref. */
export async function tipOf(project: Project, ref: string): Promise<string> {
	const tip = tipInFile(project, ref);
	return tip || (await project.git(['rev-parse', '--verify', '--quiet', ref], { answers: [0, 1] })).trim();
}

function tipInFile(project: Project, ref: string): string {
	return /^([0-9a-f]{40,64})\n$/.exec(textIfThere(path.join(project.commonDir, ref)))?.[1] ?? '';
}
