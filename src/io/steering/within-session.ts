import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type { Project } from '../project.ts';
import type { StartedFrom } from './rules-at-start.ts';

/**
 * Whether a process was started, however indirectly, by a session or a check of a loop in this work tree: it or one of
 * its ancestors carries the work tree's mark, or is a child of the loop itself. A mark of another loop is of no account:
 * a session may work on nightloop, and try it in a repository of its own. Ancestors are known on Linux only, and of a
 * process that put itself under another one (a daemon) they tell nothing.
 */
export function isWithinSession(project: Project, pid: number = process.pid): boolean {
	const own = ownMark(project);
	const isMarked = (env: ReadonlyMap<string, string>) => {
		const marks = env.get('NIGHTLOOP_MARK');
		if (marks === undefined) return env.has('NIGHTLOOP_ROLE');
		// Within walls the state of the loop cannot be seen.
		return own === null || marks.includes(own);
	};
	const self = new Map(Object.entries(process.env as Record<string, string>));
	return (pid === process.pid && isMarked(self)) || lineOf(pid).some((each) => isMarked(environmentOf(each)));
}

/** A terminal means a person, unless a session opened it. */
export function startedFrom(project: Project): StartedFrom {
	return process.stdin.isTTY && !isWithinSession(project) ? 'terminal' : 'nowhere';
}

/** Whether a process is there, and was not started by this one. */
export function isSomebodyElse(pid: number): boolean {
	return isAlive(pid) && !lineOf(pid).includes(process.pid);
}

function ownMark(project: Project): string | null {
	const file = path.join(project.state, 'mark');
	return existsSync(file) ? readFileSync(file, 'utf8') : null;
}

/** A process and its ancestors. */
function lineOf(pid: number): number[] {
	const line: number[] = [];
	for (let each = pid; each > 0; each = parentOf(each)) line.push(each);
	return line;
}

function parentOf(pid: number): number {
	return Number(/^PPid:\s*(\d+)$/m.exec(readProc(pid, 'status'))?.[1] ?? 0);
}

function environmentOf(pid: number): Map<string, string> {
	const pairs = readProc(pid, 'environ')
		.split('\0')
		.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const);
	return new Map(pairs);
}

function isAlive(pid: number): boolean {
	try {
		return process.kill(pid, 0);
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		if (code === 'EPERM') return true;
		if (code === 'ESRCH') return false;
		throw error;
	}
}

/** Empty for what is gone, is somebody else's, or where there is no such thing. */
function readProc(pid: number, name: string): string {
	try {
		return readFileSync(`/proc/${pid}/${name}`, 'utf8');
	} catch (error) {
		if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? ''))
			return '';
		throw error;
	}
}
