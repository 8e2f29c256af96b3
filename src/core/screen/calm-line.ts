import { duration, money } from '../format.ts';
import { plainLine } from '../plain.ts';
import type { EntryOf } from '../run/parts.ts';
import type { Entry, Time } from '../types.ts';
import { line, reason } from '../words.ts';

/** What is known of the task that an entry is about, beyond the entry. */
export interface Background {
	/** How many attempts a task has. */
	readonly attempts: number;
	/** When this process began to work on it; null: before it was there. */
	readonly since: Time | null;
	/** What its sessions used since. */
	readonly usd: number;
}

/**
 * One calm line for each thing that happened; null for what the foot of the screen shows while it goes on. What came of a
 * task stands first.
 */
export function calmLine<Name extends Entry['event']>(
	entry: Told<Name>,
	background: Background,
): string | null {
	const own = LINES[entry.event];
	return own ? own(entry, background) : line(entry);
}

/** An entry of that name. */
type Told<Name extends Entry['event']> = { [Each in Name]: EntryOf<Each> & { readonly event: Each } }[Name];

const LINES: {
	readonly [Name in Entry['event']]?: (entry: Told<Name>, background: Background) => string | null;
} = {
	opened: () => null,
	proposed: () => null,
	resumed: () => null,
	worked: (entry) => (entry.end.kind === 'completed' ? null : line(entry)),
	reviewed: (entry) => (entry.end.kind === 'completed' ? null : line(entry)),
	checked: (entry) => (entry.results.some(({ result }) => result === 'flaky') ? line(entry) : null),
	rejected: ({ text, attempt, findings, blocked }, { attempts }) => {
		const why = blocked === null ? reason(findings) : `blocked: ${plainLine(blocked)}`;
		return `✗ ${plainLine(text, LONGEST)} rejected ${attempt}/${attempts} · ${why}`;
	},
	landed: ({ at, text, commit, attempt }, { since, usd }) => {
		const facts = [
			`✓ ${plainLine(text, LONGEST)} landed ${commit.slice(0, 7)}`,
			...(attempt > 1 ? [`${attempt} attempts`] : []),
			...(since === null ? [] : [duration(Date.parse(at) - since)]),
			...(usd > 0 ? [money(usd)] : []),
		];
		return facts.join(' · ');
	},
	parked: ({ text, why }) => `! ${plainLine(text, LONGEST)} parked · ${plainLine(why)}`,
};

/** Of a task's text, in characters: what came of it stands behind it. */
const LONGEST = 60;
