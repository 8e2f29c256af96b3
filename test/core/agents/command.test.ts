import { describe, expect, test } from 'vitest';
import { command } from '../../../src/core/agents/command.ts';

const now = Date.UTC(2026, 10, 22, 13, 0);
const launch = (line: string, args: readonly string[] = [], model: string | null = null) =>
	command.launch({ role: 'worker', model, args, line });
const finish = (code: number | null, tail: string, stderr = '', signal: string | null = null) =>
	command.decoder().finish({ code, signal }, tail, stderr, now);

describe('A command line', () => {
	test('is run by the shell as it stands', () => {
		expect(launch('A=1 agent | tee log')).toMatchObject({ file: 'sh', args: ['-c', 'A=1 agent | tee log'] });
	});

	test('gets its further arguments as they are, whatever they hold', () => {
		expect(launch('agent', ["it's", '$HOME; rm x']).args).toEqual([
			'-c',
			'agent "$@"',
			'sh',
			"it's",
			'$HOME; rm x',
		]);
	});

	test('finds the model that is asked for in its environment', () => {
		expect(launch('agent', [], 'opus').env).toEqual({ NIGHTLOOP_MODEL: 'opus' });
		expect(launch('agent').env).toEqual({ NIGHTLOOP_MODEL: null });
	});

	test('gives no sign by its lines', () =>
		expect(command.decoder().line('{"type":"result"}')).toBe('nothing'));
});

describe('A command', () => {
	test('that exits 0 has completed, and its output is the final message', () => {
		expect(finish(0, 'all\ndone\n', 'a warning')).toEqual({
			end: { kind: 'completed' },
			text: 'all\ndone\n',
			usage: { usd: 0, tokens: 0 },
			pays: null,
			agentSession: null,
			model: null,
		});
	});

	test('that exits 0 has completed, whatever it says of limits', () => {
		expect(finish(0, "You've hit your usage limit.").end).toEqual({ kind: 'completed' });
	});

	test.each([
		['its last line on stderr', 'out', 'why\nbecause\n', 'because'],
		['else its last line on stdout', 'out\nwhy\n', '\n', 'why'],
		['or says that there was none', '', '', 'it said nothing'],
	])('that fails tells %s', (_title, tail, stderr, message) => {
		expect(finish(3, tail, stderr).end).toEqual({ kind: 'failed', exitCode: 3, signal: null, message });
	});

	test.each([
		['on stderr', '', "ERROR: You've hit your usage limit. Try again at 3:07 PM (UTC)."],
		['on stdout', "You've hit your usage limit. Try again at 3:07 PM (UTC).\n", 'a warning\n'],
	])('that fails with a limit as its last word %s is limited', (_title, tail, stderr) => {
		expect(finish(1, tail, stderr).end).toMatchObject({
			kind: 'limited',
			until: Date.UTC(2026, 10, 22, 15, 7),
		});
	});

	test('that fails as it is not logged in needs a person', () => {
		expect(finish(1, '', 'unexpected status 401 Unauthorized').end).toEqual({
			kind: 'auth',
			message: 'unexpected status 401 Unauthorized',
		});
	});

	test('that fails as its provider is out of reach meets an outage', () => {
		expect(finish(1, '', 'Connection failed').end).toEqual({ kind: 'outage', message: 'Connection failed' });
	});

	test('that spoke of a limit before its last word has failed', () => {
		expect(finish(1, '', "You've hit your usage limit.\nsegmentation fault").end).toMatchObject({
			kind: 'failed',
		});
	});

	test('that was killed has failed, whatever it said last', () => {
		expect(finish(null, '', "You've hit your usage limit.", 'SIGKILL').end).toEqual({
			kind: 'failed',
			exitCode: null,
			signal: 'SIGKILL',
			message: "You've hit your usage limit.",
		});
	});
});
