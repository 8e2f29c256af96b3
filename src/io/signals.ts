import process from 'node:process';
import type { Scene, Signal } from '../core/types.ts';

/**
 * What a person asked for by signal: SIGINT once finishes the attempt; twice, or SIGTERM or SIGHUP, ends it now. It
 * listens until the process ends: an impatient third one must not cut off the end of the second.
 */
export function listenForStop(onStop: (stop: Scene['stop']) => void): () => Scene['stop'] {
	let stop: Scene['stop'] = { kind: 'none' };
	const handle = (signal: Signal) => () => {
		const kind = signal === 'SIGINT' && stop.kind === 'none' ? 'finish' : 'now';
		stop = { kind, signal: stop.kind === 'none' ? signal : stop.signal };
		onStop(stop);
	};
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, handle(signal));
	return () => stop;
}
