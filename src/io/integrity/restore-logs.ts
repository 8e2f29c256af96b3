import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DURABLE } from '../git/git.ts';
import { lookAt } from './git-mirror.ts';
import { credible, isPersons, logChange } from '../git/moves.ts';
import { tipOf } from '../git/position.ts';
import type { Project } from '../project.ts';
import { moveOf } from '../git/reflog.ts';
import { missing } from './restore-objects.ts';

/**
 * Puts the entries of the stash back that a session dropped; those that it made itself are kept under refs. `changed`:
 * files of the git directory. Resolves to one line for each of both.
 */
export async function restoreStash(project: Project, changed: readonly string[]): Promise<string[]> {
	if (!changed.some((name) => name.endsWith('refs/stash') || name === 'packed-refs')) return [];
	const log = path.join(project.commonDir, 'logs', STASH);
	const change = logChange(project, log);
	const lost = await missing(
		project,
		change.added.map((line) => moveOf(line).to),
	);
	const { was, missing: dropped } = change;
	const known = [...lost, ...was.map((line) => moveOf(line).to)];
	const added = change.added.filter((line) => !known.includes(moveOf(line).to));
	const theirs = added.filter((line) => isPersons(moveOf(line)));
	const agents = added.filter((line) => !theirs.includes(line)).map((line) => moveOf(line).to);
	for (const id of agents) await update(project, `refs/nightloop/snapshots/stash-${id.slice(0, 8)}`, id);
	const isRewritten = agents.length > 0 || dropped.length > 0;
	await writeStash(project, log, [...was, ...theirs], isRewritten);
	return [
		...(dropped.length > 0 ? [`the session dropped ${dropped.length} of the stash: put back`] : []),
		...(agents.length > 0
			? [`the session put ${agents.length} on the stash: taken off (kept under refs/nightloop/snapshots)`]
			: []),
	];
}

/** The ref first: git adds to the log, or removes it, when it writes the ref. */
async function writeStash(
	project: Project,
	log: string,
	lines: readonly string[],
	isRewritten: boolean,
): Promise<void> {
	const now = await tipOf(project, STASH);
	const last = lines.at(-1);
	const tip = last === undefined ? '' : moveOf(last).to;
	if (tip === '' && now !== '') await project.git(['update-ref', '-d', STASH]);
	if (tip === '' || (tip === now && !isRewritten)) return;
	await update(project, STASH, tip);
	writeLog(log, chained(lines));
}

/** Puts lines back that a session took out of logs of moves: what is not on a branch is found by them. */
export function restoreLogs(project: Project, changed: readonly string[]): string[] {
	const logs = changed.filter((name) => /^(?:worktrees\/[^/]+\/)?logs\//.test(name) && !name.endsWith(STASH));
	const cut = logs.filter((name) => {
		const file = path.join(project.commonDir, name);
		const change = logChange(project, file);
		const isInTheWay = lookAt(file)?.isDirectory() ?? false;
		if (change.missing.length === 0 || isInTheWay) return false;
		writeLog(file, [...change.was, ...credible(change)]);
		return true;
	});
	const names = cut.map((name) => name.replace(/^.*?logs\/(?:refs\/heads\/)?/, ''));
	const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
	return names.length === 0
		? []
		: [`the session cut the reflog of ${names.slice(0, 3).join(', ')}${more}: put back`];
}

const STASH = 'refs/stash';

async function update(project: Project, ref: string, id: string): Promise<void> {
	await project.git(['update-ref', ref, id], { durable: DURABLE });
}

/** Each line begins with where the one before it led to. */
function chained(lines: readonly string[]): string[] {
	const none = '0'.repeat(lines[0]!.indexOf(' '));
	return lines.map((line, index) => {
		const from = index === 0 ? none : moveOf(lines[index - 1]!).to;
		return `${from}${line.slice(line.indexOf(' '))}`;
	});
}

function writeLog(file: string, lines: readonly string[]): void {
	mkdirSync(path.dirname(file), { recursive: true });
	writeFileSync(`${file}.nightloop`, lines.map((line) => `${line}\n`).join(''), 'latin1');
	renameSync(`${file}.nightloop`, file);
}
