import { execa } from 'execa';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { eventually } from './eventually.ts';
import { hasCode } from './has-code.ts';

interface Process {
	readonly pid: number;
	readonly command: string;
}

/**
 * Every living process that has the folder in its environment, its command line or as its working directory: the loop,
 * its agents, and whatever they left behind. The environment is that of the process's start (proc(5)).
 */
export async function processesOf(folder: string): Promise<Process[]> {
	const all = process.platform === 'linux' ? await fromProc(folder) : await fromPs(folder);
	return all.filter(({ pid }) => pid !== process.pid);
}

/** Resolves when no process of the folder is left; throws with their names after `ms`. */
export async function noProcessOf(folder: string, ms = 2000): Promise<void> {
	let left: Process[] = [];
	await eventually(
		async () => (left = await processesOf(folder)).length === 0,
		() =>
			`no process of ${folder}, but there is ${left.map(({ pid, command }) => `${pid} ${command}`).join(', ')}`,
		ms,
	);
}

/** Ends every process of a scratch folder: all of them were started from it. */
export async function endProcessesOf(folder: string): Promise<void> {
	for (let round = 0; round < 50; round++) {
		const left = await processesOf(folder);
		if (left.length === 0) return;
		for (const { pid } of left) end(pid);
	}
}

/** Follows the peak resident memory of a living process, in megabytes. 0 where there is no /proc. */
export function followMemory(pid: number): () => number {
	let peak = 0;
	const timer = setInterval(() => {
		peak = Math.max(peak, peakOf(pid));
	}, 50);
	timer.unref();
	return () => {
		clearInterval(timer);
		return peak;
	};
}

function peakOf(pid: number): number {
	try {
		const status = readFileSync(`/proc/${pid}/status`, 'utf8');
		return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024;
	} catch (error) {
		if (isGone(error)) return 0;
		throw error;
	}
}

function end(pid: number): void {
	try {
		process.kill(pid, 'SIGKILL');
	} catch (error) {
		if (!isGone(error)) throw error;
	}
}

async function fromProc(folder: string): Promise<Process[]> {
	const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
	const found = await Promise.all(pids.map((pid) => look(pid, folder)));
	return found.filter((process) => process !== null);
}

async function look(pid: string, folder: string): Promise<Process | null> {
	const [command, environment, directory] = await Promise.all([
		orNothing(readFile(`/proc/${pid}/cmdline`, 'utf8')),
		orNothing(readFile(`/proc/${pid}/environ`, 'utf8')),
		orNothing(readlink(`/proc/${pid}/cwd`)),
	]);
	const belongs = [command, environment, `${directory}/`].some((text) => text.includes(folder));
	return belongs ? { pid: Number(pid), command: command.replaceAll('\0', ' ').trim() } : null;
}

async function orNothing(reading: Promise<string>): Promise<string> {
	try {
		return await reading;
	} catch (error) {
		if (isGone(error)) return '';
		throw error;
	}
}

/** ESRCH: it ended while it was looked at. EACCES: it is somebody else's. ENAMETOOLONG: it is deeper down than anything of ours. */
function isGone(error: unknown): boolean {
	return ['ENOENT', 'ESRCH', 'EACCES', 'EPERM', 'ENAMETOOLONG'].some((code) => hasCode(error, code));
}

async function fromPs(folder: string): Promise<Process[]> {
	const { stdout } = await execa('ps', ['-axEww', '-o', 'pid=,command=']);
	const lines = stdout.split('\n').filter((line) => line.includes(folder));
	return lines.map((line) => ({ pid: Number.parseInt(line, 10), command: line.trim() }));
}
