import { describe, expect, test } from 'vitest';
import { NEW_TASK } from '../../src/core/run/parts.ts';
import { diffstat } from '../../src/core/gate/changes.ts';
import { reviewOrder, withLeft, workOrder } from '../../src/core/orders.ts';
import type { Attempt, CheckResult, Finding, Run, TaskRecord } from '../../src/core/types.ts';
import { prompt } from '../helpers/fake-world.ts';
import { attempt, CANDIDATE, runOf, scene, SETTINGS, started, taskIn, WORK } from '../helpers/parts.ts';

const LIST = '## House\n\n- [ ] Add\n  - a detail\n';
const ADD = taskIn(LIST, 'Add');

describe('the order of a worker', () => {
	test('holds the task with its details, headings and the whole list', () => {
		expect(workOrder(runOf(started), scene(LIST), ADD, 1)).toMatchObject({
			session: '0001-worker',
			role: 'worker',
			text: 'Add',
			base: null,
			candidate: null,
			holes: { task: 'Add', details: '- a detail', breadcrumb: 'House', todo: LIST, findings: '', base: '' },
		});
	});

	test('holds the findings of the attempt before, with their evidence indented', () => {
		const findings = [finding('it lies', 'one\ntwo'), finding('it is slow', '  ')];
		expect(workOrder(known({ findings }), scene(LIST), ADD, 2).holes.findings).toBe(
			'- it lies (found by npm test)\n  one\n  two\n- it is slow (found by npm test)',
		);
	});

	test('names the files that say what the list is for, as a reviewer’s does as of base', () => {
		const at = scene(LIST, { spec: ['spec.md'] });
		expect(workOrder(known({}), at, ADD, 1).holes.spec).toBe('- spec.md');
		const order = reviewOrder(known({}), at, attempt(), CANDIDATE, ADD, prompt('reviewer'));
		expect(order.holes.spec).toContain('git show');
	});

	test('says that the last session was cut off only where its changes lie in the tree', () => {
		const run = known({ cutOff: 'idle' });
		expect(workOrder({ ...run, leftover: ADD.id }, scene(LIST), ADD, 1).cutOff).toBe('idle');
		expect(workOrder(run, scene(LIST), ADD, 1).cutOff).toBeNull();
		expect(workOrder({ ...known({}), leftover: ADD.id }, scene(LIST), ADD, 1).cutOff).toBeNull();
	});

	test('tells what a session that was cut off left, above the findings', () => {
		const finding = { what: 'it lies', evidence: '', blocking: true, by: 'npm test' };
		const left = { ...known({ cutOff: 'idle', findings: [finding] }), leftover: ADD.id };
		const order = workOrder(left, scene(LIST), ADD, 1);
		const modes = { oldMode: '100644', newMode: '100644' };
		const change = { path: 'a.ts', status: 'modified', ...modes, added: 3, deleted: 1 } as const;
		const told = (changes: Parameters<typeof withLeft>[1]) => withLeft(order, changes).holes.findings;
		const was = 'The last session on this task was cut off (idle);';
		const found = '- it lies (found by npm test)';
		expect(told([change])).toBe(
			`${was} what it changed lies in the work tree:\n${diffstat([change])}\n${found}`,
		);
		expect(told(null)).toBe(`${was} what it changed lies in the work tree.\n${found}`);
		expect(told([])).toBe(`${was} it had changed nothing.\n${found}`);
		const first = workOrder(known({}), scene(LIST), ADD, 1);
		expect(withLeft(first, [change])).toBe(first);
		const only = { ...order, holes: { details: '' } };
		expect(withLeft(only, null).holes.findings).toBe(`${was} what it changed lies in the work tree.`);
	});

	test('names the checks that will be run, and the model of its attempt', () => {
		const at = scene(LIST, {
			settings: { ...SETTINGS, checks: ['lint', 'test'] },
			worker: prompt('worker', { model: ['small', 'large'] }),
		});
		expect(workOrder(runOf(started), at, ADD, 1)).toMatchObject({
			holes: { checks: 'lint\ntest' },
			model: 'small',
		});
		expect(workOrder(runOf(started), at, ADD, 3).model).toBe('large');
	});

	test('holds the details that are on record once its session is open', () => {
		const open = { session: '0001-worker', role: 'worker', prompt: 'worker', agent: 'a', phase: 'running' };
		const opened = attempt({ details: 'as told', open: open as Attempt['open'] });
		const details = (more: Partial<Run>) =>
			workOrder({ ...known({}), ...more }, scene(LIST), ADD, 1).holes.details;
		expect(details({ attempt: opened })).toBe('as told');
		expect(details({ attempt: { ...opened, open: null } })).toBe('- a detail');
	});

	test('can be printed where there is no list to be read', () => {
		expect(workOrder(runOf(started), scene(''), ADD, 1).holes).toMatchObject({ task: 'Add', todo: '' });
	});
});

describe('the order of a reviewer', () => {
	const worked = attempt({ work: WORK, checks: [check('npm test')] });

	test('holds the candidate, its checks and its changes, and nothing that the worker said', () => {
		const order = reviewOrder(known({}), CHECKED, worked, CANDIDATE, ADD, prompt('reviewer-security'));
		expect(order).toMatchObject({
			role: 'reviewer',
			candidate: CANDIDATE,
			holes: { base: 'c0', candidate: 'c1', checks: '- `npm test`: green, 1.5s' },
		});
		expect(order.holes).not.toHaveProperty('findings');
		expect(order.holes).not.toHaveProperty('todo');
	});

	test.each([
		['as the worker was told them', 'where no wall keeps it from the list', 'groups', 'auto', 'as told'],
		['as the worker was told them', 'where the walls were taken down', 'namespaces', 'groups', 'as told'],
		['as the list has them', 'behind walls', 'namespaces', 'auto', '- a detail'],
	] as const)('holds the details %s %s', (_, _where, walls, wanted, details) => {
		const at = scene(LIST, { settings: { ...SETTINGS, walls: wanted } });
		const told = attempt({ details: 'as told' });
		const order = reviewOrder({ ...known({}), walls }, at, told, CANDIDATE, ADD, prompt('reviewer'));
		expect(order.holes.details).toBe(details);
	});

	test('holds the details as the list has them where none are on record', () => {
		const order = reviewOrder(known({}), scene(LIST), attempt(), CANDIDATE, ADD, prompt('reviewer'));
		expect(order.holes.details).toBe('- a detail');
	});

	test('holds no check where none was run', () => {
		const order = reviewOrder(known({}), scene(LIST), attempt(), CANDIDATE, ADD, prompt('reviewer'));
		expect(order.holes.checks).toBe('');
	});

	test('holds what is written above the task too, also where that says nothing more', () => {
		const text = '- [ ] House\n  of stone\n  - [ ] Wall\n    - [ ] Paint\n      it white\n';
		const order = reviewOrder(
			known({}),
			scene(text),
			worked,
			CANDIDATE,
			taskIn(text, 'Paint'),
			prompt('reviewer'),
		);
		expect(order.holes.details).toContain('it white');
		expect(order.holes.details).toMatch(/Part of: Wall(?:\n\n|$)/);
		expect(order.holes.details).toContain('Part of: House\nof stone');
	});
});

const CHECKED = scene(LIST, { settings: { ...SETTINGS, checks: ['npm test'] } });

function known(record: Partial<TaskRecord>): Run {
	return { ...runOf(started), tasks: new Map([[ADD.id, { ...NEW_TASK, ...record }]]) };
}

function finding(what: string, evidence: string): Finding {
	return { what, evidence, blocking: true, by: 'npm test' };
}

function check(command: string): CheckResult {
	return { command, result: 'green', exitCode: 0, ms: 1500, tail: '', log: '', runs: 1 };
}
