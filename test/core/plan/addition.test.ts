import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { additionTo, joined } from '../../../src/core/plan/addition.ts';
import { readPlan } from '../../../src/core/plan/plan.ts';
import type { Plan } from '../../../src/core/plan/plan.ts';
import { parseTodo } from '../../../src/core/todo/todo.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const planOf = (tasks: string): Plan => {
	const plan = readPlan(`\`\`\`tasks\n${tasks}\n\`\`\``, { tasks: [], ignored: [] });
	if ('refused' in plan) throw new Error(plan.refused.join());
	return plan;
};
const PLAN = planOf('- [ ] New\n  - x');
const added = (list: string, plan = PLAN) => {
	const addition = additionTo(bytes(list), plan, 'Tasks from spec.md');
	return addition && { text: new TextDecoder().decode(addition.bytes), line: addition.line };
};
const H2 = '## Tasks from spec.md';

describe('new tasks', () => {
	test('go on with a list that has no headings', () =>
		expect(added('- [ ] Old\n')).toEqual({ text: '- [ ] New\n  - x\n', line: 2 }));

	test('stand below a heading of their own in one that has', () =>
		expect(added('# L\n\n- [ ] Old\n')).toEqual({ text: `\n${H2}\n\n- [ ] New\n  - x\n`, line: 7 }));

	test('stand in no blank lines too many', () =>
		expect(added('# L\n\n- [ ] Old\n\n')).toEqual({ text: `${H2}\n\n- [ ] New\n  - x\n`, line: 7 }));

	test.each(['', '\uFEFF', '\n \n'])('make a list of %j', (list) =>
		expect(added(list)?.text).toBe('# Tasks\n\n- [ ] New\n  - x\n'),
	);

	test.each([
		['- [ ] Old\r\n', '- [ ] New\r\n  - x\r\n'],
		['# L\r\n\r\n- [ ] Old\r\n', `\r\n${H2}\r\n\r\n- [ ] New\r\n  - x\r\n`],
		['- [ ] Old\r', '- [ ] New\r  - x\r'],
		['- [ ] Old', '\n- [ ] New\n  - x'],
		['- [ ] A\r\n- [ ] Old', '\r\n- [ ] New\r\n  - x'],
	])('go by the line ends of %j', (list, text) => expect(added(list)?.text).toBe(text));

	test('come out of a section whose boxes are no tasks', () => {
		expect(added('- [ ] Old\n\n## Notes\n')?.text).toBe(`\n${H2}\n\n- [ ] New\n  - x\n`);
		expect(added('- [ ] Old\n\n# Out of scope\n')?.text).toMatch(/^\n# Tasks from/);
	});

	test('never become a part of what is there', () =>
		expect(added('- [ ] 2 House\n', planOf('- [ ] 2.1 Wall\n  - x'))?.text).toMatch(/^\n## Tasks from/));

	test('never are one more of the same: who is done could not be told', () =>
		expect(added('- [x] New\n')?.text).toMatch(/^\n## Tasks from/));

	test('are not written where they could not be read', () => {
		expect(added('- [ ] Old\n\n```\n')).toBeNull();
		expect(
			added('- [ ] Old\n', { tasks: [{ text: 'A', details: ['```'], depth: 0, kind: 'leaf' }], leftOut: [] }),
		).toBeNull();
		expect(added('- [ ] Old\n', { tasks: [], leftOut: [] })).toBeNull();
	});
});

test('whatever the list, its tasks stay as they are, with just the plan below', () => {
	const line = fc.constantFrom(
		'- [ ] A',
		'  - [x] B',
		'# H',
		'## Notes',
		'text',
		'',
		'    deep',
		'1. [ ] 2.1 C',
		'> - [ ] q',
		'---',
		'| t |',
		'<!-- c -->',
	);
	const lists = fc
		.tuple(fc.array(line, { maxLength: 12 }), fc.constantFrom('\n', '\r\n', '\r'), fc.boolean())
		.map(([lines, end, isEnded]) => lines.join(end) + (isEnded ? end : ''));
	const plans = fc.constantFrom(
		PLAN,
		planOf('- [ ] P\n  - [ ] Q\n    - x\n\n    y\n  - [ ] R\n    ```\n    - [ ] z\n    ```'),
	);
	fc.assert(
		fc.property(lists, plans, (list, plan) => {
			const before = parseTodo(bytes(list), { optional: true });
			const addition = additionTo(bytes(list), plan, 'Tasks from x');
			expect(addition === null).toBe(before.kind === 'broken');
			if (addition === null) return;
			const after = parseTodo(joined(bytes(list), addition.bytes), { optional: true });
			const old = before.kind === 'list' ? before.todo.tasks : [];
			if (after.kind !== 'list') throw new Error(after.kind);
			expect(after.todo.tasks.slice(0, old.length)).toEqual(old);
			expect(after.todo.tasks.slice(old.length).map(({ text }) => text)).toEqual(
				plan.tasks.map(({ text }) => text),
			);
			expect(after.todo.tasks[old.length]!.line).toBe(addition.line);
		}),
		{ numRuns: 500 },
	);
});
