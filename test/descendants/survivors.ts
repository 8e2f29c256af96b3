import { readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { hasCode } from '../helpers/has-code.ts';

/** A living process that has the token in its command line, be it in a process namespace of its own. */
export interface Survivor {
	readonly pid: number;
	/** What follows the token. */
	readonly kind: string;
}

/** Needs /proc. A zombie has no command line, and is not alive. */
export function survivors(token: string): Survivor[] {
	const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
	return pids.flatMap((pid) => {
		const words = commandLine(pid).split('\0');
		const word = words.find((each) => each.startsWith(`${token}-`));
		return word === undefined ? [] : [{ pid: Number(pid), kind: word.slice(token.length + 1) }];
	});
}

/** Ends what a test has left, by the pids that its own token finds. */
export function endSurvivors(token: string): void {
	for (const { pid } of survivors(token)) {
		try {
			process.kill(pid, 'SIGKILL');
		} catch (error) {
			if (!hasCode(error, 'ESRCH')) throw error;
		}
	}
}

function commandLine(pid: string): string {
	try {
		return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
	} catch (error) {
		if (hasCode(error, 'ENOENT') || hasCode(error, 'ESRCH')) return '';
		throw error;
	}
}
