import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '../helpers/eventually.ts';
import type { Repository } from '../helpers/repository.ts';
import type { Edit, Editor } from './editors.ts';

/** What a person saved, line by line, every box open: the marks are the loop's. */
export interface Person {
	readonly lines: readonly string[];
	/** Makes one edit and sees it on disk. Rejects when it is not to be seen there within 20 s. */
	save(): Promise<void>;
}

interface Who {
	readonly name: string;
	/** Adds to the end, and does nothing else. */
	readonly appends: boolean;
	/** The whole of todo.md as they find it. */
	readonly start: string;
	readonly random: () => number;
}

/** A person who adds tasks and notes anywhere below the heading, and rewords and deletes notes of their own. */
export function personAt(
	repository: Repository,
	editor: Editor,
	{ name, appends, start, random }: Who,
): Person {
	let lines = start.split('\n').slice(0, -1);
	let count = 0;
	const pick = (from: number, to: number) => from + Math.floor(random() * (to - from));
	const nextEdit = (): Edit => {
		count++;
		const notes = lines.flatMap((line, index) => (line.startsWith('Note') ? [index + 1] : []));
		const own = notes[pick(0, notes.length)];
		const kind = random();
		if (own !== undefined && !appends && kind < 0.15) return { kind: 'delete', at: own };
		if (own !== undefined && !appends && kind < 0.3)
			return { kind: 'reword', at: own, line: `Note ${count}, reworded in ${name}` };
		const line = kind < 0.65 ? `- [ ] task ${count} of ${name}` : `Note ${count} of ${name}`;
		return { kind: 'add', below: appends ? lines.length : pick(HEADING, lines.length + 1), line };
	};
	return {
		get lines() {
			return lines;
		},
		async save() {
			const edit = nextEdit();
			lines = after(lines, edit);
			await pause(random() * MOST_REST);
			await editor.edit(edit, random() * MOST_THINKING);
			await eventually(
				async () => {
					if (unmarked(await onDisk(repository)) === `${lines.join('\n')}\n`) return true;
					await editor.answer();
					return false;
				},
				() => `the save of ${JSON.stringify(edit)}`,
				20_000,
			);
		},
	};
}

/** The text with every box open. */
export function unmarked(todo: string): string {
	return todo.replaceAll(/^- \[[x!]\]/gm, '- [ ]');
}

export async function onDisk(repository: Repository): Promise<string> {
	try {
		return await readFile(join(repository.path, 'todo.md'), 'utf8');
	} catch {
		// Away for a moment, as some editors save.
		return '';
	}
}

/** The lines of the front matter and the heading. */
const HEADING = 5;
/** In ms: with what the editor itself takes, a save comes every 0.2 to 5 s. */
const MOST_REST = 2500;
const MOST_THINKING = 2000;

/** The lines after an edit. */
export function after(lines: readonly string[], edit: Edit): string[] {
	if (edit.kind === 'add') return lines.toSpliced(edit.below, 0, edit.line);
	return edit.kind === 'reword' ? lines.with(edit.at - 1, edit.line) : lines.toSpliced(edit.at - 1, 1);
}
