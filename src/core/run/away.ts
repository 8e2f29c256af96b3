import type { Absence, SessionEnd, Time } from '../types.ts';

type Away = ReadonlyMap<string, Absence>;

/**
 * Which agents cannot be used after a session of one of them ended so. A limit is asked about once when its reset, and a
 * little more, has passed; then ever more rarely. An agent is back when a session of it came to its own end.
 */
export function afterEnd(away: Away, agent: string, end: SessionEnd, now: Time): Away {
	const known = away.get(agent);
	if (end.kind === 'completed') {
		const others = new Map(away);
		others.delete(agent);
		return known ? others : away;
	}
	if (end.kind !== 'limited' && end.kind !== 'outage' && end.kind !== 'auth') return away;
	const why = end.kind === 'limited' ? 'limit' : end.kind;
	const count = known?.why === why ? known.count + 1 : 1;
	return new Map(away).set(agent, { why, message: end.message, until: backAt(end, count, now), count });
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** A reset is announced to the minute, and is often a little late. */
const GRACE = 90 * SECOND;
/** Where a limit names no time. */
const UNKNOWN_RESET = 15 * MINUTE;
/** Between probes, once the announced reset has passed and the limit still stands. */
const PROBES = [2, 5, 10, 20, 30].map((minutes) => minutes * MINUTE);
const OUTAGES = [30 * SECOND, ...[1, 2, 5, 10].map((minutes) => minutes * MINUTE)];
const AUTH = 10 * MINUTE;

function backAt(
	end: Extract<SessionEnd, { kind: 'limited' | 'outage' | 'auth' }>,
	count: number,
	now: Time,
): Time {
	switch (end.kind) {
		case 'limited':
			return Math.max(
				end.until === null ? now + UNKNOWN_RESET : end.until + GRACE,
				now + (count > 1 ? nth(PROBES, count - 1) : 0),
			);
		case 'outage':
			return now + jitter(nth(OUTAGES, count), now);
		case 'auth':
			return now + AUTH;
	}
}

/** Up to a quarter more, so that many loops do not come back at the same moment. */
function jitter(ms: number, now: Time): number {
	return ms + (ms / 4) * ((now % 1000) / 1000);
}

/** `count` is from 1; the last one repeats. */
export function nth(steps: readonly number[], count: number): number {
	return steps[Math.min(count, steps.length) - 1]!;
}
