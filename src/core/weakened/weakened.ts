import { bodiesOf, harmlessIn } from './bodies.ts';
import type { Body } from './bodies.ts';
import { silencedTests } from './census.ts';
import type { Mark } from './census.ts';
import { movesIn, pairsOf } from './pair.ts';
import type { Moves, Pair, TestFile } from './pair.ts';
import type { Source } from './source.ts';
import { surplus } from './tally.ts';
import type { WeakenedTest } from '../types.ts';

/**
 * The ways in which a candidate tests less than its base, from the texts of all test files that differ. What base had is
 * none, and neither is what moved from one of the files to another; that a file is gone is told by its path alone. Knows
 * vitest, jest, mocha, node:test, pytest, unittest, go test, cargo test, JUnit and RSpec. Overlooks rather than accuses.
 * Linear, throws for no text; at most 16 facts of a kind, of which the last then says how many more there are.
 */
export function weakenedTests(files: readonly TestFile[]): WeakenedTest[] {
	const pairs = pairsOf(files);
	const moves = movesIn(pairs);
	const bodies = pairs.flatMap(({ base, was }) => (base === null ? [] : bodiesOf(base, was)));
	const byName = new Map(bodies.map((body) => [body.test.name, body]));
	const facts = pairs.flatMap((pair) => factsOf(pair, moves, byName));
	return kinds.flatMap((kind) => firstOf(facts.filter(({ how }) => how === kind)));
}

function factsOf(pair: Pair, moves: Moves, bodies: ReadonlyMap<string, Body>): WeakenedTest[] {
	const { candidate } = pair;
	if (candidate === null) return [];
	const lost = lostTests(pair, candidate, moves);
	return lost[0]?.how === 'emptied'
		? lost
		: [
				...lost,
				...newMarks(pair, moves),
				...lostAssertions(pair, moves),
				...bareTests(pair, candidate, bodies),
			];
}

function lostTests({ path, base, was, is }: Pair, candidate: Source, moves: Moves): WeakenedTest[] {
	const gone = surplus(was.tests, is.tests);
	const missing = gone.filter((test) => !moves.tests.take(test));
	const text = figures(was.tests, is.tests);
	const isEmptied = missing.length > 0 && is.tests.length === 0;
	if (isEmptied || (hasCode(base) && !hasCode(candidate)))
		return [{ path, how: 'emptied', line: null, text }];
	const silenced = missing.length === 0 ? [] : shared(silencedTests(candidate), missing);
	const moved = gone.length - missing.length;
	const isLess = was.tests.length - is.tests.length > moved + silenced.length;
	const facts = silenced.map((mark) => factOf(path, 'skipped', mark));
	return isLess ? [...facts, { path, how: 'fewer tests', line: null, text }] : facts;
}

function newMarks({ path, was, is }: Pair, moves: Moves): WeakenedTest[] {
	return (['skipped', 'focused'] as const).flatMap((how) =>
		surplus(is[how], was[how])
			.filter((mark) => !moves[how].take(mark))
			.map((mark) => factOf(path, how, mark)),
	);
}

function lostAssertions({ path, was, is }: Pair, moves: Moves): WeakenedTest[] {
	const gone = surplus(was.assertions, is.assertions);
	const moved = gone.filter((assertion) => moves.assertions.take(assertion)).length;
	const isLess = was.assertions.length - is.assertions.length > moved;
	const text = figures(was.assertions, is.assertions);
	return isLess ? [{ path, how: 'fewer assertions', line: null, text }] : [];
}

/** Tests that assert nothing, and are new or asserted something in base. `bodies`: those of base, by name. */
function bareTests({ path, is }: Pair, candidate: Source, bodies: ReadonlyMap<string, Body>): WeakenedTest[] {
	const bare = bodiesOf(candidate, is).filter(({ asserts }) => !asserts);
	if (bare.length === 0) return [];
	const isHarmless = harmlessIn(candidate, path);
	const isWeaker = ({ test, calls }: Body) => {
		const before = bodies.get(test.name);
		if (before === undefined) return [...calls].every(isHarmless);
		// What base called beside its assertions did not make them.
		return before.asserts && [...calls].every((name) => before.calls.has(name) || isHarmless(name));
	};
	return bare.filter(isWeaker).map(({ test }) => factOf(path, 'without assertions', test));
}

function factOf(path: string, how: WeakenedTest['how'], { line, text }: Mark): WeakenedTest {
	return { path, how, line, text };
}

function figures(before: readonly Mark[], now: readonly Mark[]): string {
	return `${before.length} in base, ${now.length} now`;
}

function hasCode(source: Source | null): boolean {
	return source !== null && source.code.trim() !== '';
}

/** Those of some that are among others too, by name. */
function shared(some: readonly Mark[], others: readonly Mark[]): Mark[] {
	const rest = new Set(surplus(some, others));
	return some.filter((mark) => !rest.has(mark));
}

const kinds: readonly WeakenedTest['how'][] = [
	'emptied',
	'skipped',
	'focused',
	'without assertions',
	'fewer tests',
	'fewer assertions',
];

const most = 16; // of a kind: the journal holds less than a hundred

function firstOf(facts: readonly WeakenedTest[]): WeakenedTest[] {
	const last = facts[most];
	const more = facts.length - most + 1;
	return last === undefined
		? [...facts]
		: [...facts.slice(0, most - 1), { ...last, line: null, text: `and ${more} more` }];
}
