import type { Adapter } from './adapter.ts';
import { claude } from './claude.ts';
import { codex } from './codex.ts';
import { command } from './command.ts';
import { copilot } from './copilot.ts';
import { gemini } from './gemini.ts';
import { opencode } from './opencode.ts';
import { qwen } from './qwen.ts';

export type { Adapter, Outcome, Sign } from './adapter.ts';

/** The adapter of an agent as a prompt file or an option names it: the exact name of a known agent, else a command line. */
export function adapterFor(agent: string): Adapter {
	const name = agent.trim();
	return named.find((adapter) => adapter.name === name) ?? command;
}

/**
 * The program that must be there for the agent to run, by name or path: the first word. null: the line holds more
 * than words, so that only the shell can tell.
 */
export function programOf(agent: string): string | null {
	const line = agent.trim();
	const word = /^\S*/.exec(line)![0];
	return plainWord.test(word) && !shellWords.has(word) ? word : null;
}

/** A new agent is a file in agents/ and a row here. */
const named: readonly Adapter[] = [claude, codex, gemini, opencode, qwen, copilot];

/** By name, in the order in which they are proposed. */
export const AGENTS: readonly string[] = named.map(({ name }) => name);

const plainWord = /^[\w@%+:,./-]+$/;
/** What looks like a program and is part of the shell. */
const shellWords: ReadonlySet<string> = new Set([
	'.',
	':',
	'case',
	'cd',
	'command',
	'eval',
	'exec',
	'export',
	'for',
	'if',
	'set',
	'umask',
	'unset',
	'until',
	'while',
]);
