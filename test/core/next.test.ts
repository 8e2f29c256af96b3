import { describe, expect, test } from 'vitest';
import { next, waitForTodo, workOn } from '../../src/core/next.ts';
import type { Finding, Run, TaskRecord } from '../../src/core/types.ts';
import { NEW_TASK } from '../../src/core/run/parts.ts';
import { runOf, scene, SETTINGS, started, taskIn, todo } from '../helpers/parts.ts';

const LIST = '- [ ] Add\n- [ ] Bend\n';
const ADD = taskIn(LIST, 'Add');
const BEND = taskIn(LIST, 'Bend');

describe('the next attempt', () => {
	test('is at the first open task', () => {
		expect(next(runOf(started), scene(LIST))).toMatchObject({ step: 'open', task: { text: 'Add' } });
	});

	test('is at the task whose changes lie in the tree, while it is open', () => {
		const run = { ...runOf(started), leftover: BEND.id };
		expect(next(run, scene(LIST))).toMatchObject({ step: 'open', task: { text: 'Bend' } });
		expect(next(run, scene('- [ ] Add\n- [x] Bend\n'))).toMatchObject({
			step: 'clear',
			task: BEND.id,
			why: 'another task comes first',
		});
		expect(next(run, scene('- [ ] Add\n- [ ] Bend\n  - [ ] Part\n'))).toMatchObject({ step: 'clear' });
	});

	test('waits for a list that can be read, and says what is wrong with it', () => {
		expect(next(runOf(started), scene(''))).toEqual(waiting('empty'));
		expect(waitForTodo({ kind: 'absent' })).toEqual(waiting('absent'));
		expect(waitForTodo({ kind: 'broken', line: 7, why: 'never closed' })).toEqual(
			waiting('line 7: never closed'),
		);
	});
});

describe('a task is parked', () => {
	const finding: Finding = { what: 'it lies', evidence: '', blocking: true, by: 'reviewer' };

	test.each<[string, Partial<TaskRecord>, string]>([
		['with its last finding, when its attempts are used up', { attempts: 3, findings: [finding] }, 'it lies'],
		['when they are, and nothing is on record of why', { attempts: 3 }, 'no attempt landed'],
		['when it is blocked twice', { blocked: { times: 2, reason: 'no key' } }, 'blocked: no key'],
		[
			'when five sessions were cut off',
			{ cutOffs: 5, cutOff: 'idle' },
			'5 sessions were cut off, the last one: idle',
		],
	])('%s', (_name, record, why) => {
		expect(onAdd(known(record))).toMatchObject({
			step: 'record',
			event: { event: 'parked', why, inARow: 1 },
		});
	});

	test('only after its changes were taken out and kept', () => {
		expect(onAdd({ ...known({ attempts: 3 }), leftover: ADD.id })).toMatchObject({
			step: 'clear',
			keep: 'parked',
		});
	});

	test('not any more when a person opened it again', () => {
		expect(onAdd(known({ attempts: 3, state: 'parked' }))).toMatchObject({
			step: 'open',
			order: { attempt: 1 },
		});
	});

	test('after one attempt when three before it were parked in a row', () => {
		const run = { ...known({ attempts: 1, findings: [finding] }), parkedInARow: 3 };
		expect(onAdd(run)).toMatchObject({ event: { event: 'parked', inARow: 4 } });
		expect(onAdd({ ...run, parkedInARow: 2 })).toMatchObject({ step: 'open' });
	});
});

test('the last attempt starts over from base, unless it is the only one', () => {
	const run = { ...known({ attempts: 2 }), leftover: ADD.id };
	expect(onAdd(run)).toMatchObject({ step: 'clear', why: 'the last attempt starts over from base' });
	expect(onAdd({ ...known({ attempts: 1 }), leftover: ADD.id })).toMatchObject({ step: 'open' });
	const once = { ...SETTINGS, attempts: 1 };
	expect(
		workOn({ ...known({}), leftover: ADD.id }, scene(LIST, { settings: once }), todo(LIST), ADD),
	).toMatchObject({
		step: 'open',
	});
});

function known(record: Partial<TaskRecord>): Run {
	return { ...runOf(started), tasks: new Map([[ADD.id, { ...NEW_TASK, ...record }]]) };
}

function onAdd(run: Run) {
	return workOn(run, scene(LIST), todo(LIST), ADD);
}

function waiting(why: string) {
	return { step: 'record', event: { event: 'waiting', for: { kind: 'todo', why }, until: null } };
}
