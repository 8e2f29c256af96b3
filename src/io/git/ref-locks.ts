import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lockFiles } from '../integrity/control-files.ts';
import { gitsIn } from '../processes.ts';
import { isGitError } from './git.ts';
import type { Git } from './git.ts';
import type { Project } from '../project.ts';

type Place = Pick<Project, 'root' | 'gitDir' | 'commonDir'>;

/**
 * git that takes away the locks it left itself: those of refs outlive a git that was killed, and no other one gets past
 * them. A file of ours says that refs are being written. Where it was left behind, locks that are no older, and that no
 * living git can be holding, are of the git that died with it; anybody else's stay.
 */
export function withoutDeadLocks(git: Git, place: Place): Git {
	const sign = path.join(place.gitDir, 'nightloop', 'writing-refs');
	let running = 0;
	return async (args, options) => {
		if (args[0] !== 'update-ref' || !existsSync(path.dirname(sign))) return git(args, options);
		if (running === 0) await removeLeft(place, sign);
		running++;
		try {
			writeFileSync(sign, '');
			const output = await git(args, options);
			rmSync(sign, { force: true });
			return output;
		} catch (error) {
			// One that has said something has also tidied up.
			if (isGitError(error) && error.exitCode !== null) rmSync(sign, { force: true });
			else if (running === 1) await removeLeft(place, sign);
			throw error;
		} finally {
			running--;
		}
	};
}

async function removeLeft(place: Place, sign: string): Promise<void> {
	const since = statSync(sign, { throwIfNoEntry: false })?.mtimeMs;
	if (since === undefined) return;
	const left = () => lockFiles(place).filter((file) => isOfRefs(file, place) && isSince(file, since));
	for (
		let waited = 0;
		left().length > 0 && gitsIn(place.root).length > 0 && waited < LIVE_GIT;
		waited += STEP
	)
		await sleep(STEP);
	if (gitsIn(place.root).length > 0) return;
	for (const file of left()) rmSync(file, { force: true });
	rmSync(sign, { force: true });
}

/** For a git that a dead loop started to come to its end, in ms. */
const LIVE_GIT = 2000;
const STEP = 50;

/** The index and the configuration have locks too, and other ways to know whose they are. */
function isOfRefs(file: string, { gitDir, commonDir }: Place): boolean {
	const whole = [path.join(gitDir, 'HEAD.lock'), path.join(commonDir, 'packed-refs.lock')];
	return whole.includes(file) || file.startsWith(path.join(commonDir, 'refs/'));
}

function isSince(file: string, since: number): boolean {
	const found = statSync(file, { throwIfNoEntry: false });
	return found !== undefined && found.mtimeMs >= since;
}
