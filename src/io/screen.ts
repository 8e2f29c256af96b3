import { fstatSync, writeSync } from 'node:fs';
import process from 'node:process';
import { line } from '../core/words.ts';
import type { Entry, Scene } from '../core/types.ts';
import { coloured, stamped } from './colour.ts';
import type { Logs } from './live-screen.ts';
import { isMachines } from './mishap.ts';
import { tellOnce } from './tell-once.ts';

/** `live`: a screen that is drawn again and again; `plain`: a line an event; `json`: an entry of the journal a line. */
export type Look = 'live' | 'plain' | 'json';

/** What a person, or a program, is shown. */
export interface Screen {
	/** An entry, as it was recorded. */
	entry(entry: Entry): void;
	/** What the world looks like now. */
	scene(scene: Scene): void;
	/** What tool the session that runs uses now. */
	tool(words: string | null): void;
	close(): void;
}

type Narrate = (entry: Entry) => string | null;

/**
 * Opens the screen. `logs`: where a session puts out what it says; `before`: what is on record. A stdout that takes nothing
 * is no reason to stop working: the journal has it all.
 */
export async function openScreen(
	look: Look,
	{ logs, before, narrate }: { logs: Logs; before: readonly Entry[]; narrate: Narrate },
): Promise<Screen> {
	// Loaded only for a terminal: a start without one should not pay for it.
	if (look === 'live') return (await import('./live-screen.ts')).openLiveScreen(process.stdout, logs, before);
	const print = openOutput();
	const asJson = (entry: Entry) => print(JSON.stringify(entry));
	const quiet = { scene: () => {}, tool: () => {}, close: () => {} };
	if (look === 'json') return { ...quiet, entry: asJson };
	return { ...quiet, entry: openLines(narrate, print), scene: openAsked(print) };
}

/** Whoever pressed Ctrl-C is told once that it was heard: the attempt may go on for an hour. */
function openAsked(print: (text: string) => void): Screen['scene'] {
	let told = false;
	return ({ stop, now }) => {
		if (stop.kind !== 'finish' || told) return;
		told = true;
		print(stamped(now, `· ${stop.signal}: ends after this attempt; once more ends it now`));
	};
}

/** Shows each entry as a line for a person, and what is narrated beside it. */
export function openLines(narrate: Narrate = () => null, print = openOutput()): (entry: Entry) => void {
	const toTell = tellOnce(line);
	return (entry) => {
		for (const { at, words } of toTell(entry)) print(stamped(at, words));
		const said = narrate(entry);
		if (said !== null) print(`         ${coloured('dim', said)}`);
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
