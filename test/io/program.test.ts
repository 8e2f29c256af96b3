import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { runProgram } from '../../src/io/program.ts';
import { eventually } from '../helpers/eventually.ts';
import { scratchFolder } from '../helpers/scratch.ts';

test('a helper tells its exit code and all that it said', async () => {
	const input = Buffer.from('in');
	const result = await run('cat; echo err >&2; exit 3', input);
	expect(result).toEqual({ code: 3, signal: null, stdout: input, stderr: 'err\n' });
});

test('a helper that cannot be started has no exit code, nor has one that is killed', async () => {
	const options = { cwd: '/', env: {} };
	expect(await runProgram('/nowhere/git', [], options)).toMatchObject({ code: null, signal: null });
	expect(await run('kill -KILL $$')).toMatchObject({ code: null, signal: 'SIGKILL' });
});

test.each(['INT', 'HUP'])(
	'a helper that the terminal’s SIG%s caught as it was spawned is run again',
	async (signal) => {
		const file = path.join(await scratchFolder(), 'caught');
		const { code, stdout } = await run(
			`[ -e '${file}' ] && echo again && exit; : >'${file}'; kill -${signal} $$`,
		);
		expect([code, stdout.toString()]).toEqual([0, 'again\n']);
	},
);

test('a helper that is not wanted any more is ended with all that it started', async () => {
	const file = path.join(await scratchFolder(), 'pid');
	const over = new AbortController();
	const started = runProgram('/bin/sh', ['-c', `sleep 300 & echo $! >'${file}'; wait`], {
		cwd: '/',
		env: {},
		signal: over.signal,
	});
	await eventually(
		() => existsSync(file) && readFileSync(file, 'utf8') !== '',
		() => 'it to begin',
	);
	over.abort();
	expect(await started).toMatchObject({ code: null, stderr: 'it did not end' });
	const pid = readFileSync(file, 'utf8').trim();
	await eventually(
		() => !existsSync(`/proc/${pid}`) || /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8')),
		() => 'what it started to end',
	);
});

test('one that is not wanted any more when it is asked for does not run on', async () => {
	const options = { cwd: '/', env: {}, signal: AbortSignal.abort() };
	expect(await runProgram('/bin/sleep', ['300'], options)).toMatchObject({ code: null });
}, 5000);

function run(script: string, input?: Buffer) {
	return runProgram('/bin/sh', ['-c', script], { cwd: '/', env: {}, ...(input ? { input } : {}) });
}
