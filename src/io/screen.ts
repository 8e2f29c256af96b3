import process from 'node:process';
import { styleText } from 'node:util';
import { line } from '../core/words.ts';
import type { Entry } from '../core/types.ts';

export type Look = 'plain' | 'json';

/**
 * Shows each entry as it is recorded: a line for a person, or the entry itself as JSON. A closed stdout is no reason to
 * stop working: the journal has it all.
 */
export function openScreen(
	look: Look,
	narrate: (entry: Entry) => string | null = () => null,
): (entry: Entry) => void {
	let last = '';
	process.stdout.on('error', (error: NodeJS.ErrnoException) => {
		if (error.code !== 'EPIPE') throw error;
	});
	const print = (text: string) => {
		if (process.stdout.writable) process.stdout.write(`${text}\n`);
	};
	return (entry) => {
		if (look === 'json') return print(JSON.stringify(entry));
		const words = line(entry);
		// A wait that is begun again and again is told once.
		if (words !== null && !(entry.event === 'waiting' && words === last))
			print(`${dim(new Date(entry.at).toTimeString().slice(0, 8))} ${colour(words)}`);
		if (words !== null && entry.event !== 'resumed') last = words;
		const said = narrate(entry);
		if (said !== null) print(`         ${dim(said)}`);
	};
}

function dim(text: string): string {
	return process.stdout.isTTY ? styleText('dim', text) : text;
}

const COLOURS = { '✓': 'green', '✗': 'red', '!': 'yellow' } as const;

function colour(words: string): string {
	const sign = words[0] as keyof typeof COLOURS;
	return process.stdout.isTTY && sign in COLOURS ? styleText(COLOURS[sign], words) : words;
}
