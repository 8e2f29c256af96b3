import process from 'node:process';
import type { Scene, Signal } from '../core/types.ts';

/** What a person asked for by signal: SIGINT once finishes the attempt; twice, or SIGTERM or SIGHUP, ends it now. */
export function listenForStop(onStop: () => void): { asked(): Scene['stop']; close(): void } {
	let stop: Scene['stop'] = { kind: 'none' };
	const handle = (signal: Signal) => () => {
		const kind = signal === 'SIGINT' && stop.kind === 'none' ? 'finish' : 'now';
		stop = { kind, signal: stop.kind === 'none' ? signal : stop.signal };
		onStop();
	};
	const handlers = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map(
		(signal) => [signal, handle(signal)] as const,
	);
	for (const [signal, handler] of handlers) process.on(signal, handler);
	return {
		asked: () => stop,
		close() {
			for (const [signal, handler] of handlers) process.off(signal, handler);
		},
	};
}
