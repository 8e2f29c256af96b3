import { describe, expect, test } from 'vitest';
import { lastSession, recallTasks } from '../../../src/core/run/recall.ts';
import type { LoopCommit } from '../../../src/core/run/landings.ts';
import { replay } from '../../../src/core/run/run.ts';
import type { CommitId, RecalledTask, Todo } from '../../../src/core/types.ts';
import { entry, runOf, started, taskIn, todo } from '../../helpers/parts.ts';

const [ADD, BEND] = ['Add', 'Bend'].map((name) => taskIn('- [ ] Add\n- [ ] Bend\n', name).id) as [
	never,
	never,
];

describe('what the commits tell where there is no journal', () => {
	test('the tasks of which a landing stands, in the order in which they landed', () => {
		const found = recall([landed('two', BEND), landed('one', ADD)], '- [x] Add\n- [x] Bend\n');
		expect(found).toMatchObject([
			{ task: ADD, text: 'Add', commit: 'one', tick: 'as it stands' },
			{ task: BEND, text: 'Bend', commit: 'two', tick: 'as it stands' },
		]);
	});

	test('not what was taken back, but what landed again after that', () => {
		const back = { ...landed('back', ADD), undoes: 'one' };
		expect(recall([back, landed('one', ADD)], '- [ ] Add\n')).toEqual([]);
		const again = [landed('again', ADD), back, landed('one', ADD)];
		expect(recall(again, '- [x] Add\n')).toMatchObject([{ commit: 'again' }]);
	});

	test('nothing of what a squash made one commit of', () => {
		expect(recall([{ ...landed('both', ADD), tasks: [ADD, BEND] }], '- [x] Add\n')).toEqual([]);
	});

	test.each([
		['open on disk and ticked in HEAD: cut off in between', '- [ ] Add\n', '- [x] Add\n', 'owed'],
		['open in both: a person wants it again', '- [ ] Add\n', '- [ ] Add\n', 'as it stands'],
		['ticked in both', '- [x] Add\n', '- [x] Add\n', 'as it stands'],
		['parked on disk', '- [!] Add\n', '- [x] Add\n', 'as it stands'],
		['open among another number of equal ones', '- [ ] Add\n- [ ] Add\n', '- [x] Add\n', 'as it stands'],
	])('its box is %s', (_name, onDisk, inHead, tick) => {
		const [found] = recall([landed('one', ADD)], onDisk, inHead);
		expect(found).toMatchObject({ tick });
	});

	test('its text is the list’s, on disk or as committed, else the subject', () => {
		const text = (onDisk: Todo | null, inHead: Todo | null) =>
			recallTasks([landed('one', ADD)], { onDisk, inHead })[0]?.text;
		expect(text(todo('- [x] Add\n'), null)).toBe('Add');
		expect(text(null, todo('- [x] Add\n'))).toBe('Add');
		expect(text(null, null)).toBe('subject of one');
	});

	test('how many equal tasks there are is the list’s on disk', () => {
		expect(recall([landed('one', ADD)], '- [x] Add\n- [ ] Add\n')).toMatchObject([{ equals: 2 }]);
	});
});

describe('the highest number of a session', () => {
	test.each([
		[[], [], 0],
		[['0003-worker', '0012-reviewer', 'notes'], [], 12],
		[[], ['claude/opus/0007-worker', 'claude/opus/5f0c', 'x/y/0004-reviewer'], 7],
		[['0003-worker'], ['a', 'b/c/10001-worker'], 10_001],
	])('of the folders %j and the trailers %j is %i', (folders, sessions, highest) => {
		expect(lastSession([{ ...landed('one', ADD), sessions }], folders)).toBe(highest);
	});
});

describe('a run in which landed tasks were recalled', () => {
	const task = { task: ADD, text: 'Add', commit: 'one' as CommitId, equals: 1 };

	test('knows them as landed, and whose tick is owed', () => {
		const owed: RecalledTask = { ...task, tick: 'owed' };
		const run = runOf({
			event: 'recalled',
			tasks: [owed, { ...owed, task: BEND, tick: 'as it stands' }],
			sessions: 4,
			kept: [],
		});
		expect(run.tasks.get(ADD)).toMatchObject({
			state: 'landed',
			commit: 'one',
			marks: 0,
			landedInRun: false,
		});
		expect(run.tasks.get(BEND)).toMatchObject({ state: 'landed', marks: 1 });
	});

	test('goes on numbering its sessions after the highest that was seen', () => {
		const recalled = { event: 'recalled', tasks: [], sessions: 4, kept: [] } as const;
		expect(runOf(recalled, started).sessions).toBe(4);
		const sessions = replay([entry(recalled, 0), entry({ ...recalled, sessions: 2 }, 1)]).sessions;
		expect(sessions).toBe(4);
	});
});

function recall(commits: readonly LoopCommit[], onDisk: string, inHead = onDisk): RecalledTask[] {
	return recallTasks(commits, { onDisk: todo(onDisk), inHead: todo(inHead) });
}

function landed(name: string, task: string): LoopCommit {
	const subject = `subject of ${name}`;
	return {
		commit: name as CommitId,
		parents: ['p' as CommitId],
		tasks: [task],
		undoes: '',
		sessions: [],
		subject,
	};
}
