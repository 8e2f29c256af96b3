import { parseArgs } from 'node:util';
import { UserError } from '../core/errors.ts';
import { plainLine } from '../core/plain.ts';
import type { Overrides } from '../core/rules/settings.ts';

const COMMANDS = [
	'run',
	'init',
	'status',
	'why',
	'undo',
	'accept',
	'plan',
	'report',
	'audit',
	'demo',
] as const;
type Command = (typeof COMMANDS)[number];

/** What was asked for on the command line. */
export interface Options {
	readonly command: Command;
	/** The `-C` folder, as given. */
	readonly folder: string;
	/** What stands after the command, such as the task that it is about. */
	readonly words: readonly string[];
	readonly flags: Flags;
}

export type Flags = ReturnType<typeof parse>['values'];

/** Throws a `UserError` for what it does not know. `--help` and `--version` are answered by the caller. */
export function readOptions(args: readonly string[]): Options {
	const { values, positionals } = parseOrExplain(args);
	const [command = 'run', ...rest] = positionals;
	if (command === 'help') return { command: 'run', folder: '.', words: [], flags: { ...values, help: true } };
	if (!isCommand(command))
		throw unknown(`nightloop has no command ${command}.`, `It knows ${COMMANDS.join(', ')}.`);
	if (rest.length > 0 && (!TAKES_WORDS.includes(command) || values['check-list']))
		throw unknown(`${command} takes no ${rest[0]}.`, 'It was given more words than it knows.');
	const foreign = Object.keys(values).find((flag) => !flagsOf(command).includes(flag));
	if (foreign !== undefined)
		throw unknown(
			`${command} takes no ${dashed(foreign)}.`,
			`It knows ${flagsOf(command).map(dashed).join(', ')}.`,
		);
	refuseTogether(command, values);
	return { command, folder: values.C ?? '.', words: rest, flags: values };
}

/** What of the settings in todo.md the command line lays over. */
export function overridesOf(flags: Flags): Overrides {
	return {
		...(flags.check ? { checks: flags.check } : {}),
		...(flags.attempts === undefined ? {} : { attempts: numberOf('--attempts', flags.attempts) }),
		...(flags.until === undefined ? {} : { until: flags.until }),
		...(flags['budget-usd'] === undefined ? {} : { usd: numberOf('--budget-usd', flags['budget-usd']) }),
		...(flags.agent === undefined ? {} : { agent: flags.agent }),
		...(flags.reviewer === undefined ? {} : { reviewer: flags.reviewer }),
	};
}

function numberOf(flag: string, text: string): number {
	const number = Number(text);
	if (Number.isNaN(number))
		throw unknown(`${flag} "${plainLine(text, 60)}" is no number.`, 'It takes one, such as 5.');
	return number;
}

function refuseTogether(command: Command, flags: Flags): void {
	if (flags['until-done'] && flags.once)
		throw unknown('--until-done and --once cannot go together.', 'Each says when to end.');
	if (command === 'plan' && flags.json && !flags['check-list'])
		throw unknown('plan takes --json with --check only.', 'What it says of a spec is for people.');
}

const TAKES_WORDS: readonly Command[] = ['why', 'undo', 'plan'];

/** What each command goes by: a flag that it would not look at may be the very reason why somebody dared to run it. */
const FLAGS: Readonly<Record<Command, readonly (keyof Flags)[]>> = {
	run: [
		'until-done',
		'once',
		'dry-run',
		'agent',
		'reviewer',
		'check',
		'attempts',
		'until',
		'budget-usd',
		'plain',
		'json',
	],
	init: [],
	status: ['json'],
	why: ['json'],
	undo: ['why', 'drop'],
	accept: [],
	plan: ['check-list', 'dry-run', 'agent', 'reviewer', 'json'],
	report: ['out'],
	audit: ['json'],
	demo: ['plain', 'json'],
};
const OF_ALL: readonly (keyof Flags)[] = ['todo', 'C', 'help', 'version'];

export const HELP = `nightloop [run]      work through todo.md: clean sessions, a reviewer approves
  --todo FILE        the list (default todo.md)
  --until-done       end when nothing is open, instead of waiting for edits
  --once             one attempt, then end: exit 0 landed, 3 not
  --dry-run          show tasks, ignored boxes, commands, prompts; write nothing
  --agent SPEC  --reviewer SPEC  --check CMD (repeatable)  --attempts N
  --until T  --budget-usd N      lay over the settings of todo.md
  --plain | --json   plain lines | one JSON event a line
nightloop init       write todo.md, prompts/, memory/ where they are missing
nightloop status     what it is doing, done, parked, spent  [--json]
nightloop why [TASK] attempts, findings, check output, diff and logs  [--json]
nightloop undo TASK|COMMIT [--why TEXT] [--drop]  take a landed task's code back
nightloop accept     take settings and prompts as they are on disk as your word
nightloop plan SPEC  a spec as tasks, approved; --check judges your own [--json]
nightloop report     write .nightloop/report.html, for the morning  [--out FILE]
nightloop audit      check that every tick was approved, byte for byte  [--json]
nightloop demo       the whole loop in a scratch repository, no agent needed
-C DIR  --help  --version
  nightloop --once --agent 'my-agent --headless'   try one task
  nightloop --until-done --check 'npm test'        work it all off, tests pass
Exit: 0 done, 1 bug or git failed, 2 cannot start, 3 parked or unlanded tasks,
4 budget or deadline, 5 another loop, 6 audit found something broken.`;

function parse(args: readonly string[]) {
	return parseArgs({
		args: withPlansCheck(args),
		allowPositionals: true,
		options: {
			C: { type: 'string', short: 'C' },
			todo: { type: 'string' },
			'until-done': { type: 'boolean' },
			once: { type: 'boolean' },
			'dry-run': { type: 'boolean' },
			agent: { type: 'string' },
			reviewer: { type: 'string' },
			check: { type: 'string', multiple: true },
			'check-list': { type: 'boolean' },
			attempts: { type: 'string' },
			until: { type: 'string' },
			'budget-usd': { type: 'string' },
			why: { type: 'string' },
			drop: { type: 'boolean' },
			out: { type: 'string' },
			plain: { type: 'boolean' },
			json: { type: 'boolean' },
			help: { type: 'boolean', short: 'h' },
			version: { type: 'boolean', short: 'v' },
		},
	});
}

/** To plan, `--check` is what to do and takes no value. */
function withPlansCheck(args: readonly string[]): string[] {
	const isPlan =
		args.find((arg, index) => !arg.startsWith('-') && !['-C', '--todo'].includes(args[index - 1] ?? '')) ===
		'plan';
	return args.map((arg) => (isPlan && arg === '--check' ? '--check-list' : arg));
}

function parseOrExplain(args: readonly string[]): ReturnType<typeof parse> {
	try {
		return parse(args);
	} catch (error) {
		const [what = ''] = (error instanceof Error ? error.message : String(error)).split(/\. |\n/);
		throw unknown(what, 'The command line does not read. A text that begins with a dash goes after "--".');
	}
}

function flagsOf(command: Command): readonly string[] {
	return [...FLAGS[command], ...OF_ALL];
}

function dashed(flag: string): string {
	if (flag === 'check-list') return '--check';
	return flag.length === 1 ? `-${flag}` : `--${flag}`;
}

function isCommand(word: string): word is Command {
	return (COMMANDS as readonly string[]).includes(word);
}

function unknown(what: string, why: string): UserError {
	return new UserError({ what, why, fix: 'nightloop --help' });
}
