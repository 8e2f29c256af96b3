import { declarationsOf, matchesOf, placeOf, sourceOf } from './source.ts';
import type { Declaration, Place, Source } from './source.ts';
import { upTo } from './layout.ts';

/** What in a test file tests, or keeps from testing. */
export interface Census {
	readonly tests: readonly Declaration[];
	/** Each by its line. */
	readonly assertions: readonly Mark[];
	readonly skipped: readonly Mark[];
	readonly focused: readonly Mark[];
}

/** A place, and what it is about: the name of a test or suite, '' for the whole file. */
export interface Mark extends Place {
	readonly name: string;
}

/** Counts what is in a test file. null: there is none. Linear, and throws for no text. */
export function takeCensus(source: Source | null): Census {
	if (source === null) return { tests: [], assertions: [], skipped: [], focused: [] };
	const { language } = source;
	const tests = declarationsOf(source, language.tests, language.marker);
	const suites = declarationsOf(source, language.suites, null);
	const declared = [...tests, ...suites].toSorted((a, b) => a.start - b.start);
	return {
		tests,
		assertions: matchesOf(source.code, language.assertions).map(({ index }) => {
			const place = placeOf(source, index);
			return { ...place, name: place.text };
		}),
		skipped: marksOf(source, language.skipped, declared),
		focused: marksOf(source, language.focused, declared),
	};
}

/** The tests that would be in the file if what is in its comments were not: each on a line where there is no code. */
export function silencedTests({ text, code, language, layout: { lines } }: Source): Mark[] {
	const silenced = lines.map((start, i) => {
		const end = lines[i + 1] ?? text.length;
		const isCode = code.slice(start, end).trim() !== '';
		return isCode ? '' : text.slice(start, Math.min(end, start + 1000)).replace(/^[\s/*#]+|\n/g, '');
	});
	return declarationsOf(sourceOf(silenced.join('\n'), language), language.tests, null);
}

function marksOf(source: Source, pattern: RegExp, declared: readonly Declaration[]): Mark[] {
	const starts = declared.map(({ start }) => start);
	const marks = matchesOf(source.code, pattern).map(({ 0: found, index }) => {
		// An attribute is about what follows it, all else about what it stands in or is.
		const about = /^[@#]/.test(found) ? upTo(starts, index) : upTo(starts, index + found.length) - 1;
		return { ...placeOf(source, index + found.search(/\S/)), name: declared[about]?.name ?? '' };
	});
	return marks.filter(({ line }, i) => marks[i - 1]?.line !== line);
}
