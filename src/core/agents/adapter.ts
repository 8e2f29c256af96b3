import type { Payer, Role, SessionEnd, Time, Usage } from '../types.ts';

/** What to spawn, as data. The prompt goes to its stdin, which is then closed. */
interface Launch {
	/** A program name or path, resolved by whoever spawns it. */
	readonly file: string;
	readonly args: readonly string[];
	/** Laid over the inherited environment; null removes. */
	readonly env: Readonly<Record<string, string | null>>;
}

/** How the process of a session ended: one of the two is null. */
export interface Exit {
	readonly code: number | null;
	readonly signal: string | null;
}

/**
 * What one line of stdout means for the clock of the session. From `tool-open` until `tool-closed` at least one tool call
 * is open; `retrying` is activity and no progress. After `result` the process should end by itself; after `result-pending` it
 * waits for work of its own in the background, and goes on with another turn when that ends.
 */
export type Sign =
	'progress' | 'tool-open' | 'tool-closed' | 'retrying' | 'result' | 'result-pending' | 'nothing';

/** What a session came to, by its own words and its exit. */
export interface Outcome {
	readonly end: SessionEnd;
	readonly text: string;
	readonly usage: Usage;
	readonly pays: Payer | null;
	readonly agentSession: string | null;
	readonly model: string | null;
}

/** Reads the output of one session. Contract: never throws, whatever the agent prints. */
export interface Decoder {
	/** Fed each complete line of stdout, in order, where the adapter speaks `lines`. */
	line(text: string): Sign;
	/** What was used up to now, as far as its lines tell. */
	used?(): Usage;
	/** The tool call that is open, `Bash npm test`, or `after` the last one; null: it told of none. As the agent wrote it. */
	tool?(): string | null;
	/** The last message of its own up to now, where it speaks in lines; `number`: the how manieth it is, from 1. */
	said?(): { readonly number: number; readonly text: string };
	/**
	 * After the exit, once. `tail`: the last part (up to 1 MiB) of stdout; `stderr`: its last 4 KiB. A session that
	 * said success and was then ended by a signal, as it would not go away, has completed.
	 */
	finish(exit: Exit, tail: string, stderr: string, now: Time): Outcome;
}

/** One kind of agent: how it is started, and what its output means. */
export interface Adapter {
	readonly name: string;
	/** The command that installs its program; null where only the person can know. */
	readonly install: string | null;
	/** `lines`: JSON lines, each for `Decoder.line`; `text`: plain stdout, its tail is the final message. */
	readonly speaks: 'lines' | 'text';
	/** `line` is the agent as the prompt file names it; `args` come last, so that a person's word wins. */
	launch(input: {
		role: Role;
		model: string | null;
		args: readonly string[];
		line: string;
		/** What it may cost at most, in US dollars, where it can be told so. */
		usd?: number | null;
	}): Launch;
	decoder(): Decoder;
}
