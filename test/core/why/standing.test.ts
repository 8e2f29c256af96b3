import { describe, expect, test } from 'vitest';
import { standingOf } from '../../../src/core/why/standing.ts';
import { NOTES } from '../../../src/core/notes.ts';
import type { End, Position } from '../../../src/core/why/standing.ts';
import type { Event, TaskId } from '../../../src/core/types.ts';
import { attempt, entry, taskIn } from '../../helpers/parts.ts';

const TASK = '00000000000001' as TaskId;

describe('a task stands', () => {
	test.each<[list: string, end: End['event'] | null, state: string]>([
		['- [ ] Add', null, 'open, not tried yet'],
		['- [ ] Add', 'rejected', 'open, to be tried again'],
		['- [ ] Add', 'landed', 'opened again'],
		['- [ ] Add', 'parked', 'opened again'],
		['- [ ] Add', 'abandoned', 'open'],
		['- [ ] Add', 'undone', 'open, its code taken back'],
		['- [ ] Add\n  - [ ] Bend', null, 'open'],
		['- [x] Add', 'landed', 'done'],
		['- [x] Add', 'undone', 'ticked by hand'],
		['- [x] Add', 'rejected', 'ticked by hand'],
		['- [x] Add', null, 'ticked, nothing on record here'],
		['- [x] Add\n  - [x] Bend', null, 'done'],
		['- [!] Add', 'parked', 'parked: it needs you'],
		['- [!] Add', 'rejected', 'parked by hand'],
		['- [-] Add', 'rejected', 'dropped by hand'],
	])('after %j and %s: %s', (list, end, state) => {
		expect(standing({ listed: taskIn(list, 'Add'), end: end && ended(end) })).toMatchObject({ state });
	});

	test.each<[end: End['event'] | null, list: Position['list'], state: string]>([
		[null, 'read', 'not in the list any more'],
		['rejected', 'read', 'rejected, not in the list any more'],
		['landed', 'read', 'landed, not in the list any more'],
		['parked', 'unread', 'parked, the list cannot be read'],
	])('outside of the list, after %s: %s %s', (end, list, state) => {
		expect(standing({ listed: null, list, end: end && ended(end) })).toMatchObject({ state });
	});

	test('in another list, which is named', () => {
		const there = { listed: null, end: ended('landed'), otherList: 'specs/tasks.md' };
		expect(standing(there)).toEqual({
			state: 'landed, in another list',
			next: { words: 'Name that: --todo specs/tasks.md', command: null },
		});
	});

	test.each<[end: End['event'] | null, state: string]>([
		['landed', 'done'],
		['rejected', 'rejected: the notes are as they were'],
		['undone', 'undone: the notes are as they were'],
		[null, 'not tried yet'],
	])('as the notes, which are in no list, after %s: %s', (end, state) => {
		const notes = standing({ task: NOTES.id, listed: null, end: end && ended(end) });
		expect(notes.state).toBe(state);
		expect(notes.next.words).toMatch(
			end === 'landed' ? /take its code back/ : /10 landings after the last try/,
		);
	});

	test('with a mark that is still owed', () => {
		const listed = taskIn('- [ ] Add', 'Add');
		const owed = (end: End['event']) => standing({ listed, isMarked: false, end: ended(end) }).state;
		expect(owed('landed')).toBe('landed, its box not marked yet');
		expect(owed('parked')).toBe('parked, its box not marked yet');
		expect(owed('rejected')).toBe('open, to be tried again');
	});
});

describe('what to do', () => {
	test('is nothing while the loop does it', () => {
		expect(standing({ attempt: attempt({ number: 2 }) })).toEqual({
			state: 'in work: attempt 2',
			next: { words: 'Nothing: it is being worked on.', command: null },
		});
		expect(standing({}).next.words).toBe('Nothing: its turn comes.');
	});

	test('is to start the loop where none runs', () => {
		const idle = { holder: 'nobody' } as const;
		expect(standing({ ...idle, attempt: attempt() }).next.words).toMatch(
			/^Start nightloop again: it goes on/,
		);
		expect(standing(idle).next.words).toBe('Start nightloop again: its turn comes.');
	});

	test('is to have an undo finished that was cut short', () => {
		expect(standing({ undo: 'begun' })).toMatchObject({
			state: 'its undo is unfinished',
			next: { words: 'Start nightloop again: it finishes the undo first.' },
		});
	});

	test('names the command that takes a landed task back', () => {
		const listed = taskIn('- [x] Add', 'Add');
		expect(standing({ listed, end: ended('landed') }).next.command).toBe(`nightloop -C x undo ${TASK}`);
	});

	test('is to look into git where a tick is not on record', () => {
		const listed = taskIn('- [x] Add', 'Add');
		expect(standing({ listed }).next.command).toBe(`git -C x log --grep=${listed.id}`);
		expect(standing({ listed, end: ended('rejected') }).next.command).toBeNull();
	});

	test('is to help a parked task, or to name the list', () => {
		const parked = standing({ listed: taskIn('- [!] Add', 'Add'), end: ended('parked') });
		expect(parked.next.words).toContain('set [!] back to [ ]');
		expect(standing({ listed: null, list: 'unread' }).next.words).toContain('--todo FILE');
	});
});

function standing(more: Partial<Position>) {
	return standingOf({
		task: TASK,
		listed: taskIn('- [ ] Add', 'Add'),
		list: 'read',
		end: null,
		isMarked: true,
		attempt: null,
		undo: 'none',
		holder: 'alive',
		otherList: null,
		git: 'git -C x',
		self: 'nightloop -C x',
		...more,
	});
}

/** Only its name and task are looked at. */
function ended(event: End['event']): End {
	return entry({ event, task: TASK } as unknown as Event, 0) as End;
}
