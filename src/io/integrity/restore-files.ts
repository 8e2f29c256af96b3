import { readFileSync } from 'node:fs';
import path from 'node:path';
import { UNFINISHED } from './control-files.ts';
import { copyEntry, lookAt } from './git-mirror.ts';
import { putAside } from '../git/aside.ts';
import { isPart } from '../journal-parts.ts';
import type { Project } from '../project.ts';
import { namesIfThere } from '../steering/todo-file.ts';
import { shadowOf } from './shadow.ts';

/**
 * Puts back what would keep git from doing anything at all, or for ever: HEAD or packed refs that make no sense, a pipe or
 * a link in place of a file. `changed`: files of the git directory. Resolves to one line for each.
 */
export function restoreUnreadable(project: Project, changed: readonly string[]): string[] {
	const { commonDir, gitDir } = project;
	const head = path.relative(commonDir, path.join(gitDir, 'HEAD'));
	const bad = changed.filter((name) => {
		const file = path.join(commonDir, name);
		if (name === head) return !isMadeOf(file, HEAD_LINE);
		if (name === 'packed-refs') return lookAt(file) !== null && !isMadeOf(file, PACKED_LINE);
		return lookAt(file)?.isFile() === false;
	});
	for (const name of bad) {
		const file = path.join(commonDir, name);
		copyEntry(shadowOf(project, file), file);
	}
	return bad.map((name) => `${name} was made unreadable by the session: put back`);
}

/** Takes away folders that a session made where the loop is to write a file of its own. */
export function clearFolders(project: Project): string[] {
	const made = namesIfThere(project.state).filter((name) => {
		const file = path.join(project.state, name);
		return lookAt(file)?.isDirectory() && lookAt(shadowOf(project, file)) === null;
	});
	for (const name of made) putAside(project, path.join(project.state, name));
	return made.map((name) => `the session made the folder nightloop/${name}: put aside`);
}

const HEAD_LINE = /^(?:ref:\s*refs\/\S+|[0-9a-f]{40,64}|)$/;
const PACKED_LINE = /^(?:#.*|[0-9a-f]{40,64} \S+|\^[0-9a-f]{40,64}|)$/;

function isMadeOf(file: string, line: RegExp): boolean {
	const found = lookAt(file);
	if (!found?.isFile()) return false;
	return (
		readFileSync(file, 'latin1')
			.split('\n')
			.every((each) => line.test(each)) && found.size > 0
	);
}

/**
 * Puts back what was removed, or written to, of the rest: submodules, other work trees, files of git-lfs, and what the
 * loop knows itself. Resolves to one line for each of the two.
 */
export function restoreRest(project: Project, changed: readonly string[]): string[] {
	const state = `${path.relative(project.commonDir, project.state)}/`;
	const isGone = (name: string) => !lookAt(path.join(project.commonDir, name)) && !isOver(project, name);
	const rest = changed.filter((name) => /^(?:modules|worktrees|lfs|annex|svn)\//.test(name) && isGone(name));
	const isKnown = (name: string) =>
		name.startsWith(state) && (KNOWN.includes(name.slice(state.length)) || isClosedPart(project, name));
	const known = changed.filter(isKnown);
	for (const name of new Set([...rest, ...known])) {
		const file = path.join(project.commonDir, name);
		copyEntry(shadowOf(project, file), file);
	}
	return [
		...(rest.length > 0
			? [`${rest.length} files of submodules or other work trees were removed by the session: put back`]
			: []),
		...known.map((name) => `${name} was changed by the session: put back`),
	];
}

/**
 * Whether what is gone was for a while only: what a person has finished in another work tree that is still there, or what a
 * loop in it has.
 */
function isOver({ commonDir }: Project, name: string): boolean {
	const [, folder = '', first = ''] = /^(worktrees\/[^/]+)\/([^/]+)/.exec(name) ?? [];
	if (lookAt(path.join(commonDir, folder, 'HEAD')) === null) return false;
	const isKept = KNOWN.includes(path.basename(name)) || /\/journal[.\d]*\.jsonl$/.test(name);
	return UNFINISHED.includes(first) || (first === 'nightloop' && !isKept);
}

/** One that was closed while the session ran has no shadow, and is as the loop made it. */
function isClosedPart(project: Project, name: string): boolean {
	return isPart(name) && lookAt(shadowOf(project, path.join(project.commonDir, name))) !== null;
}

/** Of the loop's own files those that it reads again. */
const KNOWN = ['mark', 'untracked.json'];
