import path from 'node:path';
import type { Project } from './project.ts';

/**
 * Pathspecs that leave the steering files out: the list, the prompts, our own folder, and what editors put beside the
 * list while it is open. They are a person's, and never part of a candidate.
 */
export function withoutSteering(project: Project): string[] {
	return [':/', ...steeringPaths(project).flatMap(withoutPath), ...litterOf(project).map(exclude)];
}

/** Pathspecs that leave out one path from the top of the work tree, and all that is in it. */
export function withoutPath(name: string): string[] {
	const glob = asGlob(name);
	return [exclude(glob), exclude(`${glob}/**`)];
}

/** The list's path from the top of the work tree; null when it lies outside. */
export function todoInTree(project: Project): string | null {
	const inside = path.relative(project.root, project.todo);
	return inside.startsWith('..') || path.isAbsolute(inside) ? null : inside;
}

/** From the top of the work tree; a folder stands for all that is in it. */
export function steeringPaths(project: Project): string[] {
	const todo = todoInTree(project);
	const own = ['todo.md', 'prompts', '.nightloop'].map((name) => `${project.prefix}${name}`);
	return [...new Set([...own, ...(todo ? [todo] : [])])];
}

function litterOf(project: Project): string[] {
	const todo = todoInTree(project);
	if (todo === null) return [];
	const { dir, base } = path.parse(todo);
	const beside = dir === '' ? '' : `${asGlob(dir)}/`;
	const name = asGlob(base);
	const ofVim = [`.${name}.sw?`, '4913'];
	const ofEmacs = [`.#${name}`, `#${name}#`, `${name}~`];
	const ofNano = [`${name}.save`, `${name}.save.*`];
	const ofOthers = [`.${name}.kate-swp`, `${name}___jb_*___`, 'sed??????'];
	const litter = [...ofVim, ...ofEmacs, ...ofNano, ...ofOthers];
	return litter.map((one) => `${beside}${one}`);
}

function exclude(glob: string): string {
	return `:(top,exclude,glob)${glob}`;
}

/**
 * With its first character in brackets, so that git takes it for a pattern: `git add` refuses an exclusion that names an
 * ignored path literally (`exclude_matches_pathspec` in git's dir.c looks at the part before the first wildcard).
 */
function asGlob(name: string): string {
	const [first = '', ...rest] = name;
	const start = /[\]\\^!]/.test(first) ? `\\${first}` : `[${first}]`;
	return start + rest.join('').replaceAll(/[*?[\]\\]/g, String.raw`\$&`);
}
