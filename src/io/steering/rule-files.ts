import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { frontLines } from '../../core/todo/lines.ts';
import { parsePrompt } from '../../core/rules/prompt-file.ts';
import { layOver, parseSettings } from '../../core/rules/settings.ts';
import type { Overrides } from '../../core/rules/settings.ts';
import type { Prompt, Role, RuleTexts, Settings } from '../../core/types.ts';
import type { Project } from '../project.ts';
import { shippedPrompts } from '../shipped.ts';
import { namesIfThere, statKey, textIfThere } from './todo-file.ts';

/** Settings and prompts: what a person has laid down, and no session may change. */
export interface Rules {
	readonly settings: Settings;
	readonly worker: Prompt;
	/** At least one. */
	readonly reviewers: readonly Prompt[];
	/** Without a prompt of its own in the repository the shipped one, run as the worker is. */
	readonly consolidator: Prompt;
	/** Of sessions beside the loop. */
	readonly planner: Prompt;
	/** What a person should know of how they were read. */
	readonly notices: readonly string[];
}

/** What is on disk. `away`: there are no settings just now, and those from before stand in for them. */
export interface FoundTexts extends RuleTexts {
	readonly away: boolean;
}

/** What the repository's own files say. Editors move a list away, or empty it, before they write it. */
export function readTexts(project: Project, before: RuleTexts | null): FoundTexts {
	const settings = settingsFile(project);
	const away = statKey(settings) === null || statSync(settings, { throwIfNoEntry: false })?.size === 0;
	const prompts = promptFiles(project).map((file) => ({
		name: path.basename(file, '.md'),
		file: shown(project, file),
		text: textIfThere(file),
	}));
	return {
		settings:
			away && before !== null
				? before.settings
				: { file: shown(project, settings), text: frontMatter(textIfThere(settings)) },
		prompts: prompts.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
		away,
	};
}

/**
 * The rules that texts lay down, with the shipped prompts where a role has none of its own. Throws a `UserError` for the
 * first thing that cannot be taken.
 */
export function parseRules({ settings, prompts }: RuleTexts, overrides: Overrides): Rules {
	const { settings: parsed, notices } = parseSettings(settings.file, settings.text);
	const all = withShipped(prompts).map(({ name, file, text }) => parsePrompt(name, file, text));
	const theOnly = (role: Role) => all.find((prompt) => prompt.role === role)!;
	const withAgent = (prompt: Prompt, agent: string | undefined): Prompt =>
		agent === undefined ? prompt : { ...prompt, agent };
	const worker = withAgent(theOnly('worker'), overrides.agent);
	const consolidator = theOnly('consolidator');
	const isOwn = prompts.some(({ name }) => name === consolidator.name);
	const { name, role, body } = consolidator;
	return {
		settings: layOver(parsed, overrides),
		notices,
		worker,
		consolidator: isOwn ? withAgent(consolidator, overrides.agent) : { ...worker, name, role, body },
		planner: withAgent(theOnly('planner'), overrides.agent),
		reviewers: all
			.filter(({ role }) => role === 'reviewer')
			.map((prompt) => withAgent(prompt, overrides.reviewer)),
	};
}

/** The settings of which nobody can say now whether they are still those that are held. */
export function heldAway(held: readonly string[], { away }: FoundTexts): string[] {
	const isPrompt = (file: string) => path.dirname(file) === 'prompts';
	return away ? held.filter((file) => !isPrompt(file)) : [];
}

/** What tells one state of all these files from another. */
export function statsOf(project: Project): string {
	const files = [settingsFile(project), ...promptFiles(project)];
	return files.map((file) => `${file} ${statKey(file)}`).join('\n');
}

/** The root todo.md where there is one, whichever list is worked through. */
export function settingsFile(project: Project): string {
	const root = path.join(project.folder, 'todo.md');
	return existsSync(root) ? root : project.todo;
}

export function promptsFolder(project: Project): string {
	return path.join(project.folder, 'prompts');
}

function withShipped(own: RuleTexts['prompts']): RuleTexts['prompts'] {
	const missing = ['worker', 'reviewer', 'planner', 'consolidator'].filter(
		(role) => !own.some(({ name }) => name.startsWith(role)),
	);
	const shipped = missing.map((name) => {
		const text = readFileSync(path.join(shippedPrompts(), `${name}.md`), 'utf8');
		return { name, file: `${name}.md`, text };
	});
	return [...own, ...shipped];
}

/** Only what may hold settings: the tasks below it change with every tick. */
function frontMatter(text: string): string {
	const lines = text.replace(/^\uFEFF/, '').split(/(?<=\n)/);
	const front = frontLines(lines.map((line) => line.replace(/\r?\n$/, '')));
	if (front.kind === 'unclosed') return text;
	return front.kind === 'closed' ? lines.slice(0, front.length).join('') : '';
}

/** The repository's own. */
function promptFiles(project: Project): string[] {
	const folder = promptsFolder(project);
	const names = namesIfThere(folder).filter((name) =>
		/^(?:worker|planner|consolidator|reviewer(?:-.+)?)\.md$/.test(name),
	);
	return names.map((name) => path.join(folder, name));
}

function shown(project: Project, file: string): string {
	const inside = path.relative(project.folder, file);
	return inside.startsWith('..') ? path.basename(file) : inside;
}
