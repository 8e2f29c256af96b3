import { statSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { proposedAgents, withAgent } from '../core/init/agents-here.ts';
import type { AgentHere } from '../core/init/agents-here.ts';
import { firstList } from '../core/init/first-list.ts';
import { proposedChecks, READ } from '../core/init/proposed-checks.ts';
import type { Proposed } from '../core/init/proposed-checks.ts';
import { agentsHere } from '../io/agents-here.ts';
import { findProject } from '../io/project.ts';
import { shippedPrompts } from '../io/shipped.ts';
import type { Options } from './options.ts';

/**
 * Writes todo.md, prompts/ and memory/ where they are missing, from what the folder's own files and the PATH say, and tells
 * what it found. Overwrites nothing.
 */
export async function init({ folder, flags }: Options): Promise<number> {
	const project = await findProject(folder, flags.todo);
	const inFolder = (name: string) => path.join(project.folder, name);
	const [proposed, agents] = await Promise.all([look(project.folder), agentsHere(project.folder)]);
	for (const line of [...foundLines(proposed), ...agentLines(agents), '']) console.log(line);
	await mkdir(inFolder('prompts'), { recursive: true });
	await mkdir(inFolder('memory'), { recursive: true });
	await writeNew(project.todo, firstList(proposed));
	await writeNew(inFolder('memory/README.md'), MEMORY);
	const who = proposedAgents(agents);
	for (const name of (await readdir(shippedPrompts())).filter((each) => each.endsWith('.md'))) {
		const text = await readFile(path.join(shippedPrompts(), name), 'utf8');
		const agent = who && (name.startsWith('reviewer') ? who.reviewer : who.worker);
		await writeNew(inFolder(`prompts/${name}`), agent === null ? text : withAgent(text, agent));
	}
	console.log(NEXT);
	return 0;
}

const MEMORY = `Notes that sessions leave for later sessions. Every *.md file here is read by all of them: keep it short.
`;

const NEXT = `
Next:
  1. write your tasks into todo.md, and look at its settings: do the checks pass now?
  2. git add -A && git commit -m 'Tasks for tonight'
  3. nightloop --dry-run    what counts as a task, and the exact prompts; starts nothing
  4. nightloop --once       one attempt; then look at it
  5. nightloop --until-done`;

async function look(folder: string): Promise<Proposed> {
	const names = await readdir(folder);
	const read = names.map(async (name): Promise<[string, string]> => [
		name,
		READ.includes(name) ? await textOf(path.join(folder, name)) : '',
	]);
	return proposedChecks(new Map(await Promise.all(read)));
}

/** What cannot be read proposes nothing. */
async function textOf(file: string): Promise<string> {
	return readFile(file, 'utf8').catch(() => '');
}

function foundLines({ languages, checks, setup }: Proposed): string[] {
	if (languages.length + checks.length === 0)
		return ['No language that is known here: put the commands that must pass into `checks` of todo.md.'];
	return [
		`Found ${languages.join(', ')}${checks.length === 0 ? ', and no tests: put them into `checks` of todo.md' : ''}`,
		...checks.map((check) => `  check ${check}`),
		...(setup === null ? [] : [`  setup ${setup}`]),
	];
}

function agentLines(agents: readonly AgentHere[]): string[] {
	const here = agents.filter(({ state }) => state !== 'absent');
	const who = proposedAgents(agents);
	if (here.length === 0)
		return [
			`No agent on the PATH (looked for ${agents.map(({ name }) => name).join(', ')}): prompts/*.md name claude; any command line does.`,
		];
	const same = who && who.worker === who.reviewer ? '; a second one would see with other eyes' : '';
	return [
		...here.map(
			({ name, state, said }) =>
				`  agent ${name}${state === 'starts' ? `: ${said}` : ` does not start: ${said}`}`,
		),
		...(who
			? [
					`${who.worker} works, ${who.reviewer} reviews${same}. Whether they are logged in shows with the first session.`,
				]
			: []),
		...(here.some(({ name }) => name === 'claude') && process.getuid?.() === 0
			? ['You are root: claude refuses that without IS_SANDBOX=1.']
			: []),
	];
}

/** One that is empty was cut off by a kill, or by a full disk, before anything was in it. */
async function writeNew(file: string, text: string): Promise<void> {
	const found = statSync(file, { throwIfNoEntry: false });
	if (found && !(found.isFile() && found.size === 0)) return told('kept', file);
	await writeFile(file, text, { flag: found ? 'r+' : 'wx' });
	told('wrote', file);
}

function told(what: 'kept' | 'wrote', file: string): void {
	console.log(`${what.padEnd(5)} ${path.relative(process.cwd(), file)}`);
}
