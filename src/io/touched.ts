import { copyFileSync, existsSync } from 'node:fs';
import path from 'node:path';
import type { Git } from './git.ts';
import { openOwnIndex } from './own-index.ts';
import { list } from './private-index.ts';
import type { Project } from './project.ts';

/** Tracked files of the work tree that were written between two rooms. */
export interface Touched {
	/**
	 * Has the index of a room forget them, so that they are written again. Build tools that go by time (make, cargo) take
	 * output for current that is newer than its source: where a file was changed, built and changed back, a room that kept
	 * its own older one would test what was built in between.
	 */
	forgetIn(git: Git): Promise<void>;
}

/** Goes by the index of the loop's own as it was, which knows the times of every file that was proposed. */
export function openTouched(project: Project): Touched {
	const now = path.join(project.state, 'index');
	const before = openOwnIndex(path.join(project.state, 'room-source.index'));
	return {
		async forgetIn(git) {
			const touched = before.isTrusted()
				? await project.git(['diff-files', '--name-only', '--ignore-submodules=dirty', '-z'], {
						index: before.file,
						encoding: 'latin1',
					})
				: '';
			const forget = ['update-index', '--force-remove', '-z', '--stdin'];
			if (list(touched).length > 0) await git(forget, { input: touched, encoding: 'latin1' });
			if (existsSync(now)) copyFileSync(now, before.file);
			before.remember();
		},
	};
}
