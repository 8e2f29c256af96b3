import path from 'node:path';
import { AGENT_EMAIL } from '../../core/environment.ts';
import { logLines, moveOf } from './reflog.ts';
import type { Move } from './reflog.ts';
import { shadowOf } from '../integrity/shadow.ts';
import type { Project } from '../project.ts';

/** How a log of git's reads now, and what of it is new or missing since its shadow was cast. Lines, the oldest first. */
export interface LogChange {
	readonly was: readonly string[];
	readonly is: readonly string[];
	readonly added: readonly string[];
	readonly missing: readonly string[];
}

/** `file` lies in the git directory. A line stays the same when git links it to another one before it. */
export function logChange(project: Project, file: string): LogChange {
	const [was, is] = [logLines(shadowOf(project, file)), logLines(file)];
	if (was.every((line, index) => line === is[index]))
		return { was, is, added: is.slice(was.length), missing: [] };
	const [before, after] = [new Set(was.map(content)), new Set(is.map(content))];
	return {
		was,
		is,
		added: is.filter((line) => !before.has(content(line))),
		missing: was.filter((line) => !after.has(content(line))),
	};
}

/** The moves of a ref since the shadow was cast, by its log; null where none is kept. */
export function movesSince(project: Project, ref: string): Move[] | null {
	const folder = ref === 'HEAD' ? project.gitDir : project.commonDir;
	const change = logChange(project, path.join(folder, 'logs', ref));
	return change.was.length === 0 && change.is.length === 0 ? null : credible(change).map(moveOf);
}

/** What was added, if it goes on from where the log ended: else somebody has written into it. */
export function credible({ was, added }: LogChange): readonly string[] {
	const [last, first] = [was.at(-1), added[0]];
	const goesOn = last === undefined || first === undefined || moveOf(first).from === moveOf(last).to;
	return goesOn ? added : [];
}

/** A move without a trace is nobody's but the session's. */
export function isPersons(move: Move | undefined): move is Move {
	return move !== undefined && move.email !== AGENT_EMAIL;
}

/** All but the first field, which says where the line before it led to. */
function content(line: string): string {
	return line.slice(line.indexOf(' '));
}
