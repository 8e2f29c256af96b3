import type { Adapter } from './adapter.ts';
import { claude } from './claude.ts';
import { command } from './command.ts';
import { UserError } from '../errors.ts';

export type { Adapter, Outcome, Sign } from './adapter.ts';

/**
 * The adapter of an agent as a prompt file or an option names it: the exact name of a known agent, else a command line.
 * Throws a `UserError` for a known agent that has no adapter yet.
 */
export function adapterFor(agent: string): Adapter {
	const name = agent.trim();
	if (notYet.has(name)) throw unsupported(name);
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
const named: readonly Adapter[] = [claude];

/** How to run them as a command line until they have a row. */
const notYet: ReadonlyMap<string, string> = new Map([
	['codex', 'codex exec --ephemeral --dangerously-bypass-approvals-and-sandbox -'],
	['gemini', 'gemini --yolo --skip-trust'],
	['opencode', 'opencode run'],
]);

function unsupported(name: string): UserError {
	return new UserError({
		what: `the agent ${name} cannot be used by its name yet`,
		why: 'only claude is known by name; anything else is run as a command line',
		fix: `write a command line instead, such as agent: sh -c '${notYet.get(name)!}'`,
	});
}

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
