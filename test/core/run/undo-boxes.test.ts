import { describe, expect, test } from 'vitest';
import { boxesToUndo, undoMark } from '../../../src/core/run/undo-boxes.ts';
import type { CommitId, Event, TreeId, Undoing } from '../../../src/core/types.ts';
import { opened, runOf, started, taskIn, todo } from '../../helpers/parts.ts';

describe('the boxes that an undo opens', () => {
	test.each<[string, string, number[]]>([
		['the task’s own', '- [x] Add\n- [x] Bend\n', [1]],
		['its own where it is open already', '- [ ] Add\n', [1]],
		['with the ticked parents that need it', '- [x] a\n  - [x] b\n    - [x] Add\n  - [x] c\n', [3, 2, 1]],
		['not with a parent that is open', '- [ ] a\n  - [x] Add\n', [2]],
		['not with a parent that does not require it', '- [x] a\n  - [x] b\n  - [x]* Add\n', [3]],
		['with a parent that has nothing but optional ones', '- [x] a\n  - [x]* Add\n', [2, 1]],
		['not with one in what a person dropped', '- [-] a\n  - [x] b\n    - [x] Add\n', [3]],
		['none that a person dropped', '- [-] Add\n', []],
		['its own where it is parked', '- [!] Add\n', [1]],
	])('are %s', (_name, list, lines) => {
		expect(linesFor(list, 'open')).toEqual(lines);
	});

	test('are none where the task is gone', () => {
		const task = taskIn('- [x] Add\n', 'Add').id;
		expect(boxesToUndo(todo('- [x] Bend\n'), { task, box: 'open' }, runOf())).toEqual([]);
	});
});

describe('a box that an undo drops', () => {
	test('is the task’s own, and no parent’s', () => {
		expect(linesFor('- [x] a\n  - [x] Add\n', 'drop')).toEqual([2]);
	});
});

describe('of equal tasks', () => {
	const two = '- [x] Add\n- [x] Bend\n- [x] Add\n';

	test('the line is known while there are as many as when it landed', () => {
		expect(linesFor(two, 'open', 2)).toEqual([1]);
		expect(linesFor(two, 'drop', 1)).toEqual([]);
	});

	test('the first is taken where nothing is on record of a landing', () => {
		const { id } = taskIn(two, 'Add');
		const run = runOf(started, opened(id));
		expect(boxesToUndo(todo(two), { task: id, box: 'open' }, run).map(({ line }) => line)).toEqual([1]);
	});
});

test('they are marked open, or dropped', () => {
	const { id: task } = taskIn('- [x] Add\n', 'Add');
	expect((['open', 'drop'] as const).map((box) => undoMark({ task, box }))).toEqual([' ', '-']);
});

function linesFor(list: string, box: Undoing['box'], equals?: number): number[] {
	const { id: task } = taskIn(list, 'Add');
	const landed: Event = {
		event: 'landed',
		task,
		text: 'Add',
		attempt: 1,
		commit: 'c1' as CommitId,
		tree: 't1' as TreeId,
		equals: equals ?? 1,
		worker: null,
		reviewers: [],
	};
	const run = runOf(started, opened(task), landed);
	return boxesToUndo(todo(list), { task, box }, run).map(({ line }) => line);
}
