import type { Ending } from './types.ts';

/** The exit code of a run that ended: 0 nothing left open, 3 something parked or not landed, 4 out of time or budget. */
export function exitCode(ending: Ending): number {
	switch (ending.kind) {
		case 'nothing-open':
			return ending.parked > 0 ? 3 : 0;
		case 'once':
			return ending.outcome === 'landed' ? 0 : 3;
		case 'deadline':
		case 'budget':
			return 4;
		case 'signal':
			return bySignal[ending.signal];
	}
}

// 128 plus the signal's number, as a shell reports it
const bySignal = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
