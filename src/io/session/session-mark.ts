import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type { Project } from '../project.ts';

/**
 * What is in the environment of every session of this work tree, and stays the same for its life. Whatever carries it is
 * ended, so that anything but a whole, random one would be a weapon: a damaged one is made anew.
 */
export function markOf(project: Project): string {
	const file = path.join(project.state, 'mark');
	const known = existsSync(file) ? readFileSync(file, 'utf8') : '';
	if (isMark(known)) return known;
	const mark = randomUUID();
	writeFileSync(`${file}.new`, mark, { mode: 0o600, flush: true });
	renameSync(`${file}.new`, file);
	return mark;
}

/** A loop inside a session of another loop: what it starts belongs to both, and is found by either mark. */
export function marksWith(own: string): string {
	const outer = process.env['NIGHTLOOP_MARK'];
	return outer ? `${outer},${own}` : own;
}

/** Whether a text can be nobody's but ours. */
export function isMark(text: string): boolean {
	return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}
