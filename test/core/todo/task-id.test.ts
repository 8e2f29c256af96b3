import { describe, expect, test } from 'vitest';
import { taskIds, type Named } from '../../../src/core/todo/task-id.ts';

const task = (text: string, breadcrumb: string[] = [], parent: Named | null = null): Named => ({
	text,
	breadcrumb,
	parent,
});
const ids = (...tasks: Named[]) => [...taskIds(tasks).values()].map(({ id }) => id);

describe('taskIds', () => {
	test('are 14 hex digits, and stay the same from release to release', () =>
		expect(ids(task('Write the parser', ['Plan']))).toMatchInlineSnapshot(`
			[
			  "16ad8bc6c76ef1",
			]
		`));

	test('differ by text, headings and parent', () => {
		const parent = task('b');
		const found = ids(
			task('a'),
			task('a', ['h']),
			task('a', ['h', 'i']),
			task('a', ['h i']),
			parent,
			task('a', [], parent),
		);
		expect(new Set(found).size).toBe(6);
	});

	test('do not differ by runs of white space', () =>
		expect(ids(task(' a  b\tc ', ['h  i']))).toEqual(ids(task('a b c', ['h i']))));

	test('count the equals of a task, and tell them apart', () => {
		const found = [...taskIds([task('a'), task('b'), task('a'), task('a')]).values()];
		expect(found.map(({ equals }) => equals)).toEqual([3, 1, 3, 3]);
		expect(new Set(found.map(({ id }) => id)).size).toBe(4);
	});

	test('do not depend on the order of different tasks', () => {
		const [a, b] = [task('a'), task('b')];
		expect(ids(a, b)).toEqual(ids(b, a).toReversed());
	});

	test('do not collide among 100,000 much alike texts', () => {
		const tasks = Array.from({ length: 100_000 }, (_, number) => task(`task ${number}`));
		expect(new Set(ids(...tasks)).size).toBe(100_000);
	});
});
