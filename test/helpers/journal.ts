import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A line of the journal, as anybody may change it. */
export interface Line {
	event: string;
	[field: string]: unknown;
}

/** The journal of a work tree, as an attacker who knows its format reads it. */
export async function readLines(work: string): Promise<Line[]> {
	const text = await readFile(fileIn(work), 'utf8');
	const lines = text.split('\n').filter((line) => line !== '');
	return lines.map((line): Line => JSON.parse(line.slice(line.indexOf(' ') + 1)));
}

/** The same, written back with checksums that hold. */
export async function writeLines(work: string, lines: readonly Line[]): Promise<void> {
	const text = lines.map((line) => {
		const json = JSON.stringify(line);
		return `${createHash('sha256').update(json).digest('hex').slice(0, 8)} ${json}\n`;
	});
	await writeFile(fileIn(work), text.join(''));
}

function fileIn(work: string): string {
	return join(work, '.git/nightloop/journal.jsonl');
}
