import { describe, expect, test } from 'vitest';
import { replay } from '../../../src/core/run/run.ts';
import type { CommitId, Event, TaskId, TreeId } from '../../../src/core/types.ts';
import { mostUrgent, storyOf } from '../../../src/core/why/why.ts';
import type { Known } from '../../../src/core/why/why.ts';
import { entry, NOW, opened, settled, started, taskIn, todo, worked } from '../../helpers/parts.ts';

const LIST = '- [ ] Add\n- [x] Bend\n';
const ADD = taskIn(LIST, 'Add').id;
const BEND = taskIn(LIST, 'Bend').id;
const GONE = '00000000000009' as TaskId;

describe('what is most urgent', () => {
	test('is every parked task of the list, whoever parked it', () => {
		const list = '- [!] Add\n- [ ] Bend\n- [!] Cut\n';
		expect(urgent([started, opened(ADD)], list)).toEqual(['needs you', 'Add', 'Cut']);
	});

	test('is the task in work, then the one that was rejected last, then the one that landed last', () => {
		const events = [started, opened(BEND), landed(BEND), opened(ADD), rejected(ADD)];
		expect(urgent([...events, { ...opened(BEND), text: 'Bend' } as Event])).toEqual(['in work', 'Bend']);
		expect(urgent(events)).toEqual(['rejected last', 'Add']);
		expect(urgent([...events, opened(ADD), landed(ADD), opened(BEND), rejected(BEND)])).toEqual([
			'rejected last',
			'Bend',
		]);
		expect(urgent([...events, opened(ADD), landed(ADD)])).toEqual(['landed last', 'Add']);
	});

	test('is nothing where nothing is on record, and no list there', () => {
		expect(mostUrgent(known([], null))).toEqual({ chosen: 'nothing on record', tasks: [] });
	});
});

describe('the story of a task', () => {
	test('is what stands in the list, and in the journal', () => {
		const events = [started, opened(BEND), worked(BEND), settled, landed(BEND), marked(BEND)];
		expect(storyOf(known(events), { task: BEND, text: 'as it was' })).toMatchObject({
			text: 'Bend',
			line: 2,
			listed: 'done',
			state: 'done',
			running: null,
			chapters: [{ attempt: 1 }],
		});
	});

	test('knows a mark that is owed from one that was undone', () => {
		const events = [started, opened(ADD), landed(ADD)];
		expect(state(events)).toBe('landed, its box not marked yet');
		expect(state([...events, marked(ADD)])).toBe('opened again');
	});

	test('knows an undo that was cut short', () => {
		const about = known([started, opened(ADD), landed(ADD), marked(ADD)]);
		const undoing = { task: ADD } as NonNullable<Known['run']['undoing']>;
		const task = { task: ADD, text: 'Add' };
		expect(storyOf({ ...about, run: { ...about.run, undoing } }, task).state).toBe('its undo is unfinished');
	});

	test('names the session that runs, as long as there is a loop', () => {
		const events = [started, opened(ADD)];
		const task = { task: ADD, text: 'Add' };
		expect(storyOf(known(events), task)).toMatchObject({
			state: 'in work: attempt 1',
			running: '0001-worker',
		});
		expect(storyOf(known([...events, worked(ADD), settled]), task).running).toBeNull();
		expect(storyOf({ ...known(events), holder: 'nobody' }, task).running).toBeNull();
	});

	test('knows that a task landed by another list, which is not this one', () => {
		const by = (list: string | null) =>
			storyOf(known([started, opened(GONE), sealed(GONE, list), landed(GONE)]), { task: GONE, text: '' })
				.state;
		expect(by('specs/tasks.md')).toBe('landed, in another list');
		expect(by('todo.md')).toBe('landed, not in the list any more');
		expect(by(null)).toBe('landed, not in the list any more');
		const again = known([started, opened(GONE), sealed(GONE, 'specs/tasks.md'), rejected(GONE)]);
		expect(storyOf(again, { task: GONE, text: '' }).state).toBe('rejected, not in the list any more');
	});

	test('is told without a list as well, and of a task that is gone from it', () => {
		const gone = { task: GONE, text: 'Gone' };
		expect(storyOf(known([]), gone)).toMatchObject({ text: 'Gone', line: null, listed: null, chapters: [] });
		expect(storyOf(known([], null), gone).state).toBe('the list cannot be read');
	});
});

function known(events: readonly Event[], list: string | null = LIST): Known {
	const entries = events.map(entry);
	return {
		run: replay(entries),
		todo: list === null ? null : todo(list),
		list: 'todo.md',
		entries,
		now: NOW,
		holder: 'alive',
		git: 'git',
		self: 'nightloop',
	};
}

function urgent(events: readonly Event[], list = LIST): string[] {
	const { chosen, tasks } = mostUrgent(known(events, list));
	return [chosen, ...tasks.map(({ text }) => text)];
}

function state(events: readonly Event[]): string {
	return storyOf(known(events), { task: ADD, text: 'Add' }).state;
}

function landed(task: TaskId): Event {
	const made = { commit: 'c1' as CommitId, tree: 't1' as TreeId, equals: 1 };
	return { event: 'landed', task, text: nameOf(task), attempt: 1, ...made, worker: null, reviewers: [] };
}

function sealed(task: TaskId, list: string | null): Event {
	const made = { commit: 'c1' as CommitId, head: 'c0' as CommitId, branch: 'refs/heads/main' };
	return { event: 'sealed', task, sealed: { ...made, list } };
}

function rejected(task: TaskId): Event {
	const text = nameOf(task);
	return { event: 'rejected', task, text, attempt: 1, findings: [], ref: null, blocked: null };
}

function marked(task: TaskId): Event {
	return { event: 'marked', task, as: 'x', lines: [1], outcome: 'written' };
}

function nameOf(task: TaskId): string {
	return task === ADD ? 'Add' : 'Bend';
}
