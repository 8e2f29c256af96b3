import { copyFileSync, existsSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { AGENT_EMAIL } from '../../core/environment.ts';
import { DURABLE } from '../git/git.ts';
import { isPersons, movesSince } from '../git/moves.ts';
import { branchOf, tipOf } from '../git/position.ts';
import type { Position } from '../git/position.ts';
import type { Project } from '../project.ts';
import { missing } from './restore-objects.ts';
import { isSameContent } from './same-content.ts';
import { shadowOf } from './shadow.ts';

/**
 * HEAD, its branch and the index as a session must leave them. Commits and switches that a person made meanwhile stay:
 * they do not carry the agents' identity. Resolves to one line for each thing put back.
 */
export async function restorePosition(project: Project, at: Position): Promise<string[]> {
	return [...(await restoreHead(project, at)), ...(await restoreBranch(project, at))];
}

async function restoreHead(project: Project, at: Position): Promise<string[]> {
	const now = await branchOf(project);
	if (now === at.branch) return [];
	// On a branch without a commit, or without its branch's, nobody can go on.
	const isLost = (await tipOf(project, 'HEAD')) === '';
	const moves = movesSince(project, 'HEAD');
	if (!isLost && (moves === null || isPersons(moves.at(-1)))) return [];
	await project.git(['symbolic-ref', '-m', 'nightloop: back', 'HEAD', at.branch]);
	return [`the session switched to ${now}: back on ${at.branch}`];
}

async function restoreBranch(project: Project, at: Position): Promise<string[]> {
	const [now, tip] = [await branchOf(project), await tipOf(project, at.branch)];
	const theirs = tip === at.head ? at.head : await beforeAgents(project, at, tip);
	if (theirs === at.head && now === at.branch) restoreIndex(project);
	if (tip === theirs) return [];
	const ref = `refs/nightloop/snapshots/agent-${tip.slice(0, 8)}`;
	const isThere = tip !== '' && (await missing(project, [tip])).length === 0;
	if (isThere) await project.git(['update-ref', ref, tip], { durable: DURABLE });
	await project.git(['update-ref', '-m', 'nightloop: fold', at.branch, theirs], { durable: DURABLE });
	const kept = isThere ? `, what it committed is judged with the rest (${ref})` : '';
	return [`the session moved ${at.branch}: back at ${theirs.slice(0, 9)}${kept}`];
}

/** Where the branch stood before the moves at its end that carry the agents' identity, or left no trace. */
async function beforeAgents(project: Project, at: Position, tip: string): Promise<string> {
	if (tip === '') return at.head;
	const moves = movesSince(project, at.branch);
	if (moves !== null) return moves.findLast(isPersons)?.to ?? at.head;
	// Without a log of moves, the commits themselves tell.
	const committers = await project.git(['log', '--format=%ce', `${at.head}..${tip}`]);
	const emails = committers.split('\n').filter((email) => email !== '');
	return emails.every((email) => email === AGENT_EMAIL) ? at.head : tip;
}

/** The index as it is now is what it is put back to. */
export function keepIndex(project: Project): void {
	const index = path.join(project.gitDir, 'index');
	const shadow = shadowOf(project, index);
	if (!existsSync(shadow)) return;
	rmSync(shadow);
	copyFileSync(index, shadow);
}

/** By a rename: a kill in between must not leave half an index. Not while a git that is alive is writing it. */
function restoreIndex(project: Project): void {
	const index = path.join(project.gitDir, 'index');
	const before = shadowOf(project, index);
	if (!existsSync(before) || existsSync(`${index}.lock`)) return;
	if (existsSync(index) && isSameContent(index, before)) return;
	const restored = path.join(project.state, 'restored.index');
	copyFileSync(before, restored);
	renameSync(restored, index);
}
