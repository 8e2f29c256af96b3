import { duration } from './format.ts';
import { plainLine } from './plain.ts';
import type { CheckResult, Event } from './types.ts';

/** What checks came to, in one line: the red ones with how they ended, else all with their times. */
export function checksLine({ on, results, installed }: Extract<Event, { event: 'checked' }>): string {
	const failed = results.filter(({ result }) => result !== 'green');
	const all = results.map(({ command, ms }) => `${plainLine(command)} ${duration(ms)}`);
	const where = ON[on];
	if (failed.length === 0) return `${on === 'base' ? '·' : '✓'} checks green${where}: ${all.join(', ')}`;
	const words = failed.map((check) => failure(check, where)).join(' · ');
	if (on !== 'base') return `✗ ${words}`;
	return `· ${words}${installed === 'changed' ? '' : ': does not gate until it is green'}`;
}

const ON = { candidate: '', 'candidate again': ' when run again', base: ' at base' } as const;

function failure({ command, result, exitCode, ms }: CheckResult, where: string): string {
	if (result === 'overtime')
		return `check over its time${where}: ${plainLine(command)} after ${duration(ms)}`;
	const exit = exitCode === null ? '' : `exit code ${exitCode}${exitCode === NO_PROGRAM ? NOT_FOUND : ''} `;
	return `check red${where}: ${plainLine(command)}, ${exit}after ${duration(ms)}`;
}

/** What sh ends with where it finds no program of that name (POSIX, Shell Command Language, 2.8.2). */
const NO_PROGRAM = 127;
const NOT_FOUND = ' (no such command)';
