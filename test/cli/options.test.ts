import { describe, expect, it } from 'vitest';
import { HELP, overridesOf, readOptions } from '../../src/cli/options.ts';
import { UserError } from '../../src/core/errors.ts';

const said = (line: string) => {
	try {
		return readOptions(line.split(' ').filter((word) => word !== '')).command;
	} catch (error) {
		if (error instanceof UserError) return `${error.exitCode}: ${error.what} ${error.why} ${error.fix}`;
		throw error;
	}
};

describe('the command line', () => {
	it.each([
		['', 'run'],
		[
			'--once --agent a --reviewer b --check c --check d --attempts 2 --until 8h --budget-usd 1 --json',
			'run',
		],
		['run --until-done --plain', 'run'],
		['--dry-run --json', 'run'],
		['status --json', 'status'],
		['why --json a task', 'why'],
		['undo a task --why so --drop', 'undo'],
		['audit --json', 'audit'],
		['plan spec.md --agent a --reviewer b --dry-run', 'plan'],
		['-C a plan --check --json', 'plan'],
		['--todo plan --check c', 'run'],
		['demo --plain', 'demo'],
		['why -- -starts with a dash', 'why'],
	])('reads %j', (line, command) => {
		expect(said(line)).toBe(command);
	});

	it.each(['run', 'init', 'status', 'why', 'undo', 'accept', 'plan', 'audit', 'demo'])(
		'gives %s a folder, a list, help and the version',
		(command) => {
			expect(said(`${command} -C a --todo b --help --version`)).toBe(command);
		},
	);

	it.each([
		['undo one --dry-run', 'undo takes no --dry-run.'],
		['init --dry-run', 'init takes no --dry-run.'],
		['accept --dry-run', 'accept takes no --dry-run.'],
		['undo one --json', 'undo takes no --json.'],
		['status --drop', 'status takes no --drop.'],
		['why one --why so', 'why takes no --why.'],
		['--drop', 'run takes no --drop.'],
		['audit --check a --check b', 'audit takes no --check.'],
		['demo --agent a', 'demo takes no --agent.'],
		['status one', 'status takes no one.'],
		['plan --check spec.md', 'plan takes no spec.md.'],
		['plan spec.md --json', 'plan takes --json with --check only.'],
		['plan spec.md --check=c', 'plan takes no --check.'],
		['status --check-list', 'status takes no --check.'],
		['frob', 'nightloop has no command frob.'],
		['--frob', "Unknown option '--frob'"],
		['why -starts', 'A text that begins with a dash goes after "--".'],
		['undo one --why --drop', "Option '--why' argument is ambiguous"],
		['--once --until-done', '--until-done and --once cannot go together.'],
	])('refuses %j', (line, what) => {
		expect(said(line)).toMatch(/^2: .*nightloop --help$/);
		expect(said(line)).toContain(what);
	});

	it.each(['attempts', 'budget-usd'])('wants a number of --%s', (flag) => {
		const { flags } = readOptions([`--${flag}`, 'many']);
		expect(() => overridesOf(flags)).toThrow(`--${flag} "many" is no number.`);
	});

	it('gives help by its name, and errors a line each', () => {
		expect(readOptions(['help', 'undo']).flags.help).toBe(true);
		expect(said('undo one --why --drop')).not.toContain('\n');
	});

	it('names the flags that a command knows', () => {
		expect(said('undo one --dry-run')).toContain('It knows --why, --drop, --todo, -C, --help, --version.');
	});

	it('tells all of itself on one screen of a terminal', () => {
		const lines = HELP.split('\n');
		expect(lines.length).toBeLessThan(24);
		expect(lines.filter((line) => line.length > 80)).toEqual([]);
	});
});
