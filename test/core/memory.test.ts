import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryText } from '../../src/core/memory.ts';

const file = (path: string, text: string) => ({ path, text });

test('no files are no text', () => expect(memoryText([], 1000)).toBe(''));

test('files stand whole under their paths, in order of path', () => {
	expect(memoryText([file('memory/b.md', 'two\n\n'), file('memory/a.md', 'one')], 1000)).toBe(
		'### memory/a.md\n\none\n\n### memory/b.md\n\ntwo\n',
	);
});

test('a file that does not fit is named, and a shorter one after it still shown', () => {
	expect(memoryText([file('a.md', 'x'.repeat(100)), file('b.md', 'short')], 10)).toBe(
		'### b.md\n\nshort\n\nToo long to be shown here; read them if the task needs them:\n- a.md\n',
	);
});

test('without any room every file is named', () => {
	expect(memoryText([file('a.md', 'a'), file('b.md', 'b')], 0)).toBe(
		'Too long to be shown here; read them if the task needs them:\n- a.md\n- b.md\n',
	);
});

test('every file is shown whole or named, never cut, never left out', () => {
	const files = fc.uniqueArray(
		fc.record({ path: fc.stringMatching(/^[a-z]{1,8}\.md$/), text: fc.stringMatching(/^[a-z]{0,40}$/) }),
		{
			selector: ({ path }) => path,
		},
	);
	fc.assert(
		fc.property(files, fc.nat(60), (files, cap) => {
			const text = memoryText(files, cap);
			for (const { path, text: whole } of files) {
				expect(text.includes(`### ${path}\n\n${whole}\n`) !== text.includes(`- ${path}\n`)).toBe(true);
			}
		}),
	);
});
