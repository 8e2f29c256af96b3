import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { frontLines } from '../../core/todo/lines.ts';
import type { RuleTexts } from '../../core/types.ts';
import type { Place } from '../place.ts';
import { namesIfThere, statKey, textIfThere } from './todo-file.ts';

/** Where settings and prompts lie. */
type Home = Pick<Place, 'folder' | 'todo'>;

/** What is on disk. `away`: there are no settings just now, and those from before stand in for them. */
export interface FoundTexts extends RuleTexts {
	readonly away: boolean;
}

/** What the repository's own files say. Editors move a list away, or empty it, before they write it. */
export function readTexts(home: Home, before: RuleTexts | null): FoundTexts {
	const settings = settingsFile(home);
	const away = statKey(settings) === null || statSync(settings, { throwIfNoEntry: false })?.size === 0;
	const prompts = promptFiles(home).map((file) => ({
		name: path.basename(file, '.md'),
		file: shown(home, file),
		text: textIfThere(file),
	}));
	return {
		settings:
			away && before !== null
				? before.settings
				: { file: shown(home, settings), text: frontMatter(textIfThere(settings)) },
		prompts: prompts.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
		away,
	};
}

/** The settings of which nobody can say now whether they are still those that are held. */
export function heldAway(held: readonly string[], { away }: FoundTexts): string[] {
	const isPrompt = (file: string) => path.dirname(file) === 'prompts';
	return away ? held.filter((file) => !isPrompt(file)) : [];
}

/** What tells one state of all these files from another. */
export function statsOf(home: Home): string {
	const files = [settingsFile(home), ...promptFiles(home)];
	return files.map((file) => `${file} ${statKey(file)}`).join('\n');
}

/** The root todo.md where there is one, whichever list is worked through. */
export function settingsFile(home: Home): string {
	const root = path.join(home.folder, 'todo.md');
	return existsSync(root) ? root : home.todo;
}

export function promptsFolder(home: Home): string {
	return path.join(home.folder, 'prompts');
}

/** Only what may hold settings: the tasks below it change with every tick. */
function frontMatter(text: string): string {
	const lines = text.replace(/^\uFEFF/, '').split(/(?<=\n)/);
	const front = frontLines(lines.map((line) => line.replace(/\r?\n$/, '')));
	if (front.kind === 'unclosed') return text;
	return front.kind === 'closed' ? lines.slice(0, front.length).join('') : '';
}

/** The repository's own. */
function promptFiles(home: Home): string[] {
	const folder = promptsFolder(home);
	const names = namesIfThere(folder).filter((name) =>
		/^(?:worker|planner|consolidator|reviewer(?:-.+)?)\.md$/.test(name),
	);
	return names.map((name) => path.join(folder, name));
}

function shown(home: Home, file: string): string {
	const inside = path.relative(home.folder, file);
	return inside.startsWith('..') ? path.basename(file) : inside;
}
