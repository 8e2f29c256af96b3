import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { isInstructions } from '../core/changes.ts';
import type { Candidate } from '../core/types.ts';
import type { Git } from './git.ts';
import { list } from './private-index.ts';
import type { Project } from './project.ts';
import { mirror } from './mirror.ts';

/** A throw-away copy of the repository, holding a candidate. */
interface Room {
	/** The folder that stands for the `-C` folder in it. */
	readonly folder: string;
	/** Tracked files that are not as in the candidate any more. */
	changes(): Promise<string[]>;
}

export interface Rooms {
	/**
	 * A room that holds exactly the candidate, whatever was done in the one before. For a reviewer, the files that
	 * instruct agents are as of base: the author must not be able to instruct its reviewer.
	 */
	enter(candidate: Candidate, forWhom: 'checks' | 'reviewer'): Promise<Room>;
}

/**
 * Rooms by copy: one folder in the cache, brought to each candidate by difference. What decides whether a file has to be
 * written again is an index that lies beside the room, not in it, where no session is pointed at.
 */
export function openRooms(project: Project): Rooms {
	const folder = path.join(project.cache, 'room');
	const ours = path.join(project.cache, 'room.git');
	const git: Git = (args, options) => project.git(args, { gitDir: ours, workTree: folder, ...options });
	return {
		async enter(candidate, forWhom) {
			const instructions =
				forWhom === 'reviewer' ? candidate.changes.map((change) => change.path).filter(isInstructions) : [];
			mkdirSync(folder, { recursive: true, mode: 0o700 });
			rmSync(path.join(folder, '.git'), { recursive: true, force: true });
			if (!existsSync(ours)) makeGitDir(project, ours);
			await git(['read-tree', '--reset', '-u', candidate.commit]);
			await bringIgnored(project, git, folder);
			makeGitDir(project, path.join(folder, '.git'), candidate);
			copyFileSync(path.join(ours, 'index'), path.join(folder, '.git', 'index'));
			if (instructions.length > 0)
				await git([
					'restore',
					`--source=${candidate.base}`,
					'--worktree',
					'--',
					...instructions.map((name) => `:(top,literal)${name}`),
				]);
			return {
				folder: path.join(folder, project.prefix),
				async changes() {
					const changed = list(await git(['ls-files', '-m', '-d', '-z']));
					return [...new Set(changed)].filter((name) => !instructions.includes(name));
				},
			};
		},
	};
}

/** A git directory that borrows the repository's objects, and has no ref, hook or configuration of it. */
function makeGitDir(project: Project, gitDir: string, candidate?: Candidate): void {
	const making = `${gitDir}.making`;
	rmSync(making, { recursive: true, force: true });
	mkdirSync(path.join(making, 'objects', 'info'), { recursive: true });
	mkdirSync(path.join(making, 'refs'));
	writeFileSync(path.join(making, 'HEAD'), `${candidate ? candidate.base : 'ref: refs/heads/none'}\n`);
	writeFileSync(path.join(making, 'config'), '[core]\n\tbare = false\n\trepositoryformatversion = 0\n');
	writeFileSync(
		path.join(making, 'objects', 'info', 'alternates'),
		`${path.join(project.commonDir, 'objects')}\n`,
	);
	renameSync(making, gitDir);
}

/** Ignored files (dependencies, build output) as the worker left them; whatever else is not tracked goes. */
async function bringIgnored(project: Project, git: Git, folder: string): Promise<void> {
	const [ignored, there] = await Promise.all([
		project.git(['ls-files', '-o', '-i', '--exclude-standard', '--directory', '-z']).then(names),
		git(['ls-files', '-o', '--directory', '-z']).then(names),
	]);
	const wanted = ignored.filter((name) => !/(?:^|\/)\.nightloop$/.test(name));
	for (const name of there) {
		if (!wanted.some((keep) => keep === name || keep.startsWith(`${name}/`)))
			await rm(path.join(folder, name), { recursive: true, force: true });
	}
	for (const name of wanted) await mirror(path.join(project.root, name), path.join(folder, name));
}

/** A folder without the slash that git ends it with. */
function names(output: string): string[] {
	return list(output).map((name) => name.replace(/\/$/, ''));
}
