import { expect, test } from 'vitest';
import { parseTodo } from '../../../src/core/todo/todo.ts';
import { parseList } from '../../../src/io/steering/parsed-list.ts';

const bytes = (text: string) => Buffer.from(text);

test('a list that was read just now is not parsed again', () => {
	const read = () => parseList(bytes('- [ ] Add\n  - [ ]* Bend\n'), { optional: false });
	expect(read()).toBe(read());
	expect(parseList(bytes('- [ ] Add\n  - [ ]* Bend\n'), { optional: true })).not.toEqual(read());
});

test('every list is parsed as it is, however many there were', () => {
	for (const round of [1, 2]) {
		for (let number = 0; number < 9; number++) {
			const list = bytes(`- [${round === 1 ? ' ' : 'x'}] Task ${number}\n`);
			expect(parseList(list, { optional: false })).toEqual(parseTodo(list, { optional: false }));
		}
	}
});
