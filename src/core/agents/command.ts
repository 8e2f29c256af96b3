import { readLimit } from './limits.ts';
import type { SessionEnd, Time } from '../types.ts';
import type { Adapter, Exit } from './adapter.ts';
import { lastLine } from './last-line.ts';

/**
 * Any command line. Always through `sh`: what a person types in a terminal works here, quotes, pipes and variables
 * included, and a shell replaces itself by a single command, so nothing stands between. Further arguments are handed
 * over as positional parameters, which need no quoting.
 */
export const command: Adapter = {
	name: 'command',
	install: null,
	speaks: 'text',
	launch: ({ line, model, args }) => ({
		file: 'sh',
		args: args.length === 0 ? ['-c', line] : ['-c', `${line} "$@"`, 'sh', ...args],
		env: { NIGHTLOOP_MODEL: model },
	}),
	decoder: () => ({
		line: () => 'nothing',
		finish: (exit, tail, stderr, now) => ({
			end: endOf(exit, tail, stderr, now),
			text: tail,
			usage: { usd: 0, tokens: 0 },
			pays: null,
			agentSession: null,
			model: null,
		}),
	}),
};

/** Nothing but text tells why a command failed, and of that only the very last line: on stderr, else on stdout. */
function endOf(exit: Exit, tail: string, stderr: string, now: Time): SessionEnd {
	if (exit.code === 0) return { kind: 'completed' };
	const last = [lastLine(stderr), lastLine(tail)].filter((line) => line !== '');
	const told = last
		.map((message) => ({ message, ...readLimit(message, now) }))
		.find(({ kind }) => kind !== 'other');
	if (exit.code === null || !told || told.kind === 'other') {
		return {
			kind: 'failed',
			exitCode: exit.code,
			signal: exit.signal,
			message: last[0] ?? 'it said nothing',
		};
	}
	return told;
}
