import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { runProgram } from './program.ts';
import { isMark } from './session/session-mark.ts';

/**
 * Ends every process that carries the mark in its environment, wherever it has moved itself: other groups, sessions and
 * daemons included. A process that wiped its own environment is not found. Resolves when none is left.
 */
export async function sweep(mark: string): Promise<number> {
	if (!isMark(mark)) throw new Error(`not a mark of ours: ${JSON.stringify(mark)}`);
	let ended = 0;
	for (let round = 0; round < MOST_ROUNDS; round++) {
		const pids = await marked(mark);
		if (pids.length === 0) return ended;
		for (const pid of pids) ended += endProcess(pid) === 'ended' ? 1 : 0;
		await sleep(5);
	}
	return ended;
}

/**
 * Pids of the gits that may be writing in a folder or below it, whoever started them. One that waits behind a pager, or
 * answers an editor, may be there all night. Linux only; elsewhere none is found.
 */
export function gitsIn(folder: string): number[] {
	return gits((pid) => {
		const cwd = readlinkSync(`/proc/${pid}/cwd`);
		return (cwd === folder || cwd.startsWith(`${folder}/`)) && !READERS.test(wordsOf(pid).join(' '));
	});
}

/** git's own options may stand before the command. */
const READERS =
	/^\S*git(?: -(?:[cC] \S+|(?![cC] )\S+))* (?:blame|cat-file|diff|fsmonitor--daemon|grep|log|shortlog|show)(?: |$)/;

/** Pids of the gits that a loop, or one that is dead, started on a git directory. Linux only, likewise. */
export function loopsGitsOn(gitDir: string): number[] {
	return gits((pid) => {
		const words = wordsOf(pid);
		return words.includes(`--git-dir=${gitDir}`) && words.includes('core.hooksPath=/dev/null');
	});
}

function gits(isMeant: (pid: string) => boolean): number[] {
	if (process.platform !== 'linux') return [];
	const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
	return pids.filter((pid) => isGit(pid, isMeant)).map(Number);
}

function wordsOf(pid: string): string[] {
	return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
}

function isGit(pid: string, isMeant: (pid: string) => boolean): boolean {
	try {
		return /^git(?:-|$)/.test(readFileSync(`/proc/${pid}/comm`, 'utf8').trim()) && isMeant(pid);
	} catch (error) {
		if (isOutOfReach(error)) return false;
		throw error;
	}
}

/** Sends a signal to a process, or with a negative number to a group. */
export function endProcess(pid: number, signal: NodeJS.Signals = 'SIGKILL'): 'ended' | 'gone' {
	try {
		process.kill(pid, signal);
		return 'ended';
	} catch (error) {
		// ESRCH: already gone. EPERM: on some systems the answer for a group of zombies.
		if (['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) return 'gone';
		throw error;
	}
}

/** Each round catches what was forked during the one before. */
const MOST_ROUNDS = 50;

async function marked(mark: string): Promise<number[]> {
	const pids = process.platform === 'linux' ? markedInProc(mark) : await markedInPs(mark);
	return pids.filter((pid) => pid !== process.pid);
}

function markedInProc(mark: string): number[] {
	const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
	return pids.filter((pid) => environment(pid)?.includes(mark)).map(Number);
}

function environment(pid: string): Buffer | null {
	try {
		return readFileSync(`/proc/${pid}/environ`);
	} catch (error) {
		if (isOutOfReach(error)) return null;
		throw error;
	}
}

/** macOS and the BSDs show a process's environment behind its command. */
async function markedInPs(mark: string): Promise<number[]> {
	const { stdout } = await runProgram('/bin/ps', ['-axEww', '-o', 'pid=,command='], { cwd: '/', env: {} });
	const lines = stdout
		.toString()
		.split('\n')
		.filter((line) => line.includes(mark));
	return lines.map((line) => Number.parseInt(line, 10)).filter((pid) => pid > 0);
}

/** Ended meanwhile, somebody else's, or in a folder that is too deep to have a path. */
function isOutOfReach(error: unknown): boolean {
	return ['ENOENT', 'ESRCH', 'EACCES', 'EPERM', 'ENAMETOOLONG'].includes(
		(error as NodeJS.ErrnoException).code ?? '',
	);
}
