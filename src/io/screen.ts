import { fstatSync, writeSync } from 'node:fs';
import process from 'node:process';
import { styleText } from 'node:util';
import { isMachines } from './mishap.ts';
import { line } from '../core/words.ts';
import type { Entry } from '../core/types.ts';

export type Look = 'plain' | 'json';

/**
 * Shows each entry as it is recorded: a line for a person, or the entry itself as JSON. A stdout that takes nothing is no
 * reason to stop working: the journal has it all.
 */
export function openScreen(
	look: Look,
	narrate: (entry: Entry) => string | null = () => null,
): (entry: Entry) => void {
	const print = openOutput();
	const toTell = tellOnce();
	return (entry) => {
		if (look === 'json') return print(JSON.stringify(entry));
		for (const each of toTell(entry))
			print(`${dim(new Date(each.at).toTimeString().slice(0, 8))} ${colour(each.words)}`);
		const said = narrate(entry);
		if (said !== null) print(`         ${dim(said)}`);
	};
}

/** A reader or a terminal that is gone does not come back, a full disk may have room for the next line. */
function openOutput(): (text: string) => void {
	const { stdout } = process;
	stdout.on('error', () => undefined);
	if (fstatSync(stdout.fd).isFile()) return (text) => attempt(() => writeSync(stdout.fd, `${text}\n`));
	return (text) => void (stdout.writable && stdout.write(`${text}\n`));
}

function attempt(write: () => void): void {
	try {
		write();
	} catch (error) {
		if (!isMachines(error)) throw error;
	}
}

/**
 * What is left to be told: a wait that is begun again and again is told once, and the end of one for the machine only
 * where it is the last.
 */
function tellOnce(): (entry: Entry) => { at: string; words: string }[] {
	let last = '';
	let held: { at: string; words: string } | null = null;
	let isTried = false;
	return (entry) => {
		const words = line(entry);
		if (words === null) return [];
		const now = { at: entry.at, words };
		if (entry.event === 'resumed') {
			held = isTried ? now : null;
			return isTried ? [] : [now];
		}
		const before = held;
		held = null;
		isTried = entry.event === 'waiting' && entry.for.kind === 'machine';
		if (entry.event === 'waiting' && words === last) return [];
		last = words;
		return before ? [before, now] : [now];
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
