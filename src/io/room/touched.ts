import { copyFileSync, existsSync, lstatSync } from 'node:fs';
import path from 'node:path';
import type { Git } from '../git/git.ts';
import { stampOf } from './listing.ts';
import { openOwnIndex } from '../git/own-index.ts';
import { list } from '../git/private-index.ts';
import type { Project } from '../project.ts';

/** Tracked files of the work tree that were written between two rooms. */
export interface Touched {
	/**
	 * Has the index of a room forget them, so that they are written again. Build tools that go by time (make, cargo) take
	 * output for current that is newer than its source: where a file was changed, built and changed back, a room that kept
	 * its own older one would test what was built in between.
	 */
	forgetIn(git: Git): Promise<void>;
}

/**
 * Goes by the index of the loop's own as it was, which knows the times of every file that was proposed. It knows them in
 * seconds, as git is built by default (USE_NSEC in its Makefile): what was young then is looked at more closely.
 */
export function openTouched(project: Project): Touched {
	const now = path.join(project.state, 'index');
	const before = openOwnIndex(path.join(project.state, 'room-source.index'));
	let young = new Map<string, string>();
	const named = async (args: readonly string[], index: string) =>
		list(await project.git([...args, '-z'], { index, encoding: 'latin1' }));
	return {
		async forgetIn(git) {
			const isKnown = before.isTrusted();
			const changed = isKnown ? await named(CHANGED, before.file) : [];
			const all = isKnown || !existsSync(now) ? [] : await named(['ls-files'], now);
			const looks = lookAt(project.root, new Set([...changed, ...young.keys(), ...all]));
			const rewritten = [...young.keys()].filter((name) => looks.get(name)?.stamp !== young.get(name));
			const touched = isKnown ? [...new Set([...changed, ...rewritten])] : [];
			const forget = ['update-index', '--force-remove', '-z', '--stdin'];
			if (touched.length > 0) await git(forget, { input: `${touched.join('\0')}\0`, encoding: 'latin1' });
			young = new Map(
				[...looks].filter(([, look]) => look.isYoung).map(([name, { stamp }]) => [name, stamp]),
			);
			if (existsSync(now)) copyFileSync(now, before.file);
			before.remember();
		},
	};
}

const CHANGED = ['diff-files', '--name-only', '--ignore-submodules=dirty'];

/** In ms. What was written longer ago can only be written again in another second. */
const YOUNG = 2000;

interface Look {
	readonly stamp: string;
	readonly isYoung: boolean;
}

/** Names have one character a byte. */
function lookAt(root: string, names: Iterable<string>): Map<string, Look> {
	const looks = new Map<string, Look>();
	const since = Date.now() - YOUNG;
	for (const name of names) {
		const file = Buffer.concat([Buffer.from(`${root}/`), Buffer.from(name, 'latin1')]);
		const stat = lstatSync(file, { throwIfNoEntry: false });
		if (stat) looks.set(name, { stamp: stampOf(stat), isYoung: stat.ctimeMs >= since });
	}
	return looks;
}
