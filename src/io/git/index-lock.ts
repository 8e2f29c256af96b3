import { existsSync } from 'node:fs';
import { link, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Project } from '../project.ts';

type IndexLock =
	{ readonly kind: 'held'; release(): Promise<void> } | { readonly kind: 'busy'; readonly why: string };

/**
 * git's own lock on the index, made as a link to a file of ours: a lock that a crash left behind is known again by it,
 * and somebody else's never mistaken for it.
 */
export async function lockIndex(project: Project): Promise<IndexLock> {
	const token = path.join(project.state, 'index.lock-token');
	const lock = path.join(project.gitDir, 'index.lock');
	if (!existsSync(token)) await writeFile(token, '');
	try {
		await link(token, lock);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
		if (!(await isSameFile(token, lock))) return { kind: 'busy', why: 'another git holds .git/index.lock' };
	}
	return { kind: 'held', release: () => rm(lock, { force: true }) };
}

async function isSameFile(one: string, other: string): Promise<boolean> {
	const [a, b] = await Promise.all([stat(one), stat(other).catch(absentStat)]);
	return b !== null && a.ino === b.ino && a.dev === b.dev;
}

function absentStat(error: NodeJS.ErrnoException): null {
	if (error.code === 'ENOENT') return null;
	throw error;
}
