import { constants, existsSync } from 'node:fs';
import { access, appendFile, mkdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { createHash } from 'node:crypto';
import { UserError } from '../core/errors.ts';
import { findProgram, USUAL_FOLDERS } from './find-program.ts';
import { withoutDeadLocks } from './git/dead-locks.ts';
import { readByGit, withReadersAgain } from './git/killed.ts';
import { gitEnvironment, openGit } from './git/git.ts';
import type { Git } from './git/git.ts';
import { isFolder, ownFolder } from './own-folder.ts';
import { readOutside, trustedFolders } from './git/outside.ts';
import type { Outside } from './git/outside.ts';

/** Where everything is. All paths are absolute. */
export interface Project {
	/** The top of the work tree. */
	readonly root: string;
	/** The `-C` folder: todo.md, prompts/, memory/, and the cwd of sessions. */
	readonly folder: string;
	/** From root to folder, `''` or ending in a slash. */
	readonly prefix: string;
	/** The work tree's own git directory, and the one that holds objects and branches. */
	readonly gitDir: string;
	readonly commonDir: string;
	/** What the loop must be able to trust: journal, private index, baselines. */
	readonly state: string;
	/** What people read. */
	readonly logs: string;
	/** Rooms: may be deleted at any time. */
	readonly cache: string;
	readonly todo: string;
	readonly git: Git;
	readonly outside: Outside;
}

/** Finds the repository that a folder belongs to. Rejects with a `UserError` where there is none to work in. */
export async function findProject(folder: string, todo: string | undefined): Promise<Project> {
	const here = await existing(folder);
	const folders = trustedFolders(process.env['PATH'] ?? USUAL_FOLDERS, topOf(here));
	const program = await findProgram('git', { PATH: folders });
	if (!program) throw noGit();
	const environment = gitEnvironment(folders);
	const [root, gitDir, commonDir] = await locate(program, here, environment);
	const top = await realpath(root);
	const outside = await readOutside(program, top, environment);
	const state = path.join(gitDir, 'nightloop');
	return {
		root: top,
		folder: here,
		prefix: path.relative(top, here) === '' ? '' : `${path.relative(top, here)}/`,
		gitDir,
		commonDir,
		state,
		logs: path.join(here, '.nightloop'),
		cache: cacheFolder(gitDir, top),
		todo: path.resolve(here, todo ?? 'todo.md'),
		git: withReadersAgain(
			withoutDeadLocks(openGit(program, gitDir, top, { environment, outside }), {
				root: top,
				gitDir,
				commonDir,
				state,
			}),
		),
		outside,
	};
}

/** Makes the folders that the loop writes to, keeps the ones in the work tree out of git, and pins what git reads. */
export async function prepareFolders(project: Project): Promise<void> {
	try {
		await mkdir(project.state, { recursive: true, mode: 0o700 });
		for (const folder of [project.logs, path.join(project.logs, 'sessions')]) ownFolder(folder);
		if (!isFolder(project.cache)) ownFolder(project.cache);
		for (const folder of [project.state, project.logs, project.cache]) await access(folder, constants.W_OK);
		await tryRename(project);
		await keepOutOfGit(project);
		project.outside.pin(path.join(project.state, 'outside'));
	} catch (error) {
		throw (error as NodeJS.ErrnoException).code === 'EXDEV'
			? isElsewhere(project, error)
			: notWritable(error);
	}
}

/** The repository's folder, before a git was found that could be asked. */
function topOf(folder: string): string {
	const all = folder.split('/').map((_, index, names) => names.slice(0, index + 1).join('/') || '/');
	return all.findLast((each) => existsSync(path.join(each, '.git'))) ?? folder;
}

async function existing(folder: string): Promise<string> {
	if (!isFolder(folder)) {
		throw new UserError({
			what: existsSync(folder) ? `${folder} is no folder.` : `There is no folder ${folder}.`,
			why: 'nightloop works in an existing repository.',
			fix: 'Check the path given with -C.',
		});
	}
	return realpath(folder);
}

async function locate(
	program: string,
	folder: string,
	env: Readonly<Record<string, string>>,
): Promise<[root: string, gitDir: string, commonDir: string]> {
	const ask = [
		'rev-parse',
		'--is-bare-repository',
		'--path-format=absolute',
		'--absolute-git-dir',
		'--git-common-dir',
		'--show-toplevel',
	];
	const { stdout, code } = await readByGit(program, ask, { cwd: folder, env });
	const [bare, gitDir, commonDir, root, ...more] = stdout.toString().split('\n');
	if (bare === 'true') {
		throw new UserError({
			what: 'This is a bare repository.',
			why: 'Sessions work in a work tree, and a bare repository has none.',
			fix: 'Clone it, and start nightloop in the clone.',
		});
	}
	if (folder.includes('\n') || more.length > 1) throw lineBreak(folder);
	if (code === 0 && gitDir && commonDir && root) return [root, gitDir, commonDir];
	throw new UserError({
		what: `${folder} is not inside a git repository.`,
		why: 'What is judged, and what may land, are git trees.',
		fix: 'git init && git add -A && git commit -m start',
	});
}

/** git's answers, and its lists of what is ignored, know no other end of a path. */
function lineBreak(folder: string): UserError {
	return new UserError({
		what: `There is a line break in the path of the repository: ${JSON.stringify(folder)}.`,
		why: 'git names its folders one a line, and such a path cannot be told from two.',
		fix: 'Rename the folder that has it in its name, and start again.',
	});
}

/** The index, and the lock on it, go from the one folder to the other in one step. Of two mounts, only a try tells. */
async function tryRename({ state, gitDir }: Project): Promise<void> {
	const [from, to] = [path.join(state, 'trial'), path.join(gitDir, 'nightloop.trial')];
	// Whatever a session may have put there.
	for (const each of [from, to]) await rm(each, { recursive: true, force: true });
	await writeFile(from, '');
	await rename(from, to);
	await rm(to);
}

function isElsewhere({ state, gitDir }: Project, cause: unknown): UserError {
	return new UserError({
		what: `${state} is on another file system than ${gitDir}.`,
		why: 'It is a mount or a link, and what is made ready in it could not be put in place by a rename.',
		fix: `Unmount it, or remove the link, so that it is a folder of ${gitDir} itself; then bring back what was in it.`,
		cause,
	});
}

function notWritable(error: unknown): UserError {
	const { message, path: file } = error as NodeJS.ErrnoException;
	return new UserError({
		what: `nightloop cannot write where it keeps its records${file ? `: ${file}` : ''}.`,
		why: message,
		fix: 'Give yourself write access to it, or make room on the disk.',
		cause: error,
	});
}

function noGit(): UserError {
	return new UserError({
		what: 'git was not found.',
		why: 'It is not on the PATH.',
		fix: 'Install git, 2.38 or newer.',
	});
}

/** Never in the repository: a room would hold itself. */
function cacheFolder(gitDir: string, root: string): string {
	const home =
		process.env['XDG_CACHE_HOME'] ||
		(process.env['HOME'] ? path.join(process.env['HOME'], '.cache') : os.tmpdir());
	const isInside = !path.relative(root, path.resolve(home)).startsWith('..');
	const name = createHash('sha256').update(gitDir).digest('hex').slice(0, 16);
	return path.join(isInside ? os.tmpdir() : path.resolve(home), 'nightloop', name);
}

/** Has git pass over what the loop writes for people to read. A person's own patterns are added to, never written anew. */
export async function keepOutOfGit(project: Project): Promise<void> {
	const pattern = `/${project.prefix}.nightloop/`;
	const file = path.join(project.commonDir, 'info', 'exclude');
	const text = existsSync(file) ? await readFile(file, 'utf8') : '';
	if (text.split('\n').includes(pattern)) return;
	await mkdir(path.dirname(file), { recursive: true });
	await appendFile(file, `${text === '' || text.endsWith('\n') ? '' : '\n'}${pattern}\n`);
}
