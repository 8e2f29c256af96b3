import { realpathSync } from 'node:fs';
import path from 'node:path';
import type { Project } from '../project.ts';
import { isAbsence } from './todo-file.ts';

// Names of files are handed to git, and read from it, one character a byte: they need not be valid UTF-8.

/** A text as git writes and reads it: one character a byte. */
export function asBytes(text: string): string {
	return Buffer.from(text).toString('latin1');
}

/** A name that git gave, one character a byte, as people read it. */
export function asText(bytes: string): string {
	return Buffer.from(bytes, 'latin1').toString();
}

/**
 * Pathspecs that leave the steering files out: the list, the prompts, our own folder, and what editors put beside the
 * list while it is open. They are a person's, and never part of a candidate. A folder of ours is left out wherever it lies,
 * as the one it was made in may have been moved. One character a byte.
 */
export function withoutSteering(project: Project): string[] {
	const { names, litter } = steeringOf(project);
	return [':/', ...names.flatMap(withoutPath), ...litter.map(exclude), exclude('**/.nightloop/**')];
}

/** Pathspecs that leave out one path from the top of the work tree, and all that is in it. One character a byte. */
export function withoutPath(name: string): string[] {
	const glob = asGlob(name);
	return [exclude(glob), exclude(`${glob}/**`)];
}

/** Tells the same of a path that git named, one character a byte. */
export function steeringTest(project: Project): (name: string) => boolean {
	const { names, litter } = steeringOf(project);
	const patterns = litter.map(asRegExp);
	const isIn = (name: string) => names.some((own) => name === own || name.startsWith(`${own}/`));
	const isOurs = (name: string) => `/${name}`.includes('/.nightloop/');
	return (name) => isIn(name) || isOurs(name) || patterns.some((pattern) => pattern.test(name));
}

/** The list's path from the top of the work tree; null when it lies outside. */
export function todoInTree(project: Project): string | null {
	return inTree(project, project.todo);
}

/** From the top of the work tree; a folder stands for all that is in it. */
export function steeringPaths(project: Project): string[] {
	const own = ['todo.md', 'prompts', '.nightloop'].map((name) => `${project.prefix}${name}`);
	return [...new Set([...own, ...listsInTree(project)])];
}

function steeringOf(project: Project): { names: string[]; litter: string[] } {
	const litter = listsInTree(project).flatMap((list) => litterOf(asBytes(list)));
	return { names: steeringPaths(project).map(asBytes), litter };
}

/** The list by its name, and where it is a link the file that it names, as far as they lie in the tree. */
function listsInTree(project: Project): string[] {
	const real = realList(project);
	const all = [todoInTree(project), real === null ? null : inTree(project, real)];
	return [...new Set(all.filter((name) => name !== null))];
}

function realList({ todo }: Project): string | null {
	try {
		return realpathSync(todo);
	} catch (error) {
		if (isAbsence(error)) return null;
		throw error;
	}
}

function inTree({ root }: Project, file: string): string | null {
	const inside = path.relative(root, file);
	return inside.startsWith('..') || path.isAbsolute(inside) ? null : inside;
}

/** Globs in git's sense, of which every one has a wildcard or a fixed name of an editor's. */
function litterOf(todo: string): string[] {
	const { dir, base } = path.posix.parse(todo);
	const beside = dir === '' ? '' : `${asGlob(dir)}/`;
	const name = asGlob(base);
	const ofVim = [`.${name}.sw?`, '4913'];
	const ofEmacs = [`.#${name}`, `#${name}#`, `${name}~`];
	const ofNano = [`${name}.save`, `${name}.save.*`];
	const ofOthers = [`.${name}.kate-swp`, `${name}___jb_*___`, 'sed??????'];
	return [...ofVim, ...ofEmacs, ...ofNano, ...ofOthers].map((one) => `${beside}${one}`);
}

function exclude(glob: string): string {
	return `:(top,exclude,glob)${glob}`;
}

/**
 * With a wildcard for its first byte, so that git takes it for a pattern: `git add` refuses an exclusion that names an
 * ignored path literally (`exclude_matches_pathspec` in git's dir.c looks at the part before the first wildcard).
 */
function asGlob(name: string): string {
	const start = /^[\w.-]/.test(name) ? `[${name[0]}]` : '?';
	return start + name.slice(1).replaceAll(/[*?[\]\\]/g, String.raw`\$&`);
}

/** Of the globs above, which know `*`, `?`, `[c]` and escapes. */
function asRegExp(glob: string): RegExp {
	const source = glob.replaceAll(
		/\\(.)|\[(.)\]|([*?])|([^\w\s])/gs,
		(_, escaped, bracketed, wildcard, other) => {
			if (wildcard) return wildcard === '*' ? '[^/]*' : '[^/]';
			return `\\u${(escaped ?? bracketed ?? other).charCodeAt(0).toString(16).padStart(4, '0')}`;
		},
	);
	return new RegExp(`^${source}$`, 's');
}
