/** A length of time such as `8h`, `1h30m`, `90s`, `200ms` or `0` in ms. null: it is none. */
export function parseDuration(text: string): number | null {
	const written = text.trim().toLowerCase();
	if (written === '0') {
		return 0;
	}
	if (!/^(?:\d+(?:\.\d+)?\s*(?:ms|[smhd])\s*)+$/.test(written)) {
		return null;
	}
	const parts = written.matchAll(/([\d.]+)\s*(ms|[smhd])/g);
	return [...parts].reduce((sum, [, count, unit]) => sum + Number(count) * units.get(unit)!, 0);
}

/** In ms. */
const units = new Map<string | undefined, number>([
	['ms', 1],
	['s', 1000],
	['m', 60_000],
	['h', 3_600_000],
	['d', 86_400_000],
]);
