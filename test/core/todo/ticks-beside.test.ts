import { expect, test } from 'vitest';
import { ticked, ticksBeside } from '../../../src/core/todo/ticks-beside.ts';
import { taskIn, todo } from '../../helpers/parts.ts';

const beside = (text: string) => ticksBeside(todo(text), taskIn(text, 'Add').id).map((task) => task.text);

test.each([
	['none of its own', '- [x] Add\n', []],
	['none of a parent that is complete with it', '- [x] House\n  - [x] Wall\n    - [x] Add\n', []],
	['each other leaf', '- [x] House\n  - [x] Add\n  - [x] Bend\n- [x] Cut\n', ['Bend', 'Cut']],
	['a parent that is not complete', '- [x] House\n  - [x] Add\n  - [ ] Bend\n', ['House']],
	['a parent that it does not belong to', '- [x] Add\n- [x] House\n  - [x] Bend\n', ['House', 'Bend']],
	['no box that is not ticked', '- [x] Add\n- [ ] Bend\n- [!] Cut\n- [-] Dig\n', []],
	['what is ticked though the task is not', '- [ ] Add\n- [x] Bend\n', ['Bend']],
])('beside a task’s own tick stands %s', (_, text, names) => expect(beside(text)).toEqual(names));

test('the ticked boxes of a list are the done ones, parents too', () =>
	expect(ticked(todo('- [x] House\n  - [x] Add\n- [!] Cut\n')).map(({ text }) => text)).toEqual([
		'House',
		'Add',
	]));
