/** How times are told, and what leads from the page to the sessions' logs: `''`, or a path that ends in a slash. */
export interface Setting {
	/** A time of day as the person reads it: `03:12`. */
	readonly clock: (at: number) => string;
	/** A date: `2026-11-22`. */
	readonly day: (at: number) => string;
	readonly logs: string;
}
