import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readVerdict } from '../../src/core/gate/verdict.ts';
import { demoFiles, demoScript } from '../../src/demo/script.ts';
import { readScript } from '../../src/demo/scenes.ts';

const agent = fileURLToPath(new URL('../../dist/src/demo/agent.js', import.meta.url));
let folder = '';
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'demo-'));
	for (const [path, text] of Object.entries({
		...demoFiles('agent'),
		'../script.json': JSON.stringify(demoScript),
	})) {
		const to = join(folder, 'repository', path);
		await mkdir(dirname(to), { recursive: true });
		await writeFile(to, text);
	}
});
afterEach(() => rm(folder, { recursive: true }));

const tasks = [1, 2].map(
	(number) => demoFiles('')['todo.md']?.match(/(?<=^- \[ \] ).*$/gm)?.[number - 1] ?? '',
);

async function session(role: string, task: string, attempt: number) {
	const env = {
		NIGHTLOOP_ROLE: role,
		NIGHTLOOP_TASK: task,
		NIGHTLOOP_ATTEMPT: String(attempt),
		NIGHTLOOP_NONCE: 'n1',
	};
	const { stdout } = await execa('node', [agent, join(folder, 'script.json')], {
		cwd: join(folder, 'repository'),
		env,
		input: '',
	});
	return readVerdict({
		text: stdout,
		nonce: 'n1',
		end: { kind: 'completed' },
		roomChanges: [],
		reviewer: 'reviewer',
	});
}
const check = () => execa('node', ['check.js'], { cwd: join(folder, 'repository'), reject: false });

test('the script can be read', () => expect(readScript(JSON.stringify(demoScript))).toHaveLength(6));

test('the command line of the agent stands in both prompts, whatever is in it', () => {
	const files = demoFiles('node "a b.js" #1: x');
	expect(files['prompts/worker.md']).toContain('agent: "node \\"a b.js\\" #1: x"\n');
	expect(files['prompts/reviewer.md']).toContain('agent: "node \\"a b.js\\" #1: x"\n');
});

test('the checks are green before anything is done', async () =>
	expect(await check()).toMatchObject({ exitCode: 0 }));

test('the first attempt is green and has a bug, which the reviewer shows by what it ran', async () => {
	await session('worker', tasks[0] ?? '', 1);
	expect(await check()).toMatchObject({ exitCode: 0 });
	const verdict = await session('reviewer', tasks[0] ?? '', 1);
	const evidence = verdict.kind === 'rejected' ? (verdict.findings[0]?.evidence ?? '') : '';
	const [command = '', output] = evidence.replace('$ ', '').split('\n');
	const { stdout } = await execa(command, { shell: true, cwd: join(folder, 'repository') });
	expect(stdout).toBe(output);
});

test('the second attempt answers the finding and is approved', async () => {
	await session('worker', tasks[0] ?? '', 1);
	await session('worker', tasks[0] ?? '', 2);
	expect(await check()).toMatchObject({ exitCode: 0 });
	expect(await session('reviewer', tasks[0] ?? '', 2)).toMatchObject({ kind: 'approved' });
	expect(await readFile(join(folder, 'repository/check.js'), 'utf8')).toContain('10x');
});

test('the second task is approved at once', async () => {
	await session('worker', tasks[1] ?? '', 1);
	expect(await session('reviewer', tasks[1] ?? '', 1)).toMatchObject({ kind: 'approved' });
	expect(await readFile(join(folder, 'repository/README.md'), 'utf8')).toContain("seconds('5m')");
});
