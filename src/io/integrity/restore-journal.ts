import { appendFileSync, existsSync } from 'node:fs';
import path from 'node:path';
import type { Entry } from '../../core/types.ts';
import { FILE, isErrno, replaceFile } from '../journal-file.ts';
import { lineOf, readableEntry, readLines } from '../journal-lines.ts';
import { digestOf, partName } from '../journal-parts.ts';
import type { Project } from '../project.ts';
import { readIfThere } from '../steering/todo-file.ts';
import { shadowOf } from './shadow.ts';

/**
 * Puts the journal back where it does not hold all that its shadow does, or is damaged behind that. Whatever else in it can
 * be read is kept. To be called when no session lives. Resolves to one line if so.
 */
export async function restoreJournal(project: Project): Promise<string[]> {
	const file = path.join(project.state, FILE);
	const was = soundPart(shadowOf(project, file));
	if (was === '' || !existsSync(project.state)) return [];
	const live = textOf(file);
	const is = live.startsWith(was) ? live : unfolded(project.state, live);
	// Whatever is last may be torn: a crash does that.
	if (is.startsWith(was) && linesOf(is).slice(0, -1).every(isReadable)) return [];
	const known = new Set(linesOf(was));
	const since = linesOf(is).filter((line) => !known.has(line) && isReadable(line) && !isSum(line));
	const whole = Buffer.from(was + since.join(''), 'latin1');
	await (await replaceFile(project.state, FILE, [whole])).close();
	return [`${path.relative(project.commonDir, file)} was changed by the session: put back`];
}

/** Lets the journal's shadow follow by an entry. It is a second copy: where it cannot be written, nothing else is in doubt. */
export function followJournal(project: Project, entry: Entry): 'followed' | 'cannot be written' {
	const shadow = shadowOf(project, path.join(project.state, FILE));
	try {
		if (!existsSync(shadow)) return 'cannot be written';
		appendFileSync(shadow, lineOf(entry));
		return 'followed';
	} catch (error) {
		if (!isErrno(error)) throw error;
		return 'cannot be written';
	}
}

/** Up to where it was torn, if it was. One character a byte, here and below. */
function soundPart(file: string): string {
	const text = textOf(file);
	return text.slice(0, readLines(Buffer.from(text, 'latin1'), file).length);
}

/** With the part that it was begun anew after, in the place of the sum that stands for it. */
function unfolded(folder: string, live: string): string {
	const [first = ''] = linesOf(live);
	const sum = readableEntry(first);
	if (sum?.event !== 'summed') return live;
	const part = textOf(path.join(folder, partName(sum.parts)));
	const isWhole = digestOf(Buffer.from(part, 'latin1')) === sum.digest;
	return isWhole ? part + live.slice(first.length) : live;
}

function textOf(file: string): string {
	return Buffer.from(readIfThere(file) ?? '').toString('latin1');
}

/** Each with its end. */
function linesOf(text: string): string[] {
	return text.match(/[^\n]*\n/g) ?? [];
}

function isReadable(line: string): boolean {
	return readableEntry(line) !== null;
}

/** It stands for what is kept itself. */
function isSum(line: string): boolean {
	return readableEntry(line)?.event === 'summed';
}
