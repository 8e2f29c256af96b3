import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { isInstructions } from '../core/changes.ts';
import type { Candidate } from '../core/types.ts';
import type { Git } from './git.ts';
import { openOwnIndex } from './own-index.ts';
import { list } from './private-index.ts';
import { runProgram } from './program.ts';
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
 * written again is an index that lies with the loop's state, believed only while nobody else has touched it.
 */
export function openRooms(project: Project): Rooms {
	const folder = path.join(project.cache, 'room');
	const gitDir = path.join(project.cache, 'room.git');
	const own = openOwnIndex(path.join(project.state, 'room.index'));
	const git: Git = (args, options) =>
		project.git(args, { gitDir, workTree: folder, index: own.file, ...options });
	const fill = async (candidate: Candidate, instructions: readonly string[]) => {
		mkdirSync(folder, { recursive: true, mode: 0o700 });
		rmSync(path.join(folder, '.git'), { recursive: true, force: true });
		makeGitDir(project, gitDir, candidate);
		own.discardUnlessTrusted();
		await git(['read-tree', '--reset', '-u', candidate.commit]);
		own.remember();
		await bringIgnored(project, git, folder);
		makeGitDir(project, path.join(folder, '.git'), candidate);
		copyFileSync(own.file, path.join(folder, '.git', 'index'));
		if (instructions.length === 0) return;
		const specs = instructions.map((name) => `:(top,literal)${name}`);
		await git(['restore', `--source=${candidate.base}`, '--worktree', '--', ...specs]);
		own.remember();
	};
	return {
		async enter(candidate, forWhom) {
			const paths = candidate.changes.map((change) => change.path);
			const instructions = forWhom === 'reviewer' ? paths.filter(isInstructions) : [];
			await fill(candidate, instructions).catch(async () => {
				// What a session left in it cannot be removed, or is no room any more: a new one.
				await remove(folder);
				await fill(candidate, instructions);
			});
			return {
				folder: path.join(folder, project.prefix),
				async changes() {
					if (!existsSync(folder) || !own.isTrusted()) return ['the room itself'];
					const changed = list(await git(['ls-files', '-m', '-d', '-z']));
					return [...new Set(changed)].filter((name) => !instructions.includes(name));
				},
			};
		},
	};
}

/** Also what its owner may not write to, as the caches of some package managers are. */
async function remove(folder: string): Promise<void> {
	await runProgram('/bin/chmod', ['-R', 'u+rwX', folder], { cwd: '/', env: {} });
	await rm(folder, { recursive: true, force: true });
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
