import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changedFiles, changedLines, withHeld } from '../../../src/core/rules/rule-texts.ts';
import type { RuleTexts } from '../../../src/core/types.ts';

const texts = (settings: string, prompts: Readonly<Record<string, string>> = {}): RuleTexts => ({
	settings: { file: 'todo.md', text: settings },
	prompts: Object.entries(prompts).map(([name, text]) => ({ name, file: `prompts/${name}.md`, text })),
});

describe('what changed', () => {
	test('is named by file: settings, and prompts that are other, new or gone', () => {
		const before = texts('a', { worker: '1', reviewer: '2', 'reviewer-old': '3' });
		const after = texts('b', { 'reviewer-new': '4', reviewer: '5', worker: '1' });
		expect(changedFiles(before, after)).toEqual([
			'todo.md',
			'prompts/reviewer-new.md',
			'prompts/reviewer-old.md',
			'prompts/reviewer.md',
		]);
	});

	test('is nothing where the same settings stand in another file', () => {
		expect(changedFiles(texts('a'), { settings: { file: 'other.md', text: 'a' }, prompts: [] })).toEqual([]);
	});

	test('reads as lines, of which those that stayed are left out', () => {
		const before = texts('---\nchecks: npm test\nattempts: 3\n---\n', { reviewer: 'Be strict.\n' });
		const after = texts('---\nchecks: []\nattempts: 3\n---\n', { worker: 'Work.\n' });
		expect(changedLines(before, after)).toEqual([
			'todo.md: - checks: npm test',
			'todo.md: + checks: []',
			'prompts/reviewer.md is gone',
			'prompts/worker.md is new',
			'prompts/worker.md: + Work.',
		]);
	});

	test('is cut where it is long', () => {
		const lines = changedLines(texts(''), texts('x\n'.repeat(30)));
		expect(lines).toHaveLength(21);
		expect(lines.at(-1)).toBe('and 10 more lines');
	});

	test('reads as some line exactly where some file changed', () => {
		const text = fc.string({ unit: fc.constantFrom('a', 'b', '\n') });
		fc.assert(
			fc.property(text, text, (one, other) => {
				const [before, after] = [texts('', { worker: one }), texts('', { worker: other })];
				expect(changedLines(before, after).length > 0).toBe(one !== other);
			}),
		);
	});
});

describe('what is held', () => {
	const before = texts('a', { reviewer: '1', worker: '2' });
	const found = texts('b', { 'reviewer-tame': '3', worker: '4' });

	test('stays as it was, present or absent, and all else is as it is found', () => {
		const held = ['todo.md', 'prompts/reviewer.md', 'prompts/reviewer-tame.md'];
		expect(withHeld(before, found, held)).toEqual(texts('a', { reviewer: '1', worker: '4' }));
		expect(withHeld(before, found, [])).toEqual(found);
	});

	test('is all that a change can be kept from: held and taken together are what is found', () => {
		const all = changedFiles(before, found);
		fc.assert(
			fc.property(fc.subarray(all), (held) => {
				const after = withHeld(before, found, held);
				expect(changedFiles(after, found)).toEqual(held);
				expect(changedFiles(before, after)).toEqual(all.filter((file) => !held.includes(file)));
			}),
		);
	});
});
