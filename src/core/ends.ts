import { duration } from './format.ts';
import { plainLine } from './plain.ts';
import type { Ending, SessionEnd } from './types.ts';

/** How a session ended, in a few words on one line: `idle for 15m`, `failed with exit code 3: no such model`. */
export function endWords(end: SessionEnd): string {
	switch (end.kind) {
		case 'completed':
			return 'completed';
		case 'failed':
			return told(`failed with ${exit(end)}`, end.message);
		case 'limited':
			return told('at its limit', end.message);
		case 'outage':
			return told('service out of reach', end.message);
		case 'auth':
			return told('not logged in', end.message);
		case 'idle':
			return `idle for ${duration(end.ms)}`;
		case 'overtime':
			return `over its time of ${duration(end.ms)}`;
		case 'stopped':
			return told('stopped', end.why);
		case 'vanished':
			return 'vanished: the loop was not there when it ended';
	}
}

/** How a run ended, as its last line: `■ budget used up: usd 25.02 of 25`. */
export function endingLine(ending: Ending): string {
	switch (ending.kind) {
		case 'nothing-open':
			return `■ nothing left open: ${ending.done} done${ending.parked > 0 ? `, ${ending.parked} parked` : ''}`;
		case 'once':
			return ending.outcome === 'landed' ? '■ one attempt made: landed' : '■ one attempt made: not landed';
		case 'deadline':
			return '■ deadline reached';
		case 'budget':
			return `■ ${usedUp(ending)}: ${ending.what} ${Math.round(ending.spent * 100) / 100} of ${ending.limit}`;
		case 'signal':
			return `■ stopped by ${ending.signal}`;
	}
}

function usedUp({ spent, limit }: { spent: number; limit: number }): string {
	return spent < limit ? 'budget: the next attempt may pass it' : 'budget used up';
}

function exit(end: { exitCode: number | null; signal: string | null }): string {
	return end.signal ?? (end.exitCode === null ? 'no exit code' : `exit code ${end.exitCode}`);
}

function told(what: string, message: string): string {
	const line = plainLine(message);
	return line === '' ? what : `${what}: ${line}`;
}
