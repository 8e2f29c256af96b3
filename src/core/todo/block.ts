import { indentOf } from './line-syntax.ts';
import type { Line } from './lines.ts';

/** A list item that is open: from its bullet's column on, what is indented deeper belongs to it. */
export interface Item {
	readonly column: number;
	/** Where its text starts. */
	readonly content: number;
	readonly parent: Item | null;
}

/** One line, taken apart. `index` counts from 0, `column` is that of `body`: the line without the white space before it. */
export interface Row extends Line {
	readonly index: number;
	readonly column: number;
	readonly body: string;
}

/** What one line is. `within` is the innermost item that it is indented under. */
export type Block = { readonly row: Row; readonly within: Item | null } & (
	| { readonly kind: 'blank' | 'text' | 'rule' }
	| { readonly kind: 'heading'; readonly level: number; readonly title: string }
	| { readonly kind: 'item'; readonly item: Item; readonly at: number }
	| { readonly kind: 'shut'; readonly why: string }
);

/** Takes a line apart. */
export function rowOf({ text, start }: Line, index: number): Row {
	const { length, column } = indentOf(text);
	return { text, start, index, column, body: text.slice(length) };
}

/** The innermost item, this one or one around it, whose bullet stands left of a column. */
export function under(item: Item | null, column: number): Item | null {
	return item === null || item.column < column ? item : under(item.parent, column);
}

/** Whether a column is within the text of an item, or of one around it. */
export function isInside(item: Item | null, column: number): boolean {
	return item !== null && (column >= item.content || isInside(item.parent, column));
}
