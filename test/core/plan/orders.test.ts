import { describe, expect, test } from 'vitest';
import { judgeOrder, planOrder, planReviewOrder } from '../../../src/core/plan/orders.ts';
import { replay } from '../../../src/core/run/run.ts';
import { prompt } from '../../helpers/fake-world.ts';
import { todo } from '../../helpers/parts.ts';

const RUN = { ...replay([]), sessions: 6 };
const BRIEF = { about: 'spec.md', spec: 'Build it.', todo: '- [ ] A\n' };
const PLANNER = { ...prompt('planner'), role: 'planner', model: ['small', 'large'] } as const;
const PLAN = { tasks: [{ text: 'A', details: ['x'], depth: 0, kind: 'leaf' }], leftOut: [] } as const;

describe('a session beside the loop', () => {
	test('plans a spec, with the findings against the plan before', () => {
		const finding = { what: 'too big', evidence: 'line 3', blocking: true, by: 'reviewer' };
		expect(planOrder(RUN, PLANNER, BRIEF, 3, [finding])).toMatchObject({
			session: '0007-planner',
			role: 'planner',
			text: 'plan spec.md',
			attempt: 3,
			model: 'large',
			holes: { spec: 'Build it.', todo: '- [ ] A\n', findings: '- too big (found by reviewer)\n  line 3' },
		});
	});

	test('judges a plan, and is given nothing of the planner but its tasks', () => {
		const order = planReviewOrder(RUN, prompt('reviewer'), BRIEF, 1, PLAN);
		expect(order).toMatchObject({ session: '0007-reviewer', role: 'reviewer', model: null });
		expect(order.holes).toEqual({
			task: 'spec.md',
			details: '',
			spec: 'Build it.',
			todo: '- [ ] A\n',
			changes: '- [ ] A\n  x',
		});
	});

	test('judges tasks by their lines, with their details and headings', () => {
		const { tasks } = todo('- [ ] A\n\n# One\n## Two\n- [ ] B\n  - x\n\n    y\n');
		expect(judgeOrder(RUN, PLANNER, 'todo.md', 'all', tasks).holes.task).toBe(
			'- line 1: A\n- line 5: B (under: One › Two)\n  - x\n\n    y',
		);
	});
});
