import type { Time } from '../types.ts';

/** How long a rejected candidate is kept, in days. */
export const DAYS_KEPT = 14;

/** Whether a candidate that was made at that time is kept no more. */
export function isPastKeeping(made: Time, now: Time): boolean {
	return now - made > DAYS_KEPT * DAY;
}

const DAY = 24 * 3_600_000;
