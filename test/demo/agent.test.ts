import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readVerdict } from '../../src/core/gate/verdict.ts';
import { readStatus } from '../../src/core/gate/worker-status.ts';

const agent = fileURLToPath(new URL('../../dist/src/demo/agent.js', import.meta.url));
let folder = '';
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'scripted-agent-'));
});
afterAll(() => rm(folder, { recursive: true }));

const worker = {
	NIGHTLOOP_ROLE: 'worker',
	NIGHTLOOP_TASK: 'Add login',
	NIGHTLOOP_ATTEMPT: '1',
	NIGHTLOOP_SESSION: '0001-worker',
};
const reviewer = { ...worker, NIGHTLOOP_ROLE: 'reviewer', NIGHTLOOP_NONCE: '5f2c9a' };

async function start(
	script: string,
	env: Record<string, string> = worker,
	options: { timeout?: number } = {},
) {
	const path = join(folder, 'script.json');
	await writeFile(path, script);
	return execa('node', [agent, path], { cwd: folder, env, input: 'the prompt', reject: false, ...options });
}
const plays = (actions: unknown[], env: Record<string, string> = worker) =>
	start(JSON.stringify({ scenes: [{ role: env['NIGHTLOOP_ROLE'], do: actions }] }), env);
const verdictOf = (text: string) =>
	readVerdict({ text, nonce: '5f2c9a', end: { kind: 'completed' }, roomChanges: [], reviewer: 'r' });

const refuses = async (script: string, line: string, env = worker) =>
	expect(await start(script, env)).toMatchObject({
		exitCode: 2,
		stdout: '',
		stderr: `scripted agent: ${line}`,
	});

describe('the scripted agent', () => {
	test('writes, appends and deletes files where it stands', async () => {
		await plays([
			{ write: { path: 'src/a.txt', text: '{{task}}\n' } },
			{ append: { path: 'src/a.txt', text: 'attempt {{attempt}}\n' } },
			{ write: { path: 'b.txt', text: '' } },
			{ delete: 'b.txt' },
			{ delete: 'never-was.txt' },
		]);
		expect(await readFile(join(folder, 'src/a.txt'), 'utf8')).toBe('Add login\nattempt 1\n');
		await expect(readFile(join(folder, 'b.txt'))).rejects.toThrow('ENOENT');
	});

	test('says its final message on stdout, what it runs speaks on stderr', async () => {
		const { stdout, stderr, exitCode } = await plays([
			{ run: 'echo running' },
			{ sleep: '1ms' },
			{ say: 'I read {{prompt}}.' },
		]);
		expect({ stdout, stderr, exitCode }).toEqual({
			stdout: 'I read the prompt.',
			stderr: 'running',
			exitCode: 0,
		});
	});

	test('approves in words that the loop reads', async () => {
		const { stdout } = await plays([{ say: 'Fine.' }, { verdict: 'approve' }], reviewer);
		expect(verdictOf(stdout)).toEqual({ kind: 'approved', findings: [], red: null });
	});

	test('rejects in words that the loop reads', async () => {
		const { stdout } = await plays(
			[{ verdict: 'reject', findings: [{ what: 'a bug', evidence: '$ x\ny' }] }],
			reviewer,
		);
		expect(verdictOf(stdout)).toMatchObject({
			kind: 'rejected',
			findings: [{ what: 'a bug', evidence: '$ x\ny' }],
		});
	});

	test('says raw text in a fence with the right nonce', async () => {
		const { stdout } = await plays([{ fence: 'nonsense' }], reviewer);
		expect(verdictOf(stdout)).toEqual({ kind: 'unreadable', why: 'the verdict is not a JSON object' });
	});

	test('tells its status in words that the loop reads', async () => {
		const { stdout } = await plays([{ status: 'blocked', reason: 'no key' }]);
		expect(readStatus(stdout)).toEqual({ status: 'blocked', reason: 'no key', red: null });
	});

	test('ends with the code that it was given, and does nothing after it', async () => {
		expect(await plays([{ exit: 3 }, { say: 'never' }])).toMatchObject({ exitCode: 3, stdout: '' });
	});

	test('ends itself by a signal', async () => {
		expect(await plays([{ say: 'before' }, { kill: 'SIGKILL' }])).toMatchObject({
			signal: 'SIGKILL',
			stdout: 'before',
		});
	});

	test('spills as many bytes as it was told', async () => {
		const { stdout } = await plays([{ spill: { bytes: 300_000, char: '\0' } }]);
		expect(stdout).toBe('\0'.repeat(300_000));
	});

	test('hangs until it is ended', async () => {
		const hung = await start('{"scenes":[{"role":"worker","do":[{"say":"here"},{"hang":true}]}]}', worker, {
			timeout: 1000,
		});
		expect(hung).toMatchObject({ timedOut: true, stdout: 'here' });
	});
});

describe('the scripted agent refuses, in one line', () => {
	test('a role for which there is no scene', () =>
		refuses(
			'{"scenes":[{"role":"reviewer","do":[]}]}',
			'no scene for role "worker", task "Add login", attempt 1: none of the script fits',
		));
	test('an unknown action, before it does anything', () =>
		refuses(
			'{"scenes":[{"role":"worker","do":[{"say":"hi"},{"wirte":1}]}]}',
			'scenes[0].do[1]: unknown action {"wirte":1}',
		));
	test('a script that is no JSON', () => refuses('{', 'the script: it is not {"scenes":[...]}'));
	test('to go on after a command that failed', () =>
		refuses(
			'{"scenes":[{"role":"worker","do":[{"run":"exit 7"},{"say":"hi"}]}]}',
			'run "exit 7": it ended with exit code 7',
		));
	test('a script that is not there', async () => {
		const { exitCode, stderr } = await execa('node', [agent, join(folder, 'none.json')], {
			input: '',
			env: worker,
			reject: false,
		});
		expect({ exitCode, stderr }).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('ENOENT') });
	});
});
