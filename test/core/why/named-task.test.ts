import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { namedTask } from '../../../src/core/why/named-task.ts';
import type { NamedTask } from '../../../src/core/why/named-task.ts';
import { replay } from '../../../src/core/run/run.ts';
import type { CommitId, Event, SessionId, TaskId, TreeId } from '../../../src/core/types.ts';
import { entry, opened, started, taskIn, todo } from '../../helpers/parts.ts';

const LIST = [
	'# Sprint',
	'',
	'- [x] T012 [P] Add the parser in src/parser.ts',
	'- [ ] 1. Set up',
	'  - [ ] 1.2 Write the README',
	'- [ ] 12) Publish it',
	'- [ ] Add the parser',
	'- [ ] **Task 3:** deface   the old page',
	'- [ ] 5',
	'- [ ] Deploy on 5 machines',
	'',
].join('\n');
const COMMIT = 'deface0123456789012345678901234567890123' as CommitId;
const T012 = taskIn(LIST, 'T012 [P] Add the parser in src/parser.ts');
const GONE = 'abcdef01234567' as TaskId;

const journal = [
	started,
	{ ...opened(T012.id), text: T012.text },
	landed(T012.id, T012.text, COMMIT),
	{ ...opened(GONE), text: 'Paint it' },
	landed(GONE, 'Paint it', 'aaaabbbb' as CommitId),
	{ event: 'abandoned', task: GONE, text: 'Paint it', why: 'reworded', heir: 'feedfeedfeed00' as TaskId },
].map((event, index) => entry(event as Event, index));

describe('a task is named by', () => {
	test.each([
		['its id', T012.id, 'T012'],
		['the beginning of its id', T012.id.slice(0, 4), 'T012'],
		['a commit that landed for it', COMMIT, 'T012'],
		['a commit cut as git cuts it, in capitals', 'ABCDEF0', 'Paint'],
		['the beginning of the id of one that is not in the list any more', 'abcd', 'Paint'],
		['its whole text, though it is a part of another one', 'add the  parser', 'Add the parser'],
		['its number', 't012', 'T012'],
		['its dotted number', '1.2', '1.2'],
		['its number with the dot that follows', '1.', '1.'],
		['its number, though a line has it too', '12', '12)'],
		['its number in words', 'task 3', '**Task 3:**'],
		['the whole of a text that is a number', '5', '5'],
		['its line', '10', 'Deploy'],
		['its line with a letter', 'L7', 'Add the parser'],
		['its line with a colon, whatever the texts begin with', ':5', '1.2'],
		['a part of its text', 'README', '1.2'],
		['a part of its text that ends in a number', 'on 5', 'Deploy'],
		['a part of its text with signs in it', '[p] add', 'T012'],
		['a part of its text, however blanks run', 'the old page', '**Task 3:**'],
	])('%s', (_, word, beginning) => {
		const found = named(word);
		expect(found).toMatchObject({ kind: 'task', text: expect.stringMatching(startOf(beginning)) });
	});
});

test('the commit that was named is told, as a task may have landed more than once', () => {
	expect(named('deface01')).toEqual({
		kind: 'task',
		task: T012.id,
		text: T012.text,
		line: 3,
		commit: COMMIT,
	});
	expect(named('aaaabbb')).toMatchObject({ text: 'Paint it', line: null, commit: 'aaaabbbb' });
	expect(named('T012')).toMatchObject({ commit: null });
});

test('what fits several tasks names none of them, each is told once', () => {
	expect(texts('parser')).toEqual([T012.text, 'Add the parser']);
	expect(texts('deface')).toEqual(['**Task 3:** deface   the old page']);
	expect(texts('deface0')).toEqual([T012.text]);
	expect(texts('p')).toHaveLength(7);
});

test.each([
	'nonsense',
	'',
	'  ',
	':99',
	':',
	'99',
	'feedfeed',
	'abc',
	'T01',
	'012',
	'2',
	'.',
	'a'.repeat(40),
])('nothing is named by "%s"', (word) => expect(named(word)).toEqual({ kind: 'none' }));

test('without a list, what is on record is found', () => {
	expect(namedTask('paint', replay(journal), null, journal)).toMatchObject({ kind: 'task', task: GONE });
});

test('every task of a list is named by its id, its line, and its text', () => {
	const word = fc.constantFrom('add', '1', '1.1', 'abcd', '12', 'L3', '5', 'beef');
	const lists = fc.uniqueArray(
		fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(' ')),
		{
			minLength: 1,
		},
	);
	fc.assert(
		fc.property(lists, (texts) => {
			const list = todo(texts.map((text) => `- [ ] ${text}\n`).join(''));
			for (const { id, line, text } of list.tasks) {
				const find = (word: string) => namedTask(word, replay([]), list, []);
				expect(find(id)).toMatchObject({ kind: 'task', task: id });
				expect(find(`:${line}`)).toMatchObject({ kind: 'task', task: id });
				expect(find(text)).toMatchObject({ kind: 'task', task: id });
			}
		}),
	);
});

function named(word: string): ReturnType<typeof namedTask> {
	return namedTask(word, replay(journal), todo(LIST), journal);
}

function texts(word: string): string[] {
	const found = named(word);
	const tasks: readonly NamedTask[] =
		found.kind === 'several' ? found.tasks : found.kind === 'task' ? [found] : [];
	return tasks.map(({ text }) => text);
}

function startOf(text: string): RegExp {
	return new RegExp(`^${text.replaceAll(/[*.)]/g, String.raw`\$&`)}`);
}

function landed(task: TaskId, text: string, commit: CommitId): Event {
	const by = { worker: '0001-worker' as SessionId, reviewers: [] };
	return { event: 'landed', task, text, attempt: 1, commit, tree: 't1' as TreeId, equals: 1, ...by };
}
