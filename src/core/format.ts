/** A length of time for people: `0.3s`, `42s`, `31m`, `1h 5m`. */
export function duration(ms: number): string {
	const tenths = Math.max(0, Math.round(ms / 100));
	if (tenths < 100) {
		return `${tenths / 10}s`;
	}
	const seconds = Math.round(ms / 1000);
	if (seconds < 60) {
		return `${seconds}s`;
	}
	const minutes = Math.round(seconds / 60);
	const rest = minutes % 60;
	if (minutes < 60) {
		return `${minutes}m`;
	}
	return rest === 0 ? `${(minutes - rest) / 60}h` : `${(minutes - rest) / 60}h ${rest}m`;
}

/** An amount of US dollars: `$4.02`. */
export function money(usd: number): string {
	return `$${usd.toFixed(2)}`;
}

/** A number of tokens: `950`, `12k`, `1.2M`. */
export function tokens(count: number): string {
	if (count < 1000) {
		return String(count);
	}
	return count < 999_500 ? `${Math.round(count / 1000)}k` : `${Math.round(count / 100_000) / 10}M`;
}

/** An amount of data: `512 B`, `3.4 MB`, `1.2 GB`. */
export function bytes(count: number): string {
	if (count < 1000) return `${Math.floor(count)} B`;
	const power = Math.min(3, Math.floor(Math.log10(count) / 3));
	return `${(count / 1000 ** power).toFixed(1)} ${['kB', 'MB', 'GB'][power - 1]}`;
}
