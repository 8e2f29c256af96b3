import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import process from 'node:process';
import { UserError } from '../core/errors.ts';
import { plainLine } from '../core/plain.ts';

/** What is to be planned for, and how it is called. */
export interface Spec {
	readonly name: string;
	readonly text: string;
}

/**
 * Reads a spec by its path from the `-C` folder, or `-` for what is piped in. Rejects with a `UserError` for what is no
 * text, nothing at all, or too long to be put into a prompt.
 */
export async function readSpec(folder: string, words: readonly string[]): Promise<Spec> {
	const [given, ...more] = words;
	if (given === undefined || more.length > 0) throw oneSpec();
	const name = given === '-' ? 'stdin' : plainLine(path.basename(given), 80);
	const text = given === '-' ? await textOf(process.stdin) : readText(path.resolve(folder, given), given);
	if (text.trim() === '') throw unfit(name, 'There is nothing in it.', 'Write what is to be built.');
	if (text.includes('\0') || text.includes('\uFFFD'))
		throw unfit(name, 'It is no text in UTF-8.', 'Export it as text or Markdown.');
	if (text.length > LONGEST)
		throw unfit(name, `It is ${text.length} characters long; at most ${LONGEST} are taken.`, 'Split it up.');
	return { name, text };
}

/** In characters: about 75,000 tokens. */
const LONGEST = 300_000;

function readText(file: string, given: string): string {
	const found = statSync(file, { throwIfNoEntry: false });
	if (!found?.isFile())
		throw unfit(given, found ? 'It is no file.' : 'There is no such file.', 'Check the path.');
	return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
}

function oneSpec(): UserError {
	return new UserError({
		what: 'nightloop plan takes one spec.',
		why: 'Its tasks are planned as one whole.',
		fix: 'nightloop plan SPEC   (a path, or - for stdin; nightloop plan --check judges the list as it is)',
	});
}

function unfit(name: string, why: string, fix: string): UserError {
	return new UserError({ what: `The spec ${plainLine(name, 200)} cannot be taken.`, why, fix });
}
