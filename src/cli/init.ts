import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findProject } from '../io/project.ts';
import { shippedPrompts } from '../io/shipped.ts';
import type { Options } from './options.ts';

/** Writes todo.md, prompts/ and memory/ where they are missing. Overwrites nothing. */
export async function init({ folder, flags }: Options): Promise<number> {
	const project = await findProject(folder, flags.todo);
	const inFolder = (name: string) => path.join(project.folder, name);
	await mkdir(inFolder('prompts'), { recursive: true });
	await mkdir(inFolder('memory'), { recursive: true });
	await writeNew(project.todo, TODO);
	await writeNew(inFolder('memory/README.md'), MEMORY);
	const prompts = (await readdir(shippedPrompts())).filter((name) => name.endsWith('.md'));
	for (const name of prompts) await copyNew(path.join(shippedPrompts(), name), inFolder(`prompts/${name}`));
	console.log(
		'\nNext: write your tasks into todo.md, look at them with `nightloop --dry-run`, try one with `nightloop --once`.',
	);
	return 0;
}

const TODO = `---
checks: []        # commands that must exit 0 on every candidate, such as [npm test]
attempts: 3       # then a task is parked as [!] for you
---

# Tasks

- [ ] Describe one small task here, in one line
  - indent details under it: what must be true when it is done
`;

const MEMORY = `Notes that sessions leave for later ones. Every *.md file here goes into every prompt, or its summary where there is no
room: keep them short. One may begin with front matter (---): for: [worker, reviewer], always: true, summary: one line.
`;

async function writeNew(file: string, text: string): Promise<void> {
	if (existsSync(file)) return told('kept', file);
	await writeFile(file, text, { flag: 'wx' });
	told('wrote', file);
}

async function copyNew(from: string, to: string): Promise<void> {
	if (existsSync(to)) return told('kept', to);
	await copyFile(from, to);
	told('wrote', to);
}

function told(what: 'kept' | 'wrote', file: string): void {
	console.log(`${what.padEnd(5)} ${path.relative(process.cwd(), file)}`);
}
