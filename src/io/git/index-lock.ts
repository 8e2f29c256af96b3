import { existsSync, statSync } from 'node:fs';
import { link, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Project } from '../project.ts';

type IndexLock =
	{ readonly kind: 'held'; release(): Promise<void> } | { readonly kind: 'busy'; readonly why: string };

/**
 * git's own lock on the index, made as a link to a file of ours: a lock that a crash left behind is known again by it,
 * and somebody else's never mistaken for it.
 */
export async function lockIndex(project: Project): Promise<IndexLock> {
	const token = tokenOf(project);
	const lock = path.join(project.gitDir, 'index.lock');
	if (!existsSync(token)) await writeFile(token, '');
	try {
		await link(token, lock);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
		if (!isOwnLock(project, lock)) return { kind: 'busy', why: 'another git holds .git/index.lock' };
	}
	return { kind: 'held', release: () => rm(lock, { force: true }) };
}

/** Whether a loop of this work tree made the lock, be it one that is dead by now. */
export function isOwnLock(project: Project, lock: string): boolean {
	const [a, b] = [tokenOf(project), lock].map((file) => statSync(file, { throwIfNoEntry: false }));
	return a !== undefined && b !== undefined && a.ino === b.ino && a.dev === b.dev;
}

function tokenOf(project: Project): string {
	return path.join(project.state, 'index.lock-token');
}
