import { existsSync, readFileSync } from 'node:fs';
import { AGENT_EMAIL } from '../core/environment.ts';

/** Who made the last move on record. */
export function lastMover(file: string): 'agent' | 'person' {
	const last = reflog(file).at(-1);
	return last?.email === AGENT_EMAIL ? 'agent' : 'person';
}

/** `from to Name <email> time zone TAB message`, one move a line. */
export function reflog(file: string): { from: string; email: string }[] {
	if (!existsSync(file)) return [];
	const lines = readFileSync(file, 'utf8')
		.split('\n')
		.filter((line) => line !== '');
	return lines
		.slice(-1000)
		.map((line) => ({ from: line.slice(0, line.indexOf(' ')), email: /<([^>]*)>/.exec(line)?.[1] ?? '' }));
}
