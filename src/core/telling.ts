import { plainLine } from './plain.ts';
import type { Entry, WaitingFor } from './types.ts';
import { line } from './words.ts';

/** What `notify` is run for. */
type Occasion = 'parked' | 'waiting' | 'budget' | 'done' | 'stopped';

/** One thing that a person wants to know at night. */
export interface Tidings {
	readonly event: Occasion;
	readonly message: string;
	/** The text of the task that it is about. */
	readonly task: string | null;
	/** When it goes on by itself, as far as that is known. */
	readonly until: string | null;
	readonly entry: Entry;
}

/** What of the last tidings still stands, so that it is not told again: a wait that begins anew, a list with nothing open. */
export type Standing = string | null;

/** What a person is told of an entry, if anything; and what stands after it. */
export function tidingsOf(entry: Entry, standing: Standing): { tidings: Tidings | null; standing: Standing } {
	const occasion = occasionOf(entry);
	if (occasion === null) return { tidings: null, standing: isProgress(entry) ? null : standing };
	const now = entry.event === 'waiting' ? subject(entry.for) : null;
	if (now !== null && now === standing) return { tidings: null, standing };
	return { tidings: tidings(entry, occasion), standing: now };
}

function occasionOf(entry: Entry): Occasion | null {
	if (entry.event === 'parked') return 'parked';
	if (entry.event === 'warned') return 'budget';
	if (entry.event === 'ended') return entry.ending.kind === 'nothing-open' ? 'done' : 'stopped';
	return entry.event === 'waiting' ? waitOccasion(entry) : null;
}

/** Waits that a person asked for, and those that are over before anybody could look, are not worth a sound at night. */
function waitOccasion({ for: what, until, at }: Extract<Entry, { event: 'waiting' }>): Occasion | null {
	switch (what.kind) {
		case 'edits':
			return 'done';
		case 'disk':
			return 'waiting';
		case 'limit':
		case 'outage':
		case 'auth':
			return until !== null && until - Date.parse(at) >= WORTH_TELLING ? 'waiting' : null;
		case 'pause':
		case 'todo':
		case 'cut-off':
		case 'repository':
		case 'machine':
			return null;
	}
}

/** In ms. */
const WORTH_TELLING = 5 * 60_000;

function subject(what: WaitingFor): string {
	return 'agent' in what ? `${what.kind} ${what.agent}` : what.kind;
}

/** A session that came to its own end: whatever was waited for is over. */
function isProgress(entry: Entry): boolean {
	return (entry.event === 'worked' || entry.event === 'reviewed') && entry.end.kind === 'completed';
}

function tidings(entry: Entry, event: Occasion): Tidings {
	const task = 'text' in entry ? entry.text : null;
	const until = 'until' in entry && entry.until !== null ? new Date(entry.until).toISOString() : null;
	return { event, message: message(entry), task, until, entry };
}

/** As on the screen, without the sign in front. */
function message(entry: Entry): string {
	return plainLine(line(entry)!, 500).replace(/^\S /, '');
}
