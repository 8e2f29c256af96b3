import { readFileSync } from 'node:fs';
import { AGENT_EMAIL } from '../../core/environment.ts';
import { statKey } from '../steering/todo-file.ts';

/** Who made the last move on record. */
export function lastMover(file: string): 'agent' | 'person' {
	const last = logLines(file).at(-1);
	return last !== undefined && moveOf(last).email === AGENT_EMAIL ? 'agent' : 'person';
}

export interface Move {
	/** Commits; all zeros where there was none. */
	readonly from: string;
	readonly to: string;
	readonly email: string;
}

/** The lines of a log, the oldest first, one character a byte; none where there is no log. */
export function logLines(file: string): string[] {
	if (statKey(file) === null) return [];
	return readFileSync(file, 'latin1')
		.split('\n')
		.filter((line) => line !== '');
}

/** `from to Name <email> time zone TAB message`. */
export function moveOf(line: string): Move {
	const [from = '', to = ''] = line.split(' ', 2);
	return { from, to, email: /<([^>]*)>/.exec(line)?.[1] ?? '' };
}
