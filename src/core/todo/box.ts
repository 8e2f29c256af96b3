import type { TaskState } from '../types.ts';

/** What stands where a checkbox may stand. */
export interface Box {
	readonly state: TaskState;
	/** The index of the mark in the line. */
	readonly at: number;
	/** Kiro's `[ ]*`. */
	readonly starred: boolean;
	readonly text: string;
	/** Why it is no task wherever it stands, though a person may take it for one. */
	readonly flaw: string | null;
}

/** Reads the box that starts at an index of a line. null: there is none, or its mark does not count. */
export function boxAt(line: string, index: number): Box | null {
	const rest = line.slice(index);
	const marked = /^\[([ xX!/~-])\](?![([:])(\*(?=\s|$))?(.*)$/s.exec(rest);
	if (marked !== null) {
		const text = marked[3]!.trim();
		const flaw = text === '' ? 'there is no text after it' : null;
		return { state: stateOf(marked[1]!), at: index + 1, starred: marked[2] !== undefined, text, flaw };
	}
	const blank = /^\[\s*\](?![([:])(.*)$/s.exec(rest);
	const flaw = 'a box is "[ ]", with one plain space';
	return blank && { state: 'open', at: index + 1, starred: false, text: blank[1]!.trim(), flaw };
}

/** The text of the box that a line shows where none counts: in code, a comment or a quote. null: it shows none. */
export function hiddenBox(line: string): string | null {
	const bullet = /^[\s>]*(<!--\s*)?(?:[-*+]|\d{1,9}[.)])[ \t]+/.exec(line);
	const text = bullet && soundText(boxAt(line, bullet[0].length));
	return text !== null && bullet?.[1] !== undefined ? text.split('-->', 1).join().trim() : text;
}

/** The text of a box that starts a line without being a list item. null: the line starts otherwise. */
export function looseBox(line: string): string | null {
	return soundText(boxAt(line, line.length - line.trimStart().length));
}

function soundText(box: Box | null): string | null {
	return box === null || box.flaw !== null ? null : box.text;
}

function stateOf(mark: string): TaskState {
	const states: Record<string, TaskState> = { x: 'done', X: 'done', '!': 'parked', '-': 'dropped' };
	return states[mark] ?? 'open';
}
