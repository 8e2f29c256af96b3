import { describe, expect, test } from 'vitest';
import { planLines, readPlan } from '../../../src/core/plan/plan.ts';
import { todo } from '../../helpers/parts.ts';

const NOTHING = { tasks: [], ignored: [] };
const said = (tasks: string) => `Here it is.\n\n\`\`\`tasks\n${tasks}\n\`\`\`\n`;
const read = (tasks: string, list = NOTHING as ReturnType<typeof todo>) => readPlan(said(tasks), list);
const lines = (tasks: string, list?: ReturnType<typeof todo>) => {
	const plan = read(tasks, list);
	return 'refused' in plan ? plan.refused : planLines(plan);
};
const refusal = (text: string) => {
	const plan = readPlan(text, NOTHING);
	return 'refused' in plan ? plan.refused.join(' ') : 'a plan';
};

describe('the tasks of a plan', () => {
	test('are the open boxes of its list, each with what is indented below', () =>
		expect(lines('- [ ] Read\n  - 3 rows\n\n    more\n* [ ] Write\n\tone line')).toEqual([
			'- [ ] Read',
			'  - 3 rows',
			'',
			'    more',
			'- [ ] Write',
			'  one line',
		]));

	test('keep their parents, one step in for each', () =>
		expect(
			lines(
				'1. [ ] House\n   1. [ ] Wall\n      - red\n   2. [x] Roof\n      - done\n2. [ ] Empty\n   - [x] a',
			),
		).toEqual(['- [ ] House', '  - [ ] Wall', '    - red']));

	test('come without headings, prose and stars', () =>
		expect(lines('# Tasks\n\nProse.\n\n- [ ]* Read\n  - x')).toEqual(['- [ ] Read', '  - x']));

	test('come without what could steer a terminal', () =>
		expect(lines('- [ ] R\u001B[2Jead\n  - x\u001B]0;o\u0007y\n  \u001B[2J\n  - z')).toEqual([
			'- [ ] Read',
			'  - xy',
			'',
			'  - z',
		]));
});

describe('what is left out of a plan', () => {
	const leftOut = (tasks: string, list: string) => {
		const plan = read(tasks, todo(list));
		return 'refused' in plan ? plan.refused : plan.leftOut;
	};

	test('is what the list has, in whatever state and under whatever heading', () =>
		expect(leftOut('- [ ] A\n  - x\n- [ ] B  c\n  - x\n- [ ] D\n  - x', '# H\n- [x] A\n- [-] B c\n')).toEqual(
			['"A": the list has it', '"B  c": the list has it'],
		));

	test('is not the same text below another parent', () =>
		expect(leftOut('- [ ] P\n  - [ ] A\n    - x', '- [ ] A\n')).toEqual([]));

	test('is what it says twice, what is not open, and boxes that are no tasks', () =>
		expect(leftOut('- [ ] A\n  - x\n- [ ] A\n  - x\n- [!] B\n## Out of scope\n- [ ] C', '- [ ] Z\n')).toEqual(
			['"C": under the heading "Out of scope"', '"A": the list has it', '"B": its box is not open'],
		));

	test('may be all of it', () =>
		expect(read('- [ ] A\n  - x', todo('- [ ] A\n'))).toEqual({
			tasks: [],
			leftOut: ['"A": the list has it'],
		}));
});

describe('no plan', () => {
	test.each([
		['is a message without a fence', '- [ ] A\n  - x', /does not end with the fence/],
		['is a fence with words behind it', `${said('- [ ] A\n  - x')}Done.`, /does not end/],
		['are two fences', said('- [ ] A\n  - x') + said('- [ ] B\n  - x'), /more than one/],
		['has front matter', said('---\npause: true\n---\n- [ ] A\n  - x'), /front matter/],
		['has a fence that stays open', said('- [ ] A\n  - x\n\n~~~\n'), /line 4 of the tasks: the code fence/],
		['is an empty fence', said(''), /no open task/],
		['has no open box', said('- [x] A\n  - x'), /no open task/],
		['has more tasks than can be judged', said('- [ ] A\n'.repeat(101)), /101 tasks/],
		['has a task of many words', said(`- [ ] ${'a'.repeat(301)}\n  - x`), /one line of at most 300/],
		['has a task without acceptance', said('- [ ] A\n  - x\n- [ ] B'), /^"B": what must be true/],
		['has a task with nothing that can be read below', said('- [ ] A\n  \u0001'), /^"A": what must be true/],
	])('%s', (_what, text, why) => expect(refusal(text)).toMatch(why));
});
