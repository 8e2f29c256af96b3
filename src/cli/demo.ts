import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { execa } from 'execa';
import { narration } from '../demo/narration.ts';
import { demoFiles, demoScript } from '../demo/script.ts';
import type { Options } from './options.ts';
import { run } from './run.ts';

/** Runs the real loop with the scripted agent in a repository of its own, and says what each step proves. */
export async function demo({ flags }: Options): Promise<number> {
	const folder = await mkdtemp(path.join(os.tmpdir(), 'nightloop-demo-'));
	const repository = path.join(folder, 'repository');
	await writeFile(path.join(folder, 'script.json'), JSON.stringify(demoScript));
	const agent = path.join(folder, 'scripted-agent');
	const command = [
		process.execPath,
		path.join(import.meta.dirname, '../demo/agent.js'),
		path.join(folder, 'script.json'),
	];
	await writeFile(agent, `#!/bin/sh\nexec ${command.map((word) => `'${word}'`).join(' ')}\n`, {
		mode: 0o755,
	});
	await makeRepository(repository, demoFiles(agent));
	console.log(`The whole loop, with an agent that follows a script, in ${repository}\n`);
	const code = await run(
		{ command: 'run', folder: repository, words: [], flags: { ...flags, 'until-done': true } },
		narration,
	);
	console.log(
		`\nLook around: git -C ${repository} log --stat\n             cat ${repository}/todo.md\n             ls ${repository}/.nightloop/sessions`,
	);
	return code;
}

async function makeRepository(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
	for (const [name, text] of Object.entries(files)) {
		await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
		await writeFile(path.join(folder, name), text);
	}
	const git = (...args: string[]) => execa('git', args, { cwd: folder });
	await git('init', '--quiet', '--initial-branch=main');
	await git('config', 'user.name', 'you');
	await git('config', 'user.email', 'you@localhost.invalid');
	await git('add', '--all');
	await git('commit', '--quiet', '--message=start');
}
