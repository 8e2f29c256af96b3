import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRawDiff } from '../../../src/core/gate/raw-diff.ts';

const fixture = readFileSync(new URL('../../fixtures/diff-tree/odd.raw', import.meta.url), 'utf8');

describe('the output of a real git diff-tree', () => {
	const changes = parseRawDiff(fixture);
	const at = (path: string) => changes.find((change) => change.path === path);

	test('names every path once, in git’s order', () => {
		expect(changes.map(({ path }) => path)).toEqual([
			'1\t1\ta.txt',
			':100644 100644 x',
			'a.txt',
			'big.txt',
			'bin.dat',
			'dir/tab\tnew\nline "q" é.txt',
			'empty',
			'latin-\uFFFD.txt',
			'link',
			'moved',
			'nested',
			'old.txt',
			'run.sh',
			'tolink',
			'tosub',
		]);
	});

	test('tells a changed file with its lines', () =>
		expect(at('a.txt')).toEqual({
			path: 'a.txt',
			status: 'modified',
			oldMode: '100644',
			newMode: '100644',
			oldId: expect.stringMatching(/^[1-9a-f][\da-f]{39}$/),
			newId: expect.stringMatching(/^[\da-f]{40}$/),
			added: 1,
			deleted: 0,
		}));
	test('tells a new file', () =>
		expect(at('empty')).toMatchObject({ status: 'added', oldMode: '000000', added: 0 }));
	test('tells a deleted file', () =>
		expect(at('old.txt')).toMatchObject({ status: 'deleted', newMode: '000000' }));
	test('tells a binary file by null', () =>
		expect(at('bin.dat')).toMatchObject({ added: null, deleted: null }));
	test('tells a mode change', () =>
		expect(at('run.sh')).toMatchObject({ status: 'modified', oldMode: '100644', newMode: '100755' }));
	test('tells a file that became a symbolic link', () =>
		expect(at('tolink')).toMatchObject({ status: 'type-changed', newMode: '120000' }));
	test('tells a submodule that moved, hidden by .gitmodules or not', () =>
		expect(at('moved')).toMatchObject({ status: 'modified', oldMode: '160000', newMode: '160000' }));
	test('keeps the counts of a path that looks like a record', () => {
		expect(at('1\t1\ta.txt')).toMatchObject({ status: 'added', added: 1, deleted: 0 });
		expect(at(':100644 100644 x')).toMatchObject({ status: 'added', added: 1, deleted: 0 });
	});

	test('is refused when any of it is missing', () => {
		const all = fixture.length;
		fc.assert(
			fc.property(fc.integer({ min: 1, max: all - 1 }), (length) => {
				expect(() => parseRawDiff(fixture.slice(0, length))).toThrow('do not add up');
			}),
		);
	});
});

test('no output is no change', () => expect(parseRawDiff('')).toEqual([]));

test('what is no diff is refused', () => {
	expect(() => parseRawDiff('fatal: bad object')).toThrow('fatal: bad object');
});
