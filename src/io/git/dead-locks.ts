import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lockFiles } from '../integrity/control-files.ts';
import { gitsIn, loopsGitsOn } from '../processes.ts';
import type { Project } from '../project.ts';
import { isGitError } from './git.ts';
import type { Git } from './git.ts';
import { isOwnLock } from './index-lock.ts';

// Locks of refs outlive a git that was killed, and no other one gets past them. Two signs of ours tell since when a git of
// the loop's may have held some: a file that is there while refs are written, and our own lock on the index.

type Place = Pick<Project, 'root' | 'gitDir' | 'commonDir' | 'state'>;

/** git that takes away the locks which one of its own left that was killed, be it that of a loop that is dead by now. */
export function withoutDeadLocks(git: Git, place: Place): Git {
	const sign = signOf(place);
	let running = 0;
	/** `killed`: one of those that run at once was, so that its locks are to be looked for; so are those of an older sign. */
	let killed = false;
	return async (args, options) => {
		if (!writesRefs(args) || !existsSync(place.state)) return git(args, options);
		if (running === 0) {
			await removeLeft(place);
			// The first of those that run at once says since when.
			killed = existsSync(sign);
			if (!killed) writeFileSync(sign, '');
		}
		running++;
		try {
			return await git(args, options);
		} catch (error) {
			// One that has said something has also tidied up.
			killed ||= !isGitError(error) || error.exitCode === null;
			throw error;
		} finally {
			if (--running === 0) {
				if (killed) await removeLeft(place);
				else rmSync(sign, { force: true });
			}
		}
	};
}

/**
 * At a start, under the lock of the work tree: waits for the gits that a dead loop left at work, and takes away the locks of
 * those that died with it. Below refs/nightloop all are a loop's; whatever else is locked without a sign is somebody
 * else's. Resolves to one line for each lock.
 */
export async function clearDeadLocks(project: Project): Promise<string[]> {
	if (!(await areGone(() => loopsGitsOn(project.gitDir)))) return [];
	const index = path.join(project.gitDir, 'index.lock');
	const locked = isOwnLock(project, index) ? [index] : [];
	const ours = path.join(project.commonDir, 'refs/nightloop/');
	const times = [signOf(project), ...locked].flatMap(changedAt);
	const dead = await removeDead(project, (file) => file.startsWith(ours) || isOfTimes(file, times));
	for (const file of [...(dead ? [signOf(project)] : []), ...locked]) rmSync(file, { force: true });
	return [...(dead ?? []), ...locked].map(
		(file) => `${path.relative(project.root, file)} was left by a git of a killed loop: removed`,
	);
}

function writesRefs([command, option]: readonly string[]): boolean {
	return command === 'update-ref' || (command === 'symbolic-ref' && option !== '--quiet');
}

function signOf({ state }: Place): string {
	return path.join(state, 'writing-refs');
}

async function removeLeft(place: Place): Promise<void> {
	const times = changedAt(signOf(place));
	if (times.length === 0) return;
	const dead = await removeDead(place, (file) => isOfTimes(file, times));
	if (dead) rmSync(signOf(place), { force: true });
}

/**
 * Whoever lives lets go of a ref within milliseconds, and so does a git in another work tree, which is not looked for.
 * null: a git lives here that may hold what was found.
 */
async function removeDead(place: Place, isMeant: (file: string) => boolean): Promise<string[] | null> {
	const found = lockFiles(place).filter((file) => isOfRefs(file, place) && isMeant(file));
	if (found.length === 0) return [];
	const before = new Map(found.map((file) => [file, keyOf(file)]));
	await sleep(SHORT);
	if (!(await areGone(() => gitsIn(place.root)))) return null;
	const dead = found.filter((file) => keyOf(file) !== null && keyOf(file) === before.get(file));
	for (const file of dead) rmSync(file, { force: true });
	return dead;
}

/** In ms. */
const SHORT = 500;

/** The index and the configuration have locks too, and other ways to know whose they are. */
function isOfRefs(file: string, { gitDir, commonDir }: Place): boolean {
	const whole = [
		path.join(gitDir, 'HEAD.lock'),
		path.join(commonDir, 'packed-refs.lock'),
		path.join(commonDir, 'packed-refs.new'),
	];
	return whole.includes(file) || file.startsWith(path.join(commonDir, 'refs/'));
}

/** Whether it was made while refs were written, as one of the signs has it. */
function isOfTimes(file: string, times: readonly number[]): boolean {
	return changedAt(file).some((at) => times.some((since) => at >= since && at - since < WRITING));
}

/** How long after a sign its git may have made a lock, in ms. */
const WRITING = 60_000;

/** By the time that nobody can set; none where there is no file. */
function changedAt(file: string): number[] {
	const found = statSync(file, { throwIfNoEntry: false });
	return found ? [found.ctimeMs] : [];
}

function keyOf(file: string): string | null {
	const found = statSync(file, { throwIfNoEntry: false });
	return found ? `${found.ino}:${found.ctimeMs}` : null;
}

async function areGone(gits: () => readonly number[]): Promise<boolean> {
	for (let waited = 0; gits().length > 0; waited += STEP) {
		if (waited >= PATIENCE) return false;
		await sleep(STEP);
	}
	return true;
}

/** In ms: a git of the loop's is a matter of milliseconds. */
const PATIENCE = 3000;
const STEP = 50;
