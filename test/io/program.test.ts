import path from 'node:path';
import { expect, test } from 'vitest';
import { runProgram } from '../../src/io/program.ts';
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

function run(script: string, input?: Buffer) {
	return runProgram('/bin/sh', ['-c', script], { cwd: '/', env: {}, ...(input ? { input } : {}) });
}
