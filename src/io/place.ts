import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { isFolder } from './own-folder.ts';
import type { Project } from './project.ts';

/** Where the record and the list of a work tree are, for who only reads them. */
export type Place = Pick<Project, 'root' | 'folder' | 'gitDir' | 'state' | 'todo'>;

/**
 * Finds them without a git. Where no `-C` folder and no list is given, the folder is the nearest one, from here up to the
 * top of the work tree, that a loop worked in. Rejects with a `UserError` where there is no repository.
 */
export async function findPlace(given: string | undefined, todo: string | undefined): Promise<Place> {
	const folder = given ?? '.';
	const found = isFolder(folder) ? workTreeOf(realpathSync(folder)) : null;
	// A bare repository, a submodule half made, no repository at all: git knows, and there are words for it. Loaded only then:
	// a look should not pay for it.
	if (!found) return (await import('./project.ts')).findProject(folder, todo);
	const { root, gitDir, within } = found;
	const known = within.find((each) => existsSync(path.join(each, '.nightloop')));
	const home = (given === undefined && todo === undefined && known) || within[0]!;
	const state = path.join(gitDir, 'nightloop');
	return { root, folder: home, gitDir, state, todo: path.resolve(home, todo ?? 'todo.md') };
}

interface WorkTree {
	readonly root: string;
	readonly gitDir: string;
	/** The folder itself and those above it, up to the root. */
	readonly within: readonly string[];
}

function workTreeOf(folder: string): WorkTree | null {
	const above = upwards(folder);
	const depth = above.findIndex((each) => existsSync(path.join(each, '.git')));
	const root = above[depth];
	const gitDir = root === undefined ? null : gitDirOf(path.join(root, '.git'));
	return root !== undefined && gitDir !== null ? { root, gitDir, within: above.slice(0, depth + 1) } : null;
}

function upwards(folder: string): string[] {
	const above = path.dirname(folder);
	return above === folder ? [folder] : [folder, ...upwards(above)];
}

/** In a linked work tree, and in a submodule, `.git` is a file that says where. null: it is neither. */
function gitDirOf(file: string): string | null {
	const named = statSync(file).isFile() ? /^gitdir: (.*)/.exec(readFileSync(file, 'utf8'))?.[1] : '.git';
	const folder = path.resolve(path.dirname(file), named ?? '');
	return named !== undefined && existsSync(path.join(folder, 'HEAD')) ? realpathSync(folder) : null;
}
