import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memoryText } from '../../src/core/memory.ts';
import type { Role } from '../../src/core/types.ts';

const file = (path: string, text: string) => ({ path, text });
const note = (path: string, front: string, body: string) => file(path, `---\n${front}\n---\n${body}`);
const shown = (files: ReturnType<typeof file>[], cap = 1000, role: Role = 'worker') =>
	memoryText(files, role, cap).text;
const flaws = (text: string) => memoryText([file('memory/a.md', text)], 'worker', 1000).flaws;
const LEAD = 'Too long to be shown here; read those that the task needs:\n';

describe('notes that fit', () => {
	test('are no text where there are none', () => expect(shown([])).toBe(''));

	test('stand whole under their paths, in order of path', () =>
		expect(shown([file('memory/b.md', 'two\n\n'), file('memory/a.md', 'one')])).toBe(
			'### memory/a.md\n\none\n\n### memory/b.md\n\ntwo\n',
		));

	test('come without their front matter, those that are always shown first', () =>
		expect(
			shown([note('a.md', 'summary: of no use here', 'one'), note('b.md', 'always: true', 'two\n')]),
		).toBe('### b.md\n\ntwo\n\n### a.md\n\none\n'));

	test('are given to those they are for', () => {
		const files = [note('a.md', 'for: [worker, planner]', 'one'), note('b.md', 'for: reviewer', 'two')];
		expect(shown(files, 1000, 'planner')).toBe('### a.md\n\none\n');
		expect(shown(files, 1000, 'reviewer')).toBe('### b.md\n\ntwo\n');
		expect(shown(files, 1000, 'consolidator')).toBe('');
	});
});

describe('notes that do not fit', () => {
	const long = 'x'.repeat(400);

	test('are named with their summary, and a shorter one after them still shown', () =>
		expect(shown([note('a.md', 'summary: how it builds', long), file('b.md', 'short')], 40)).toBe(
			`### b.md\n\nshort\n\n${LEAD}- a.md: how it builds\n`,
		));

	test('are named with their first heading, or else their first line', () => {
		expect(shown([file('a.md', `Intro.\n\n## The build\n${long}`)], 40)).toBe(`${LEAD}- a.md: The build\n`);
		expect(shown([file('a.md', `\n\nSlow tests.\n${long}`)], 40)).toBe(`${LEAD}- a.md: Slow tests.\n`);
		expect(shown([file('a.md', `\n${' '.repeat(400)}`), file('b.md', long)], 40)).toContain('### a.md');
	});

	test('are named at once, however much white space a session left in them', () => {
		const startedAt = performance.now();
		shown([file('memory/a.md', `# ${' '.repeat(250_000)}\n`)]);
		expect(performance.now() - startedAt).toBeLessThan(1000);
	});

	test('make room for those that are always shown', () => {
		const files = [file('a.md', `Tests\n${'y'.repeat(90)}`), note('b.md', 'always: true', 'y'.repeat(90))];
		expect(shown(files, 45)).toMatch(/^### b\.md\n\ny+\n\nToo long.*\n- a\.md: Tests\n$/);
	});

	test('are pointed out to a reviewer as of base', () =>
		expect(shown([file('a.md', `Tests\n${long}`)], 40, 'reviewer')).toContain(
			"as of base (git show 'HEAD:./PATH'):\n- a.md",
		));

	test('are counted where there are too many to be named', () => {
		const many = Array.from({ length: 50 }, (_, n) => file(`memory/${10 + n}.md`, long));
		const text = shown(many, 100);
		expect(text.length).toBeLessThan(400 + LEAD.length + 30);
		expect(text).toMatch(/- and \d\d more in memory\/\n$/);
	});
});

describe('front matter that is bad', () => {
	const told = (text: string, why: RegExp) => {
		expect(flaws(text)).toEqual([expect.stringMatching(why)]);
		expect(shown([file('memory/a.md', text)], 1000, 'reviewer')).toBe(`### memory/a.md\n\n${text}\n`);
	};

	test('is told, and the note given to all as it stands', () => {
		told(
			'---js\nprocess.exit(7)\n---\nKeep it dry.',
			/^memory\/a\.md:1: the front matter is in "js"\. The note/,
		);
		told('---\nnever closed', /^memory\/a\.md:1: the front matter is never closed/);
		told('---\nfor: [worker, boss]\n---\nx', /^memory\/a\.md:2: for is the text "boss"/);
		told('---\nalways: yes please\n---\nx', /^memory\/a\.md:2: always is/);
		told('---\nsummary: 2026-11-22\n---\nx', /^memory\/a\.md:2: summary is a date/);
		told('---\nallways: true\n---\nx', /^memory\/a\.md:2: there is no key of a note "allways"/);
	});

	test('is none that is well', () => expect(flaws('---\nfor: worker\nalways: false\n---\nx')).toEqual([]));
});

test('every note is shown whole or named or counted, never cut, and all of it stays within the cap', () => {
	const files = fc.uniqueArray(
		fc.record({
			path: fc.stringMatching(/^[a-z]{1,8}\.md$/),
			text: fc.stringMatching(/^[a-z]{0,60}$/),
			always: fc.boolean(),
		}),
		{ selector: ({ path }) => path },
	);
	fc.assert(
		fc.property(files, fc.nat(60), (files, cap) => {
			const text = shown(
				files.map(({ path, text, always }) => note(path, `always: ${always}`, text)),
				cap,
			);
			const whole = files.filter((each) => text.includes(`### ${each.path}\n\n${each.text}\n`));
			const named = files.filter((each) => text.includes(`- ${each.path}`));
			const counted = Number(/- and (\d+) more/.exec(text)?.[1] ?? 0);
			expect(whole.length + named.length + counted).toBe(files.length);
			expect(text.length).toBeLessThanOrEqual(cap * 4 + LEAD.length + 30);
		}),
	);
});
