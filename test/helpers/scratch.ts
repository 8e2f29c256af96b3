import { execa } from 'execa';
import { mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { Attempt, TaskId } from '../../src/core/types.ts';
import { findProject, prepareFolders } from '../../src/io/project.ts';
import type { Project } from '../../src/io/project.ts';
import { attempt, todo } from './parts.ts';

/** A repository of its own as the parts of io see it. Taken away with the test. */
export interface Scratch {
	/** Absolute; the work tree is a folder in it. */
	readonly around: string;
	readonly project: Project;
	/** Runs git in the work tree as the person; its stdout without the last line end. */
	git(...words: string[]): Promise<string>;
	/** The same as an agent does it in its session. */
	agentGit(...words: string[]): Promise<string>;
	read(name: string): string;
	write(name: string, content: string | Uint8Array): void;
	/** An attempt at the task of that text, from where HEAD is. */
	attemptAt(text: string): Promise<Attempt>;
}

/** With one commit that holds the given files; `todo.md` with two tasks where none is given. */
export async function scratch(files: Readonly<Record<string, string>> = {}): Promise<Scratch> {
	const around = await scratchFolder();
	const root = path.join(around, 'repository');
	await mkdir(root);
	const write: Scratch['write'] = (name, content) => {
		mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
		writeFileSync(path.join(root, name), content);
	};
	const run = (env: Record<string, string>) => async (words: readonly string[]) =>
		(await execa('git', words, { cwd: root, env: { ...ENV, ...env }, stdin: 'ignore' })).stdout;
	const [person, agent] = [run({}), run(AGENT)];
	const committed = { 'a.txt': 'one\n', 'todo.md': '- [ ] Add\n- [ ] Bend\n', ...files };
	for (const [name, text] of Object.entries(committed)) write(name, text);
	await person(['init', '--quiet', '--initial-branch=main']);
	await person(['config', 'user.name', 'A Person']);
	await person(['config', 'user.email', 'person@example.com']);
	await person(['add', '--all']);
	await person(['commit', '--quiet', '--message', 'start']);
	quieten(path.join(root, 'todo.md'));
	const project = { ...(await findProject(root, undefined)), cache: path.join(around, 'cache') };
	await prepareFolders(project);
	return {
		around,
		project,
		git: (...words) => person(words),
		agentGit: (...words) => agent(words),
		read: (name) => readFileSync(path.join(root, name), 'utf8'),
		write,
		async attemptAt(text) {
			const base = (await person(['rev-parse', 'HEAD'])) as Attempt['base'];
			return attempt({ base, text, task: idOf(readFileSync(project.todo, 'utf8'), text) });
		},
	};
}

/** An empty folder. Taken away with the test. */
export async function scratchFolder(): Promise<string> {
	const folder = await mkdtemp(path.join(await realpath(os.tmpdir()), 'nightloop-io-'));
	onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
	return folder;
}

/** As if it had been saved a while ago: nobody waits for a file that is quiet. `later` tells saves apart, in seconds. */
export function quieten(file: string, later = 0): void {
	const before = new Date(Date.now() - 60_000 + later * 1000);
	utimesSync(file, before, before);
}

export function idOf(list: string, text: string): TaskId {
	const task = todo(list).tasks.find((each) => each.text === text);
	if (!task) throw new Error(`no task ${text} in ${list}`);
	return task.id;
}

const ENV = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', GIT_EDITOR: 'true' };
const AGENT = {
	GIT_AUTHOR_NAME: 'nightloop agent',
	GIT_AUTHOR_EMAIL: 'agent@nightloop.invalid',
	GIT_COMMITTER_NAME: 'nightloop agent',
	GIT_COMMITTER_EMAIL: 'agent@nightloop.invalid',
};
