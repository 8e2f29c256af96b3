/** By the clock of whoever looks: `03:12`. */
export function clock(at: number): string {
	return new Date(at).toTimeString().slice(0, 5);
}

/** `2026-11-22`. */
export function day(at: number): string {
	return new Date(at).toLocaleDateString('sv-SE');
}

/** Of an entry's `at`, to the minute: `2026-11-22 03:12`. */
export function dayAndClock(at: string): string {
	const time = Date.parse(at);
	return `${day(time)} ${clock(time)}`;
}
