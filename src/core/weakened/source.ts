import { codeOf } from './code.ts';
import type { Language } from './language.ts';
import { layoutOf, upTo } from './layout.ts';
import type { Layout } from './layout.ts';

/** One test file, as read. */
export interface Source {
	readonly text: string;
	readonly code: string;
	readonly language: Language;
	readonly layout: Layout;
}

/** A line, 1-based, and what is written in it, at most 200 characters. */
export interface Place {
	readonly line: number;
	readonly text: string;
}

/** A declaration of a test, or of what groups tests. */
export interface Declaration extends Place {
	readonly name: string;
	readonly start: number;
	/** Of what its pattern matched: its name may follow, and its body does. */
	readonly end: number;
	/** The code since the declaration before. */
	readonly before: string;
}

/** Reads a test file. */
export function sourceOf(text: string, language: Language): Source {
	const code = codeOf(text, language);
	return { text, code, language, layout: layoutOf(code) };
}

/** The line that a position of the source is in. */
export function placeOf({ text, layout: { lines } }: Source, position: number): Place {
	const line = upTo(lines, position);
	const start = lines[line - 1]!;
	const end = Math.min(lines[line] ?? text.length, start + 1000);
	return { line, text: text.slice(start, end).trim().slice(0, 200) };
}

/** What a pattern declares, in order. A `marker` must stand before each; null: none is needed. */
export function declarationsOf(source: Source, pattern: RegExp, marker: RegExp | null): Declaration[] {
	const { text, code } = source;
	let last = 0;
	return matchesOf(code, pattern)
		.map(({ 0: { length }, 1: named, index: start }) => {
			const end = start + length;
			const before = code.slice(last, start);
			last = end;
			const place = placeOf(source, start + Math.max(0, code.slice(start, end).search(/\S/)));
			return { ...place, name: named ?? literalAt(text, end) ?? place.text, start, end, before };
		})
		.filter(({ before }) => marker === null || marker.test(before));
}

/** Where a pattern is found in a code: the first 10,000 of them, which no person or agent writes. */
export function matchesOf(code: string, pattern: RegExp): RegExpExecArray[] {
	const matches: RegExpExecArray[] = [];
	for (const match of code.matchAll(pattern)) if (matches.push(match) === 10_000) break;
	return matches;
}

/** The string that an argument list, or Ruby's without parentheses, begins with. One without an end is none. */
function literalAt(text: string, position: number): string | undefined {
	const literal = /[\s(]*(["'`])((?:\\[^]|(?!\1)[^\\]){1,200})\1/y;
	literal.lastIndex = position;
	return literal.exec(text)?.[2];
}
