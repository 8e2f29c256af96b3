import { describe, expect, test } from 'vitest';
import { next } from '../../../src/core/next.ts';
import { advance } from '../../../src/core/run/run.ts';
import { undoGivenUp, undone as add } from '../../../src/core/run/undo.ts';
import type { CommitId, Event, Run, TreeId, Undoing } from '../../../src/core/types.ts';
import { entry, opened, runOf, scene, started, taskIn, worked } from '../../helpers/parts.ts';

const LIST = '- [ ] Add\n- [ ] Bend\n';
const ADD = taskIn(LIST, 'Add').id;
const BEND = taskIn(LIST, 'Bend').id;
type Undone = Extract<Event, { event: 'undone' }>;

const UNDOING: Undoing = {
	task: ADD,
	text: 'Add',
	commit: 'c1' as CommitId,
	sealed: { commit: 'c2' as CommitId, head: 'c1' as CommitId, branch: 'refs/heads/main', list: 'todo.md' },
	why: 'it leaks',
	box: 'open',
};
const undoing: Event = { event: 'undoing', undoing: UNDOING };
const landed: Event = {
	event: 'landed',
	task: ADD,
	text: 'Add',
	attempt: 2,
	commit: 'c1' as CommitId,
	tree: 't1' as TreeId,
	equals: 1,
	worker: null,
	reviewers: [],
};
const ended: Event = { event: 'ended', ending: { kind: 'signal', signal: 'SIGTERM' }, tree: 't5' as TreeId };

describe('an undo', () => {
	test('is in hand from when it begins until it is recorded as done', () => {
		expect(runOf(started, opened(ADD), landed, undoing).undoing).toEqual(UNDOING);
		expect(undoneAfter(landed, undoing).undoing).toBeNull();
	});

	test('that is given up changes nothing else; a landing that came to nothing is another matter', () => {
		const run = runOf(started, opened(ADD), landed, undoing);
		const unlanded = { event: 'unlanded' as const, at: '', why: 'the branch moved' };
		expect(undoGivenUp(run, { ...unlanded, task: ADD })).toEqual({ ...run, undoing: null });
		expect(undoGivenUp(run, { ...unlanded, task: BEND })).toBeNull();
		expect(undoGivenUp(runOf(started), { ...unlanded, task: ADD })).toBeNull();
	});
});

describe('a task that was undone', () => {
	test('is open, as if it had not been tried, with the reason for its next worker', () => {
		const run = undoneAfter(landed, undoing);
		expect(run.tasks.get(ADD)).toMatchObject({
			state: 'open',
			text: 'Add',
			attempts: 0,
			marks: 0,
			commit: null,
			base: null,
			landedInRun: false,
			findings: [
				{
					what: 'it leaks',
					evidence: expect.stringContaining('git show c1'),
					blocking: true,
					by: 'the person who undid it',
				},
			],
		});
		expect(next(run, scene(LIST))).toMatchObject({
			step: 'open',
			order: {
				attempt: 1,
				base: null,
				holes: { findings: expect.stringMatching(/- it leaks \(found by the person/) },
			},
		});
	});

	test('without a reason was undone by hand', () => {
		const run = add(runOf(started), entryOf({ why: '' }));
		expect(run.tasks.get(ADD)?.findings[0]?.what).toBe('undone by hand');
	});

	test('keeps the ref of a rejected candidate', () => {
		const ref = 'refs/nightloop/rejected/1';
		const rejected: Event = {
			event: 'rejected',
			task: ADD,
			text: 'Add',
			attempt: 1,
			findings: [],
			ref,
			blocked: null,
		};
		expect(undoneAfter(rejected, opened(ADD), landed, undoing).tasks.get(ADD)?.ref).toBe(ref);
	});

	test('is forgotten where it is dropped', () => {
		const run = runOf(started, opened(ADD), landed, undoing);
		expect(add(run, entryOf({ box: 'drop' })).tasks.has(ADD)).toBe(false);
	});

	test('is on record where the journal knew nothing of it', () => {
		expect(add(runOf(), entryOf({})).tasks.get(ADD)).toMatchObject({ state: 'open', text: 'Add' });
	});
});

describe('other tasks', () => {
	test('are tried on top of the undo, an attempt in hand from its beginning', () => {
		const run = undoneAfter(landed, opened(BEND), worked(BEND), undoing);
		expect(run).toMatchObject({ attempt: null, leftover: BEND });
		expect(run.tasks.get(BEND)).toMatchObject({ base: null, attempts: 0, cutOff: 'stopped' });
		expect(next(run, scene(LIST))).toMatchObject({
			step: 'open',
			task: { text: 'Bend' },
			order: { attempt: 1 },
		});
	});
});

describe('the work tree of a clean stop', () => {
	const stopped = runOf(started, opened(ADD), landed, ended, undoing);

	test('is known with what the undo changed in it', () => {
		expect(add(stopped, entryOf({ tree: 't6' as TreeId })).treeAtEnd).toBe('t6');
		expect(add(runOf(started), entryOf({ tree: null })).treeAtEnd).toBeNull();
	});
});

function undoneAfter(...events: readonly Event[]): Run {
	return advance(runOf(started, opened(ADD), ...events), entryOf({}));
}

function entryOf(more: Partial<Undone>): Undone & { at: string } {
	const { task, text, commit, sealed, why, box } = UNDOING;
	const event: Undone = {
		event: 'undone',
		task,
		text,
		commit,
		by: sealed.commit,
		why,
		box,
		lines: [1],
		tree: null,
	};
	return { at: entry(event, 60).at, ...event, ...more };
}
