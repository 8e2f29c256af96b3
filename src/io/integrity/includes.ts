import path from 'node:path';
import { includesIn } from '../git/git-config.ts';
import type { Git } from '../git/git.ts';
import type { Project } from '../project.ts';
import { readIfThere } from '../steering/todo-file.ts';

/**
 * The files that the repository's own configuration includes, and what these include: whether they are there or not, and
 * whatever the condition. git is asked only where a file that was not seen before speaks of including.
 */
export async function includedFiles({ git, commonDir, gitDir }: Project): Promise<string[]> {
	const own = [path.join(commonDir, 'config'), path.join(gitDir, 'config.worktree')];
	const all = new Set(own);
	// A set is walked with what is added meanwhile.
	for (const file of all) {
		for (const included of await includesOf(git, file)) all.add(included);
	}
	return [...all].filter((file) => !own.includes(file));
}

const asked = new Map<string, readonly string[]>();

async function includesOf(git: Git, file: string): Promise<readonly string[]> {
	const text = Buffer.from(readIfThere(file) ?? '').toString('latin1');
	if (!/include/i.test(text)) return [];
	const key = `${file}\0${text}`;
	const known = asked.get(key);
	if (known) return known;
	const answer = await git(['config', '--list', '-z', '--file', file], { answers: [0, 128] });
	const included = includesIn(file, answer);
	asked.set(key, included);
	return included;
}
