import { rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loopsGitsOn } from '../processes.ts';
import type { Project } from '../project.ts';
import { isOwnLock } from '../git/index-lock.ts';
import { lockFiles } from './control-files.ts';

/**
 * At a start, under the lock of the work tree: waits for the gits that a dead loop left at work, and takes away the locks of
 * those that died with it. Its lock on the index tells when it was moving a branch; below refs/nightloop all are a
 * loop's. Whatever else is locked is somebody else's. Resolves to one line for each lock.
 */
export async function clearDeadGits(project: Project): Promise<string[]> {
	for (let waited = 0; loopsGitsOn(project.gitDir).length > 0; waited += 50) {
		if (waited > PATIENCE) return [];
		await sleep(50);
	}
	const dead = [...ofTheBranch(project), ...(await ofOurRefs(project))];
	for (const file of dead) rmSync(file, { force: true });
	return dead.map(
		(file) => `${path.relative(project.root, file)} was left by a git of a killed loop: removed`,
	);
}

/** In ms: a git of the loop's is a matter of milliseconds. */
const PATIENCE = 3000;
/** How long after the index was locked the branch may have been, in ms. */
const LANDING = 60_000;
/** For how long another work tree's loop may hold a lock on a ref of its own, in ms. */
const SHORT = 1000;

/** The lock on the index comes last: as long as it is there, the others are looked for. */
function ofTheBranch(project: Project): string[] {
	const index = path.join(project.gitDir, 'index.lock');
	if (!isOwnLock(project, index)) return [];
	const lockedAt = statSync(index).ctimeMs;
	const isDuring = (file: string) => {
		const since = statSync(file).ctimeMs - lockedAt;
		return since >= 0 && since < LANDING;
	};
	const heads = path.join(project.commonDir, 'refs/heads/');
	const named = lockFiles(project).filter(
		(file) => file === path.join(project.gitDir, 'HEAD.lock') || file.startsWith(heads),
	);
	return [...named.filter(isDuring), index];
}

async function ofOurRefs(project: Project): Promise<string[]> {
	const ours = path.join(project.commonDir, 'refs/nightloop/');
	const found = () => lockFiles(project).filter((file) => file.startsWith(ours));
	const before = found();
	if (before.length === 0) return [];
	await sleep(SHORT);
	return found().filter((file) => before.includes(file));
}
