import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
	applyMark,
	findTask,
	nextOpen,
	openTasks,
	parseTodo,
	ticksFor,
} from '../../../src/core/todo/todo.ts';
import type { Mark, Task, Todo } from '../../../src/core/types.ts';

const encode = (text: string) => new TextEncoder().encode(text);
const read = (text: string, optional = false) => parseTodo(encode(text), { optional });
const list = (text: string, optional = false): Todo => {
	const found = read(text, optional);
	if (found.kind !== 'list') throw new Error(JSON.stringify(found));
	return found.todo;
};
const texts = (text: string) => list(text).tasks.map((task) => task.text);
const ignored = (text: string) => list(text).ignored.map(({ line, text, why }) => `${line} ${text} (${why})`);
const only = (text: string): Task => {
	const { tasks } = list(text);
	expect(tasks).toHaveLength(1);
	return tasks[0]!;
};
const named = (todo: Todo, text: string): Task => todo.tasks.find((task) => task.text === text)!;
/** Each task with the text of its parent: `a`, `b < a`. */
const family = (text: string) => {
	const todo = list(text);
	return todo.tasks.map((task) =>
		task.parent === null ? task.text : `${task.text} < ${findTask(todo, task.parent)!.text}`,
	);
};

describe('what is a task', () => {
	test.each([
		'- [ ] a',
		'* [ ] a',
		'+ [ ] a',
		'1. [ ] a',
		'1) [ ] a',
		'-\t[ ]\ta',
		'   - [ ] a',
		'- [ ]a',
		'- [ ]\u00a0a',
	])('%j is one', (line) =>
		expect(only(line)).toMatchObject({ text: 'a', state: 'open', kind: 'leaf', optional: false }),
	);

	test.each([
		[' ', 'open'],
		['/', 'open'],
		['~', 'open'],
		['x', 'done'],
		['X', 'done'],
		['!', 'parked'],
		['-', 'dropped'],
	])('[%s] is %s', (mark, state) => expect(only(`- [${mark}] a`).state).toBe(state));

	test.each([
		'- [v] a',
		'- [P] = different files',
		'- [2026-01-29] a',
		'- [link](http://x)',
		'- [x](http://x)',
		'- [x][ref]',
		'- [ ]: x',
		'- a [ ] b',
		'-[ ] a',
		'a',
		'2.1 [ ] a',
	])('%j is none, and is not reported', (line) => expect(list(line)).toEqual({ tasks: [], ignored: [] }));

	test.each([
		['- [ ]', '1  (there is no text after it)'],
		['- [x]   ', '1  (there is no text after it)'],
		['- [] a', '1 a (a box is "[ ]", with one plain space)'],
		['- [  ] a', '1 a (a box is "[ ]", with one plain space)'],
		['- [\u00a0] a', '1 a (a box is "[ ]", with one plain space)'],
		['[ ] a', '1 a (it is not a list item)'],
	])('%j is none, and is reported, as a person may take it for one', (line, report) => {
		expect(texts(line)).toEqual([]);
		expect(ignored(line)).toEqual([report]);
	});

	test('keeps the text as it is written', () => {
		expect(texts('- [ ] 9. `- [ ] x` **b** <!-- model: opus -->  ')).toEqual([
			'9. `- [ ] x` **b** <!-- model: opus -->',
		]);
		expect(texts('- [ ] a ```b``` c\n- [ ] d')).toEqual(['a ```b``` c', 'd']);
	});

	test.each(['- [ ]* a', '- [ ]*\ta'])('%j is optional', (line) =>
		expect(only(line)).toMatchObject({ text: 'a', optional: true }),
	);
	test('bold text is not a star', () =>
		expect(only('- [ ]**a** b')).toMatchObject({ text: '**a** b', optional: false }));
});

describe('where a task is', () => {
	test('counts lines and bytes from the top of the file', () => {
		const text = '\uFEFF---\r\npause: true\r\n---\r\n# ä\r\n\r\n- [ ] ö\r\n\t- [x] b';
		const todo = list(text);
		expect(todo.tasks.map(({ line }) => line)).toEqual([6, 7]);
		expect(todo.tasks.map(({ offset }) => String.fromCharCode(encode(text)[offset]!))).toEqual([' ', 'x']);
	});

	test('gives the text below the front matter', () => {
		expect(read('---\npause: true\n---\n- [ ] a\n')).toMatchObject({ kind: 'list', text: '- [ ] a\n' });
		expect(read('---\npause: true\n---')).toMatchObject({ kind: 'list', text: '' });
		expect(read('\uFEFF- [ ] a\r\n')).toMatchObject({ text: '- [ ] a\r\n' });
	});

	test('knows the headings above it', () => {
		const text =
			'- [ ] a\n# One\n### Deep ###\n- [ ] b\n## Two\n- [ ] c\n\nThree\n=====\n- [ ] d\n\nFour\n----\n- [ ] e\n#no\n';
		expect(list(text).tasks.map(({ breadcrumb }) => breadcrumb.join(' > '))).toEqual([
			'',
			'One > Deep',
			'One > Two',
			'Three',
			'Three > Four',
		]);
	});

	test.each([
		'- [ ] a\n---\n- [ ] b',
		'x\n\n---\n- [ ] b',
		'- [ ] a\n\n  # in the item\n- [ ] b',
		'x\n    # y\n- [ ] b',
		'***\n***\n- [ ] b',
	])('sees no heading in %j', (text) => expect(named(list(text), 'b').breadcrumb).toEqual([]));
});

describe('parents', () => {
	test.each([
		['two spaces', '- [ ] a\n  - [ ] b\n    - [ ] c\n- [ ] d', ['a', 'b < a', 'c < b', 'd']],
		['four spaces', '- [ ] a\n    - [ ] b\n        - [ ] c\n    - [ ] d', ['a', 'b < a', 'c < b', 'd < a']],
		['tabs', '- [ ] a\n\t- [ ] b\n\t\t- [ ] c\n- [ ] d', ['a', 'b < a', 'c < b', 'd']],
		['blank lines between', '- [ ] a\n\n  - [ ] b\n\n  - [ ] c', ['a', 'b < a', 'c < a']],
		['an indented list', ' - [ ] a\n   - [ ] b\n - [ ] c', ['a', 'b < a', 'c']],
		['one space, which is the same list', '- [ ] a\n - [ ] b\n- [ ] c', ['a', 'b', 'c']],
		['numbers', '1. [ ] a\n   1. [ ] b\n10. [ ] c\n    - [ ] d', ['a', 'b < a', 'c', 'd < c']],
		['too little indent under a number', '1. [ ] a\n  - [ ] b', ['a', 'b < a']],
		['a ragged step back', '- [ ] a\n    - [ ] b\n   - [ ] c', ['a', 'b < a', 'c < a']],
		['plain items between', '- [ ] a\n  - note\n    - [ ] b\n- plain\n  - [ ] c', ['a', 'b < a', 'c']],
		['lazy text between', '- [ ] a\nlazy\n  - [ ] b', ['a', 'b < a']],
		['a paragraph, which ends the list', '- [ ] a\n\ntext\n\n  - [ ] b', ['a', 'b']],
		['a heading, which ends the list', '- [ ] a\n# h\n  - [ ] b', ['a', 'b']],
		['a quote, which ends the list', '- [ ] a\n> q\n  - [ ] b', ['a', 'b']],
		[
			'eight spaces without a blank line',
			'- [ ] a\n        - [ ] b\n\n        - [ ] c',
			['a', 'b < a', 'c < a'],
		],
	])('by indent: %s', (_, text, tasks) => expect(family(text)).toEqual(tasks));

	test.each([
		[
			'as Kiro writes them',
			'- [ ] 1. a\n- [ ] 2. b\n- [ ] 2.1 c\n- [ ] 2.2 d\n- [ ] 3. e',
			['1. a', '2. b', '2.1 c < 2. b', '2.2 d < 2. b', '3. e'],
		],
		['deeper', '- [ ] 2. a\n- [ ] 2.1 b\n- [ ] 2.1.3 c', ['2. a', '2.1 b < 2. a', '2.1.3 c < 2.1 b']],
		['with a level that has no box', '- [ ] 2. a\n- [ ] 2.1.3 c', ['2. a', '2.1.3 c < 2. a']],
		['without a parent that has a box', '## 1. A\n- [ ] 1.1 a\n- [ ] 1.2 b', ['1.1 a', '1.2 b']],
		['without dots, bold', '- [ ] 1 a\n- [ ] **1.1** b', ['1 a', '**1.1** b < 1 a']],
		['not across headings', '## A\n- [ ] 1. a\n## B\n- [ ] 1.1 b', ['1. a', '1.1 b']],
		['not across indents', '- [ ] 1. a\n  - [ ] 2. b\n- [ ] 2.1 c', ['1. a', '2. b < 1. a', '2.1 c']],
		['not from below', '- [ ] 1.1 b\n- [ ] 1. a', ['1.1 b', '1. a']],
		['the nearest above', '- [ ] 1. a\n- [ ] 1. b\n- [ ] 1.1 c', ['1. a', '1. b', '1.1 c < 1. b']],
		[
			'not what only looks like it',
			'- [ ] 10. a\n- [ ] 1.1 b\n- [ ] 3rd c\n- [ ] 3.1 d',
			['10. a', '1.1 b', '3rd c', '3.1 d'],
		],
	])('by number: %s', (_, text, tasks) => expect(family(text)).toEqual(tasks));

	test('have children that are required; one with optional ones alone is worked on itself', () => {
		const kinds = (text: string, optional: boolean) => list(text, optional).tasks.map(({ kind }) => kind);
		expect(kinds('- [ ] a\n  - [ ]* b\n  - [ ] c', false)).toEqual(['parent', 'leaf', 'leaf']);
		expect(kinds('- [ ] a\n  - [ ]* b', false)).toEqual(['leaf', 'leaf']);
		expect(kinds('- [ ] a\n  - [ ]* b', true)).toEqual(['parent', 'leaf']);
	});

	test('hand on their star', () =>
		expect(list('- [ ]* a\n  - [ ] b\n- [ ] c').tasks.map(({ optional }) => optional)).toEqual([
			true,
			true,
			false,
		]));
});

describe('details', () => {
	test.each([
		['the lines indented under a task', '- [ ] a\n  one\n  - two\n    three\n', 'one\n- two\n  three'],
		['blank lines between, none around', '- [ ] a\n\n  one\n\n\n  two\n\n', 'one\n\n\ntwo'],
		['tabs', '- [ ] a\n\tone\n\t\ttwo', 'one\n\ttwo'],
		['indents that have nothing in common', '- [ ] a\n\tone\n  two', '\tone\n  two'],
		[
			'code, with its fence',
			'- [ ] a\n  ```\n  x\nleft\n  ```\n',
			'```\nx\nleft\n```'.replace('```\nx', '  ```\n  x').replace('left\n', 'left\n  '),
		],
		['quotes and comments', '- [ ] a\n  > q\n  <!-- c -->\n', '> q\n<!-- c -->'],
		['code by indent', '- [ ] a\n\n      x\n', 'x'],
		['not the text below that is not indented', '- [ ] a\nlazy\n\n  one\n\ntext\n  two', 'one'],
		['white space at the ends of lines', '- [ ] a\r\n  one \t\r\n', 'one'],
	])('are %s', (_, text, details) => expect(only(text).details).toBe(details));

	test('go to the innermost task', () => {
		const todo = list('- [ ] a\n  one\n  - [ ] b\n    two\n  three');
		expect(todo.tasks.map(({ details }) => details)).toEqual(['one\nthree', 'two']);
	});

	test('hold the boxes that are no tasks', () =>
		expect(only('- [ ] a\n  Acceptance criteria:\n  - [ ] fast\n').details).toBe(
			'Acceptance criteria:\n- [ ] fast',
		));
});

describe('boxes that are no tasks', () => {
	test.each([
		['```\n- [ ] a\n```\n- [ ] b', '2 a (in fenced code)'],
		['~~~~ md\n```\n- [ ] a\n```\n~~~~\n- [ ] b', '3 a (in fenced code)'],
		['- ```\n  - [ ] a\n  ```\n- [ ] b', '2 a (in fenced code)'],
		['```\n    ```\n- [ ] a\n```\n- [ ] b', '3 a (in fenced code)'],
		['> - [ ] a\n- [ ] b', '1 a (in a block quote)'],
		['> > 1. [x] a\n\n- [ ] b', '1 a (in a block quote)'],
		['<!-- - [ ] a -->\n- [ ] b', '1 a (in a comment)'],
		['<!--\n- [ ] a\n--> - [ ] c\n- [ ] b', '2 a (in a comment)'],
		['text <!--\n\n- [ ] a\n-->\n- [ ] b', '3 a (in a comment)'],
		['- [ ] b\n  text <!--\n- [ ] a\n-->', '3 a (in a comment)'],
		['- text <!--\n- [ ] a\n-->\n- [ ] b', '2 a (in a comment)'],
		['\n    - [ ] a\n\n    - c\n\n- [ ] b', '2 a (in indented code)'],
		['- [ ] b\n\n      - [ ] a', '3 a (in indented code)'],
		['- [ ] b\n## Exit Criteria\n### Speed\n- [ ] a', '4 a (under the heading "Exit Criteria")'],
		['Notes\n-----\n- [ ] a\n\nMore\n----\n- [ ] b', '3 a (under the heading "Notes")'],
		['**Acceptance Criteria:**\n- [ ] a\n\n**Tasks:**\n- [ ] b', '2 a (under "**Acceptance Criteria:**")'],
		['- [ ] b\n  Acceptance criteria:\n\n  - [ ] a', '4 a (under "Acceptance criteria:")'],
		['- [ ] b\n  - **Definition of Done**\n    - [ ] a', '3 a (under "**Definition of Done**")'],
		['Exit criteria:\n- [ ] a\n\n---\n- [ ] b', '2 a (under "Exit criteria:")'],
		['Exit criteria:\n- [ ] a\n# Tasks\n- [ ] b', '2 a (under "Exit criteria:")'],
		['  Exit criteria:\n  - [ ] a\n- [ ] b', '2 a (under "Exit criteria:")'],
		['---\n- [ ] a\n---\n- [ ] b', '2 a (in the front matter)'],
	])('%j', (text, report) => {
		expect(ignored(text)).toEqual([report]);
		expect(texts(text)).toEqual(['b']);
	});

	test.each([
		['inline code of three backticks', '``` x ```\n- [ ] b'],
		['a fence in a quote', '> ```\n\n- [ ] b'],
		['a fence in indented code', 'x\n\n    ```\n\n- [ ] b'],
		['a comment that ends where it begins', '<!-->\n- [ ] b\n<!-- x --> y <!-- z -->'],
		['an arrow', 'a <!-- b\n- [ ] b'],
		['the start of a comment in inline code', 'a `<!--` ``b <!-- ` c``\n- [ ] b\n-->'],
		['text directly above an indented list', 'Tasks:\n    - [ ] b'],
		['a label that names something else', 'Acceptance criteria: see below\n- [ ] b'],
		['the end of an item with criteria', '- Exit criteria:\n  - x\n- [ ] b'],
	])('%s hides nothing', (_, text) =>
		expect(list(text)).toMatchObject({ tasks: [{ text: 'b' }], ignored: [] }),
	);
});

describe('lists that cannot be read', () => {
	test.each(['', ' \r\n\t\n', '\uFEFF\n', '\0\0\0\0'])('%j is empty', (text) =>
		expect(read(text)).toEqual({ kind: 'empty' }),
	);

	test('a list without tasks is not', () =>
		expect(read('# Todo\n')).toEqual({ kind: 'list', todo: { tasks: [], ignored: [] }, text: '# Todo\n' }));

	const fence = 'the code fence that opens here is never closed';
	const conflict = 'the merge conflict that starts here is not resolved';
	test.each([
		['- [ ] a\n\n```js\n- [ ] b', 3, fence],
		['~~~\n```\n', 1, fence],
		['````\n```\n', 1, fence],
		['```\n``` x\n', 1, fence],
		['- [ ] a\n  ```\n- [ ] b\n  ```\n  x\n  ```', 2, fence],
		['- ```\n', 1, fence],
		['- [ ] a\n\n<!-- b\n- [ ] c\n', 3, 'the comment that opens here is never closed'],
		['- [ ] a\n<<<<<<< ours\n- [ ] b\n=======\n- [ ] c\n>>>>>>> theirs\n<<<<<<<\n', 2, conflict],
		['<!-- a --> <!-- b\n- [ ] c', 1, 'the comment that opens here is never closed'],
		['---\npause: true\n- [ ] a\n', 1, 'the front matter that opens here is never closed with "---"'],
	])('%j names line %i', (text, line, why) => expect(read(text)).toEqual({ kind: 'broken', line, why }));

	test.each([[[0xff, 0xfe, 0x2d, 0]], [[0xfe, 0xff, 0, 0x2d]]])('UTF-16 is refused: %j', (codes) =>
		expect(parseTodo(Uint8Array.from(codes), { optional: false })).toEqual({
			kind: 'broken',
			line: 1,
			why: 'the file is in UTF-16: save it as UTF-8',
		}),
	);
});

describe('ids', () => {
	const idOf = (text: string, task: string) => named(list(text), task).id;
	const id = idOf('# H\n- [ ] p\n  - [ ] a', 'a');

	test.each([
		['state', '# H\n- [x] p\n  - [!] a'],
		['bullet', '# H\n* [ ] p\n  1. [ ] a'],
		['white space', '# H\n\n-  [ ]   p\n\n\t- [ ]  a  '],
		['order', '# H\n- [ ] o\n- [ ] p\n  - [ ] b\n  - [ ] a\n'],
		['details', '# H\n- [ ] p\n  - [ ] a\n    more'],
		['star', '# H\n- [ ] p\n  - [ ]* a'],
		['front matter', '---\npause: true\n---\n# H\n- [ ] p\n  - [ ] a'],
	])('stay through a change of %s', (_, text) => expect(idOf(text, 'a')).toBe(id));

	test.each([
		['heading', '# I\n- [ ] p\n  - [ ] a'],
		['parent', '# H\n- [ ] q\n  - [ ] a'],
		['indent', '# H\n- [ ] p\n- [ ] a'],
	])('change with the %s', (_, text) => expect(idOf(text, 'a')).not.toBe(id));

	test('tell equals apart by their order', () => {
		const todo = list('- [ ] a\n- [x] a\n# H\n- [ ] a');
		expect(todo.tasks.map(({ equals }) => equals)).toEqual([2, 2, 1]);
		expect(new Set(todo.tasks.map(({ id }) => id)).size).toBe(3);
	});
});

describe('nextOpen', () => {
	const next = (text: string, optional = false) => nextOpen(list(text, optional), optional)?.text ?? null;

	test.each([
		['the first open leaf', '- [x] a\n- [!] b\n- [-] c\n- [ ] d\n  - [ ] e\n- [ ] f', 'e'],
		['not an optional one', '- [ ]* a\n- [ ] b', 'b'],
		['not one under a dropped parent', '- [-] a\n  - [ ] b\n    - [ ] c\n- [ ] d', 'd'],
		['not one under a parked parent', '- [!] a\n  - [ ] b\n- [ ] d', 'd'],
		['one under a ticked parent', '- [x] a\n  - [ ] b', 'b'],
		['a parent of optional tasks itself', '- [ ] a\n  - [ ]* b', 'a'],
		['none', '- [x] a', null],
	])('takes %s', (_, text, task) => expect(next(text)).toBe(task));

	test('takes optional ones when asked for', () => expect(next('- [ ] a\n  - [ ]* b', true)).toBe('b'));
});

describe('openTasks', () => {
	test('are all that would come next, one after the other', () => {
		const open = (optional: boolean) =>
			openTasks(list('- [x] a\n- [ ] b\n- [-] c\n  - [ ] d\n- [ ]* e\n- [ ] f', optional), optional);
		expect(open(false).map(({ text }) => text)).toEqual(['b', 'f']);
		expect(open(true).map(({ text }) => text)).toEqual(['b', 'e', 'f']);
	});
});

describe('findTask', () => {
	test('finds a task by its id', () => {
		const todo = list('- [ ] a\n- [ ] b');
		expect(findTask(todo, named(todo, 'b').id)?.text).toBe('b');
	});
	test('finds none that was reworded', () =>
		expect(findTask(list('- [ ] a'), only('- [ ] b').id)).toBeNull());
});

describe('ticksFor', () => {
	const ticks = (text: string, task: string, optional = false) => {
		const todo = list(text, optional);
		return ticksFor(todo, named(todo, task).id).map(({ text }) => text);
	};

	test.each([
		['a task alone', '- [ ] a', ['a']],
		[
			'its parents with their last leaf, innermost first',
			'- [ ] p\n  - [x] b\n  - [ ] q\n    - [ ] a',
			['a', 'q', 'p'],
		],
		['flat parents', '- [ ] 2. p\n- [ ] a\n- [x] 2.1 b', ['a']],
		['no parent with another open leaf', '- [ ] p\n  - [ ] a\n  - [ ] b', ['a']],
		['no parent with a parked leaf', '- [ ] p\n  - [ ] a\n  - [!] b', ['a']],
		['an outer parent only with all of its leaves', '- [ ] p\n  - [ ] q\n    - [ ] a\n  - [ ] b', ['a', 'q']],
		['a parent whose others are optional', '- [ ] p\n  - [ ] a\n  - [ ]* b', ['a', 'p']],
		['a parent whose others are dropped', '- [ ] p\n  - [ ] a\n  - [-] b\n    - [ ] c', ['a', 'p']],
		[
			'no parent that is done, parked or dropped',
			'- [ ] p\n  - [!] q\n    - [x] r\n      - [ ] a',
			['a', 'p'],
		],
	])('takes %s', (_, text, tasks) => expect(ticks(text, 'a')).toEqual(tasks));

	test('never ticks a task that is to be worked on, for its optional children', () => {
		expect(ticks('- [ ] p\n  - [ ]* a', 'a')).toEqual(['a']);
		expect(ticks('- [ ] p\n  - [ ]* a', 'a', true)).toEqual(['a', 'p']);
		expect(ticks('- [ ] p\n  - [ ]* a\n  - [ ]* b', 'a', true)).toEqual(['a']);
	});

	test('takes nothing for a task that is gone', () =>
		expect(ticksFor(list('- [ ] a'), only('- [ ] b').id)).toEqual([]));
});

describe('applyMark', () => {
	// prettier-ignore
	const pieces = fc.constantFrom(
		'- [ ] ', '  - [x] ', '\t* [!] ', '1. [-]* ', '- [~] 2.1 ', '- [v] ', '- [] ', 'a', 'b ', '\n', '\r\n', '\r', '\n\n', '# ', '## Notes\n',
		'```', '~~~', '<!--', '-->', '> ', '---\n', '    ', '\t', '\uFEFF', '\0', 'ä', '\u00a0', '- ', '`', 'Exit criteria:', '===',
	);
	const junk = fc.oneof(
		{ weight: 12, arbitrary: pieces.map((piece) => [...encode(piece)]) },
		{ weight: 1, arbitrary: fc.array(fc.nat(255), { maxLength: 4 }) },
	);
	const files = fc.array(junk, { maxLength: 60 }).map((parts) => Uint8Array.from(parts.flat()));
	const marks = fc.constantFrom<Mark>('x', '!', ' ', '-');
	const states = { x: 'done', '!': 'parked', ' ': 'open', '-': 'dropped' };

	test('changes one byte, and the state of one task, whatever the file', () => {
		let tried = 0;
		fc.assert(
			fc.property(files, marks, fc.nat(), fc.boolean(), (bytes, mark, pick, optional) => {
				const before = parseTodo(bytes, { optional });
				fc.pre(before.kind === 'list' && before.todo.tasks.length > 0);
				const { tasks, ignored } = before.todo;
				const index = pick % tasks.length;
				const marked = applyMark(bytes, tasks[index]!, mark);
				expect(marked).toEqual(bytes.with(tasks[index]!.offset, mark.charCodeAt(0)));
				expect(parseTodo(marked, { optional })).toMatchObject({
					todo: {
						tasks: tasks.with(index, { ...tasks[index]!, state: states[mark] as Task['state'] }),
						ignored,
					},
				});
				tried++;
			}),
			{ numRuns: 1000 },
		);
		expect(tried).toBe(1000);
	});

	// As node reads a file, it is a Buffer, whose own `slice` shares its memory.
	test.each([encode('- [ ] a'), Buffer.from('- [ ] a')])(
		'leaves the file that it was given alone',
		(bytes) => {
			applyMark(bytes, only('- [ ] a'), 'x');
			expect(Buffer.from(bytes).toString()).toBe('- [ ] a');
		},
	);
});

test('10,000 tasks in a megabyte take a fraction of a second, and ten times as many ten times as long', () => {
	const big = (tasks: number) =>
		encode(
			Array.from(
				{ length: tasks },
				(_, number) => `${'  '.repeat(number % 5)}- [ ] ${number}. ${'word '.repeat(14)}\n      more\n`,
			).join(''),
		);
	const seconds = (bytes: Uint8Array) => {
		const start = performance.now();
		expect(parseTodo(bytes, { optional: false }).kind).toBe('list');
		return (performance.now() - start) / 1000;
	};
	seconds(big(1000));
	expect(seconds(big(10_000))).toBeLessThan(1);
	expect(seconds(big(100_000))).toBeLessThan(10);
});
