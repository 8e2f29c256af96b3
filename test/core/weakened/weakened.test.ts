import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { weakenedTests } from '../../../src/core/weakened/weakened.ts';
import type { TestFile } from '../../../src/core/weakened/pair.ts';
import { samples } from './samples.ts';

const found = (...files: readonly TestFile[]) =>
	weakenedTests(files).map(({ how, line }) => (line === null ? how : `${how} ${line}`));

describe.each(Object.entries(samples))('%s', (path, rows) => {
	test.each(rows)('$what', ({ before = null, after, found: expected }) => {
		expect(found({ path, before, after })).toEqual(expected);
	});

	test.each(rows)('is as it was: $what', ({ after }) => {
		expect(found({ path, before: after, after })).toEqual([]);
	});
});

describe('among several files', () => {
	const one = "it('a', () => expect(1).toBe(1));\nit.skip('b', () => expect(2).toBe(2));\n";
	const two = "it('c', () => expect(3).toBe(3));\n";

	test('what moves to another is no fact', () =>
		expect(
			found(
				{ path: 'test/one.test.ts', before: one, after: '// see test/two\n' },
				{ path: 'test/two.test.ts', before: two, after: `${one}${two}` },
				{ path: 'test/three.test.ts', before: `it.only('d', () => expect(4));`, after: null },
				{ path: 'test/four.test.ts', before: null, after: `it.only('d', () => expect(4));` },
			),
		).toEqual(['emptied']));

	test('new tests do not make up for lost ones', () =>
		expect(
			found(
				{ path: 'test/one.test.ts', before: `${one}${two}`, after: one },
				{ path: 'test/two.test.ts', before: null, after: two.replaceAll(/c|3/g, 'x') },
			),
		).toEqual(['fewer tests', 'fewer assertions']));

	test('a deleted one is no fact of these', () =>
		expect(found({ path: 'test/one.test.ts', before: one, after: null })).toEqual([]));

	test('a fact tells its path, its line and what stands there, or the figures', () =>
		expect(
			weakenedTests([
				{
					path: 'test/one.test.ts',
					before: `${one}${two}`,
					after: `\r\n\txit('z', () => expect(1)${' '.repeat(300)});`,
				},
			]),
		).toEqual([
			{ path: 'test/one.test.ts', how: 'skipped', line: 2, text: "xit('z', () => expect(1)".padEnd(200) },
			{ path: 'test/one.test.ts', how: 'fewer tests', line: null, text: '3 in base, 1 now' },
			{ path: 'test/one.test.ts', how: 'fewer assertions', line: null, text: '3 in base, 1 now' },
		]));

	test('many of a kind are counted, not listed', () => {
		const after = Array.from({ length: 500 }, (_, i) => `it.skip('${i}', () => expect(${i}));\n`).join('');
		const facts = weakenedTests([{ path: 'test/one.test.ts', before: '', after }]);
		expect(facts).toHaveLength(16);
		expect(facts.at(-1)).toMatchObject({ line: null, text: 'and 485 more' });
	});
});

describe('whatever a text is', () => {
	const paths = Object.keys(samples);
	const odd = [
		'`',
		'${',
		'}',
		'"',
		"'",
		'/',
		'/*',
		'"""',
		'r#"',
		'<<~A',
		'\\',
		'\0',
		'\r',
		'\u{1F600}',
		'\uD800',
	];
	const parts = Object.values(samples)
		.flatMap((rows) => rows.flatMap(({ after }) => after.split(/(?<=\n)|\b/)))
		.concat(odd);
	const text = fc.oneof(
		fc.string({ unit: 'binary', maxLength: 200 }),
		fc.array(fc.constantFrom(...parts), { maxLength: 60 }).map((some) => some.join('')),
	);

	test('it is read, and is no weaker than itself', () => {
		fc.assert(
			fc.property(fc.constantFrom(...paths), text, text, (path, before, after) => {
				const facts = weakenedTests([{ path, before, after }]);
				expect(facts.every((fact) => fact.text.length <= 200 && !fact.text.includes('\n'))).toBe(true);
				expect(weakenedTests([{ path, before: after, after: `${after}\n` }])).toEqual([]);
			}),
			{ numRuns: 2000 },
		);
	});

	test('a name without an end does not reach to the end of the file', () => {
		const before = "it';\n { ";
		expect(found({ path: 'spec/a_spec.rb', before, after: `${before}\n` })).toEqual([]);
	});

	// A megabyte takes less than 0.1 s on a machine with nothing else to do; what is not linear takes minutes.
	test.each(paths)(
		'a megabyte of anything in %s is read in no time',
		(path) => {
			const repeated = [
				'it(',
				'it("a",',
				'`${',
				'{',
				'"',
				'/',
				'=/[',
				' ',
				'\n',
				'def test_a(\n',
				'fn a(',
				'<<~A\n',
				'\\',
			];
			const started = performance.now();
			for (const part of repeated) {
				weakenedTests([{ path, before: null, after: part.repeat(1_000_000 / part.length) }]);
			}
			expect((performance.now() - started) / repeated.length).toBeLessThan(1000);
		},
		60_000,
	);
});
