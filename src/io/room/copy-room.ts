import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isInstructions } from '../../core/gate/changes.ts';
import type { Candidate, CommitId } from '../../core/types.ts';
import type { Git } from '../git/git.ts';
import { openOwnIndex } from '../git/own-index.ts';
import type { OwnIndex } from '../git/own-index.ts';
import { list } from '../git/private-index.ts';
import { ownFolder } from '../own-folder.ts';
import type { Project } from '../project.ts';
import { openIgnored } from './ignored.ts';
import type { Room, Rooms } from './room.ts';
import { remove } from '../walls/layers.ts';
import { openTouched } from './touched.ts';

/**
 * Rooms by copy: one folder in the cache, brought to each candidate by difference. What decides whether a file has to be
 * written again is an index that lies with the loop's state, believed only while nobody else has touched it.
 */
export function openCopyRooms(project: Project): Rooms {
	const folder = path.join(project.cache, 'room');
	const gitDir = path.join(project.cache, 'room.git');
	const own = openOwnIndex(path.join(project.state, 'room.index'));
	const git: Git = (args, options) =>
		project.git(args, { gitDir, workTree: folder, index: own.file, ...options });
	const ignored = openIgnored(project, folder, git);
	const touched = openTouched(project);
	const fill = async (candidate: Candidate, forWhom: 'checks' | 'reviewer') => {
		const instructions = instructionsFor(candidate, forWhom);
		for (const each of [project.cache, folder]) ownFolder(each);
		rmSync(path.join(folder, '.git'), { recursive: true, force: true });
		makeGitDir(project, gitDir, candidate);
		own.discardUnlessTrusted();
		await touched.forgetIn(git);
		await git(['read-tree', '--reset', '-u', candidate.commit]);
		own.remember();
		await ignored.bring(candidate.commit, forWhom);
		// Where the loop works in a folder of which nothing is tracked there.
		mkdirSync(path.join(folder, project.prefix), { recursive: true });
		makeGitDir(project, path.join(folder, '.git'), candidate);
		copyFileSync(own.file, path.join(folder, '.git', 'index'));
		if (instructions.length === 0) return;
		await restore(git, candidate.base, instructions);
		own.remember();
	};
	return {
		async enter(candidate, forWhom) {
			const instructions = instructionsFor(candidate, forWhom);
			await fill(candidate, forWhom).catch(async () => {
				// What a session left in it cannot be removed, or is no room any more: a new one.
				await remove(folder);
				await fill(candidate, forWhom);
			});
			return {
				folder: path.join(folder, project.prefix),
				enclosure: null,
				// Kept: the next one is brought up from it.
				leave: async () => undefined,
				...trackedIn(folder, git, own, instructions),
			};
		},
	};
}

/** `instructions`: what is as of base, and counts as unchanged. */
function trackedIn(
	folder: string,
	git: Git,
	own: OwnIndex,
	instructions: readonly string[],
): Pick<Room, 'changes' | 'putBack'> {
	const changes = async () => {
		if (!existsSync(folder) || !own.isTrusted()) return ['the room itself'];
		const changed = list(await git(['ls-files', '-m', '-d', '-z']));
		return [...new Set(changed)].filter((name) => !instructions.includes(name));
	};
	return {
		changes,
		async putBack() {
			const names = await changes();
			if (names.length === 0 || !own.isTrusted()) return;
			await git(['checkout-index', '--force', '-u', '-z', '--stdin'], { input: names.join('\0') });
			own.remember();
		},
	};
}

/** What is as of base where a reviewer works. */
function instructionsFor({ changes }: Candidate, forWhom: 'checks' | 'reviewer'): string[] {
	const paths = changes.map((change) => change.path);
	return forWhom === 'reviewer' ? paths.filter(isInstructions) : [];
}

async function restore(git: Git, from: CommitId, names: readonly string[]): Promise<void> {
	const specs = names.map((name) => `:(top,literal)${name}`);
	await git(['restore', `--source=${from}`, '--worktree', '--', ...specs]);
}

/** A git directory that borrows the repository's objects, and has no ref, hook or configuration of it. */
function makeGitDir(project: Project, gitDir: string, { base }: Candidate): void {
	const making = `${gitDir}.making`;
	rmSync(making, { recursive: true, force: true });
	rmSync(gitDir, { recursive: true, force: true });
	mkdirSync(path.join(making, 'objects', 'info'), { recursive: true });
	mkdirSync(path.join(making, 'refs'));
	const isSha256 = base.length === 64;
	const format = `[core]\n\tbare = false\n\trepositoryformatversion = ${isSha256 ? 1 : 0}\n`;
	writeFileSync(path.join(making, 'HEAD'), `${base}\n`);
	writeFileSync(
		path.join(making, 'config'),
		isSha256 ? `${format}[extensions]\n\tobjectFormat = sha256\n` : format,
	);
	const objects = path.join(project.commonDir, 'objects');
	writeFileSync(path.join(making, 'objects', 'info', 'alternates'), `${objects}\n`);
	renameSync(making, gitDir);
}
