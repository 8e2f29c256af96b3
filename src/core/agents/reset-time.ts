import type { Time } from '../types.ts';

/**
 * The time at which a limit ends, as a message tells it: unix seconds or milliseconds, a span, a date, or a clock time
 * in the zone that stands beside it, else in `zone` (an IANA name or `GMT-3`; by default the machine's). A clock time is
 * the next one. null: none is told, or it is long past.
 */
export function resetTime(text: string, now: Time, zone = machineZone()): Time | null {
	const at = unixTime(text) ?? span(text, now) ?? date(text, now, zone) ?? clock(text, now, zone);
	return at === null ? null : usable(at, now);
}

/** A reset time that may be waited for: just past is now, long past is none (null), and no wait is over eight days. */
export function usable(at: Time, now: Time): Time | null {
	return at < now - JUST_PAST ? null : Math.min(Math.max(at, now), now + LONGEST_WAIT);
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Resets are told to the minute, by other clocks, and the message is read when the session has ended. */
const JUST_PAST = 15 * MINUTE;
/** The longest limits are weekly. */
const LONGEST_WAIT = 8 * DAY;

function unixTime(text: string): Time | null {
	const digits = /(?:\||resets?_?at"?\s*[:=]\s*)(\d{13}|\d{10})\b/i.exec(text)?.[1];
	return digits === undefined ? null : Number(digits) * (digits.length === 13 ? 1 : 1000);
}

const units = 'ms|d(?:ays?)?|h(?:ours?|rs?)?|m(?:in(?:ute)?s?)?|s(?:ec(?:ond)?s?)?';
const lengths: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: MINUTE, h: HOUR, d: DAY };
const spans = new RegExp(
	`\\b(?:in|within|after)\\s+((?:\\d+(?:\\.\\d+)?\\s*(?:${units})(?![a-z])[\\s,]*(?:and\\s+)?)+)`,
	'i',
);
const parts = new RegExp(`(\\d+(?:\\.\\d+)?)\\s*(${units})(?![a-z])`, 'gi');

function span(text: string, now: Time): Time | null {
	const seconds = /in_seconds"?\s*[:=]\s*(\d+)/i.exec(text)?.[1];
	if (seconds !== undefined) return now + Number(seconds) * 1000;
	const told = spans.exec(text)?.[1];
	return told === undefined
		? null
		: now +
				[...told.matchAll(parts)].reduce((ms, [, count, unit]) => ms + Number(count) * lengthOf(unit!), 0);
}

function lengthOf(unit: string): number {
	const name = unit.toLowerCase();
	return lengths[name === 'ms' ? name : name.charAt(0)]!;
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** `5pm`, `5:30 pm` or `17:30`, and then perhaps `(Europe/Berlin)` or `GMT-3`. */
const clockTime =
	'(?=(?:2[0-3]|[01]?\\d)(?::[0-5]\\d|\\s*[ap]\\.?m))(?<hours>2[0-3]|[01]?\\d)(?::(?<minutes>[0-5]\\d))?(?:\\s*(?<half>[ap])\\.?m\\b\\.?)?' +
	'(?:\\s*\\((?<named>[^)]+)\\)|\\s*(?<offset>(?:GMT|UTC)(?:[+-]\\d{1,2}(?::?\\d{2})?)?))?';
const dates = new RegExp(
	`\\b(?<month>${months.join('|')})[a-z]*\\.?\\s+(?<day>\\d{1,2})(?:st|nd|rd|th)?(?:,?\\s+(?<year>\\d{4}))?,?\\s+(?:at\\s+)?${clockTime}`,
	'i',
);
const clocks = new RegExp(`\\b(?:resets?|again|until)\\s+(?:at\\s+)?${clockTime}`, 'i');

/** Without a year it is the nearest such date, so that one just past is not taken for next year's. */
function date(text: string, now: Time, zone: string): Time | null {
	const groups = dates.exec(text)?.groups;
	if (!groups) return null;
	const month = months.indexOf(groups['month']!.toLowerCase());
	const year = new Date(now).getUTCFullYear();
	const years = groups['year'] === undefined ? [year - 1, year, year + 1] : [Number(groups['year'])];
	const midnights = years.map((year) => Date.UTC(year, month, Number(groups['day'])));
	const found = midnights.map((midnight) => instant(midnight + timeOfDay(groups), zoneOf(groups, zone)));
	return found.reduce((best, at) => (Math.abs(at - now) < Math.abs(best - now) ? at : best));
}

/** The first that is not long past; yesterday's counts shortly after midnight. */
function clock(text: string, now: Time, zone: string): Time | null {
	const groups = clocks.exec(text)?.groups;
	if (!groups) return null;
	const place = zoneOf(groups, zone);
	const today = Math.floor((now + offsetAt(place, now)) / DAY) * DAY;
	const found = [today - DAY, today, today + DAY].map((midnight) =>
		instant(midnight + timeOfDay(groups), place),
	);
	return Math.min(...found.filter((at) => at >= now - JUST_PAST));
}

type Groups = Readonly<Record<string, string | undefined>>;

function timeOfDay(groups: Groups): number {
	const half = groups['half']?.toLowerCase();
	const hours = Number(groups['hours']);
	const since = half === undefined ? hours : (hours % 12) + (half === 'p' ? 12 : 0);
	return since * HOUR + Number(groups['minutes'] ?? 0) * MINUTE;
}

function zoneOf(groups: Groups, otherwise: string): string {
	const zone = groups['named'] ?? groups['offset'] ?? otherwise;
	return fixedOffset.test(zone) || isZone(zone) ? zone : otherwise;
}

function isZone(name: string): boolean {
	try {
		Intl.DateTimeFormat('en-US', { timeZone: name });
		return true;
	} catch {
		// A RangeError: Intl knows no such zone.
		return false;
	}
}

function machineZone(): string {
	return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** When clocks in the zone show `local` (written as if it were UTC). The second look gets the days of a change right. */
function instant(local: number, zone: string): Time {
	return local - offsetAt(zone, local - offsetAt(zone, local));
}

const fixedOffset = /^(?:GMT|UTC)(?:(?<sign>[+-])(?<hours>\d{1,2}):?(?<minutes>\d{2})?)?$/i;

/** How far the zone's clocks are ahead of UTC at that time, in ms. */
function offsetAt(zone: string, at: Time): number {
	const name = fixedOffset.test(zone) ? zone : longOffset(zone, at);
	const { sign, hours, minutes } = fixedOffset.exec(name)!.groups!;
	return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * HOUR + Number(minutes ?? 0) * MINUTE);
}

/** Such as `GMT+02:00`, or `GMT`. */
function longOffset(zone: string, at: Time): string {
	const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
	return format.formatToParts(at).find((part) => part.type === 'timeZoneName')!.value;
}
