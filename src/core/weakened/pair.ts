import { takeCensus } from './census.ts';
import type { Census } from './census.ts';
import { languageOf } from './languages.ts';
import { sourceOf } from './source.ts';
import type { Source } from './source.ts';
import { surplus, tallyOf } from './tally.ts';
import type { Tally } from './tally.ts';

/** A file that may hold tests, as base and candidate have it. null: that one does not. */
export interface TestFile {
	readonly path: string;
	readonly before: string | null;
	readonly after: string | null;
}

/** What such a file holds on both sides. */
export interface Pair {
	readonly path: string;
	readonly base: Source | null;
	readonly candidate: Source | null;
	readonly was: Census;
	readonly is: Census;
}

/** What may have come from another file: tests and assertions that are new in one, marks that one has no more. */
export type Moves = Readonly<Record<keyof Census, Tally>>;

/** Reads both sides of the files that are in a language of which we know the test runners. */
export function pairsOf(files: readonly TestFile[]): Pair[] {
	return files.flatMap(({ path, before, after }) => {
		const language = languageOf(path);
		if (language === null || before === after) return [];
		const base = before === null ? null : sourceOf(before, language);
		const candidate = after === null ? null : sourceOf(after, language);
		return [{ path, base, candidate, was: takeCensus(base), is: takeCensus(candidate) }];
	});
}

/** What moved, or may have, among all of them. */
export function movesIn(pairs: readonly Pair[]): Moves {
	return {
		tests: tallyOf(pairs.flatMap(({ was, is }) => surplus(is.tests, was.tests))),
		assertions: tallyOf(pairs.flatMap(({ was, is }) => surplus(is.assertions, was.assertions))),
		skipped: tallyOf(pairs.flatMap(({ was, is }) => surplus(was.skipped, is.skipped))),
		focused: tallyOf(pairs.flatMap(({ was, is }) => surplus(was.focused, is.focused))),
	};
}
