import type { Payer, Time } from './types.ts';

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

/** An amount of US dollars: `$4.02`; `≈$4.02` where a subscription paid, so that it is what it would have cost. */
export function money(usd: number, pays: Payer | null = null): string {
	return `${pays === 'subscription' ? '≈' : ''}$${usd.toFixed(2)}`;
}

/** A time by the clock of this machine, seen from another: `00:10`, `Tue Nov 24 00:10`. */
export function clockTime(time: Time, from: Time): string {
	const [day, clock] = [
		new Date(time).toDateString().slice(0, 10),
		new Date(time).toTimeString().slice(0, 5),
	];
	return Math.abs(time - from) < HALF_A_DAY ? clock : `${day} ${clock}`;
}

/** In ms: within it a clock time names one moment, and the nearest that anybody would think of. */
const HALF_A_DAY = 43_200_000;

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
