import type { Entry, Time } from '../types.ts';

/**
 * The part of the journal that a morning is about: the runs that went on in the last 24 hours, each from its own start; or
 * the last one, however long it is gone.
 */
export function nightOf(entries: readonly Entry[], now: Time): readonly Entry[] {
	const recent = entries.findIndex(({ at }) => Date.parse(at) >= now - DAY);
	const last = recent === -1 ? entries.length : recent;
	const start = entries.findLastIndex((entry, index) => index <= last && isStart(entry));
	return entries.slice(Math.max(0, start));
}

const DAY = 24 * 60 * 60 * 1000;

function isStart(entry: Entry): boolean {
	return entry.event === 'started' && entry.mode === 'fresh';
}
