import { existsSync, readdirSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../core/errors.ts';
import { frontLines } from '../core/lines.ts';
import { parsePrompt } from '../core/prompt-file.ts';
import { layOver, parseSettings } from '../core/settings.ts';
import type { Overrides } from '../core/settings.ts';
import type { Event, Prompt, Settings } from '../core/types.ts';
import type { Project } from './project.ts';
import { shippedPrompts } from './shipped.ts';
import { isAbsence, statKey } from './todo-file.ts';

/** Settings and prompts: what a person has laid down, and no session may change. */
export interface Rules {
	readonly settings: Settings;
	readonly worker: Prompt;
	/** At least one. */
	readonly reviewers: readonly Prompt[];
	/** What a person should know of how they were read. */
	readonly notices: readonly string[];
}

export interface RuleBook {
	/** The rules in force. A change is taken only when no session lived since the last look; else it is held, and told. */
	look(): Promise<Rules>;
	/** Whether a file of theirs is not as it was seen last. */
	isStale(): boolean;
	/** While a session lives, and until the look after it, what changes may be its doing. */
	session(phase: 'begins' | 'ended'): void;
}

/** Reads all of them. Rejects with a `UserError` for the first thing that cannot be taken. */
export async function readRules(project: Project, overrides: Overrides): Promise<Rules> {
	return parseRules(await ruleTexts(project), overrides);
}

/** Keeps the rules that were read at the start, and takes what a person changes in them later. */
export async function openRuleBook(
	project: Project,
	overrides: Overrides,
	tell: (event: Event) => void,
): Promise<RuleBook> {
	let accepted = await ruleTexts(project);
	let inForce = parseRules(accepted, overrides);
	let stats = statsOf(project);
	let onDisk = accepted;
	/** By file, what it held when a session lived. null: it was gone. */
	const held = new Map<string, string | null>();
	let session: 'none' | 'living' | 'ended' = 'none';
	const note = (text: string) => tell({ event: 'notice', text });
	const take = (found: RuleTexts) => {
		accepted = found;
		const taken = tryRules(found, overrides);
		if (typeof taken === 'string') return note(`${taken} The last good settings stay in force.`);
		inForce = taken;
		['settings and prompts taken as changed', ...taken.notices].forEach(note);
	};
	const hold = (found: RuleTexts) => {
		for (const file of filesOf(found, accepted))
			if (textIn(found, file) !== textIn(accepted, file)) held.set(file, textIn(found, file));
		note(
			'settings or prompts changed while a session lived: held as they were (but for a pause). Start nightloop again to take them.',
		);
	};

	return {
		async look() {
			const sinceLast = session;
			if (session === 'ended') session = 'none';
			const now = statsOf(project);
			if (now === stats || statKey(settingsFile(project)) === null) return paused(inForce, onDisk);
			stats = now;
			onDisk = await ruleTexts(project);
			const found = withoutHeld(onDisk, accepted, held);
			const isNew = JSON.stringify(found) !== JSON.stringify(accepted);
			if (isNew) (sinceLast === 'none' ? take : hold)(found);
			return paused(inForce, onDisk);
		},
		isStale: () => statsOf(project) !== stats,
		session(phase) {
			session = phase === 'begins' ? 'living' : 'ended';
		},
	};
}

/** Whoever wants it paused gets it paused: that cannot help anybody past the gate. */
function paused(rules: Rules, onDisk: RuleTexts): Rules {
	if (rules.settings.pause || !/^pause:\s*true\b/m.test(onDisk.settings.text)) return rules;
	return { ...rules, settings: { ...rules.settings, pause: true } };
}

/** What was held stays as it was accepted, whatever else is changed beside it. */
function withoutHeld(
	found: RuleTexts,
	accepted: RuleTexts,
	held: ReadonlyMap<string, string | null>,
): RuleTexts {
	const isHeld = (file: string) => held.has(file) && held.get(file) === textIn(found, file);
	const kept = accepted.prompts.filter(({ file }) => isHeld(file));
	const taken = found.prompts.filter(({ file }) => !isHeld(file));
	const prompts = [...kept, ...taken].toSorted((a, b) => (a.name < b.name ? -1 : 1));
	return { settings: isHeld(found.settings.file) ? accepted.settings : found.settings, prompts };
}

function filesOf(...all: RuleTexts[]): Set<string> {
	return new Set(all.flatMap(({ settings, prompts }) => [settings, ...prompts]).map(({ file }) => file));
}

function textIn({ settings, prompts }: RuleTexts, file: string): string | null {
	return [settings, ...prompts].find((one) => one.file === file)?.text ?? null;
}

/** The rules, or what is wrong with them. */
function tryRules(texts: RuleTexts, overrides: Overrides): Rules | string {
	try {
		return parseRules(texts, overrides);
	} catch (error) {
		if (error instanceof UserError) return `${error.what} ${error.why}`;
		throw error;
	}
}

/** Where they came from, for messages, and what they say. */
interface RuleTexts {
	readonly settings: { readonly file: string; readonly text: string };
	readonly prompts: readonly { readonly name: string; readonly file: string; readonly text: string }[];
}

async function ruleTexts(project: Project): Promise<RuleTexts> {
	const settings = settingsFile(project);
	const prompts = [...(await promptFiles(project))].map(async ([name, file]) => ({
		name,
		file: shown(project, file),
		text: await textOf(file),
	}));
	return {
		settings: { file: shown(project, settings), text: frontMatter(await textOf(settings)) },
		prompts: (await Promise.all(prompts)).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
	};
}

function parseRules({ settings, prompts }: RuleTexts, overrides: Overrides): Rules {
	const { settings: parsed, notices } = parseSettings(settings.file, settings.text);
	const all = prompts.map(({ name, file, text }) => parsePrompt(name, file, text));
	const laidOver = layOver(parsed, overrides);
	const withAgent = (prompt: Prompt, agent: string | undefined): Prompt =>
		agent === undefined ? prompt : { ...prompt, agent };
	return {
		settings: laidOver,
		notices,
		worker: withAgent(
			all.find(({ role }) => role === 'worker')!,
			overrides.agent,
		),
		reviewers: all
			.filter(({ role }) => role === 'reviewer')
			.map((prompt) => withAgent(prompt, overrides.reviewer)),
	};
}

/** The root todo.md where there is one, whichever list is worked through. */
function settingsFile(project: Project): string {
	const root = path.join(project.folder, 'todo.md');
	return existsSync(root) ? root : project.todo;
}

/** Only what may hold settings: the tasks below it change with every tick. */
function frontMatter(text: string): string {
	const lines = text.replace(/^\uFEFF/, '').split(/(?<=\n)/);
	const front = frontLines(lines.map((line) => line.replace(/\r?\n$/, '')));
	if (front.kind === 'unclosed') return text;
	return front.kind === 'closed' ? lines.slice(0, front.length).join('') : '';
}

/** Name → file: the repository's own, else the shipped ones. */
async function promptFiles(project: Project): Promise<Map<string, string>> {
	const folder = path.join(project.folder, 'prompts');
	const names = existsSync(folder)
		? (await readdir(folder)).filter((name) => /^(?:worker|reviewer(?:-.+)?)\.md$/.test(name))
		: [];
	const own = names.map((name) => name.slice(0, -3)).toSorted();
	const files = new Map(own.map((name) => [name, path.join(folder, `${name}.md`)]));
	const has = (start: string) => [...files.keys()].some((name) => name.startsWith(start));
	for (const name of ['worker', 'reviewer'])
		if (!has(name)) files.set(name, path.join(shippedPrompts(), `${name}.md`));
	return files;
}

function statsOf(project: Project): string {
	const folder = path.join(project.folder, 'prompts');
	const files = existsSync(folder) ? readdirSync(folder).map((name) => path.join(folder, name)) : [];
	return [settingsFile(project), ...files].map((file) => `${file} ${statKey(file)}`).join('\n');
}

function shown(project: Project, file: string): string {
	const inside = path.relative(project.folder, file);
	return inside.startsWith('..') ? path.basename(file) : inside;
}

/** Files come and go between a look at the folder and at them; what is no file holds nothing. */
async function textOf(file: string): Promise<string> {
	if (statKey(file) === null) return '';
	try {
		return await readFile(file, 'utf8');
	} catch (error) {
		if (isAbsence(error)) return '';
		throw error;
	}
}
