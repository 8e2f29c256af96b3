import { expect, test } from 'vitest';
import { isListWith } from '../../../src/core/audit/list-of.ts';
import { taskIn } from '../../helpers/parts.ts';

const is = (text: string) =>
	isListWith(new TextEncoder().encode(text), taskIn('- [x] Add\n', 'Add').id, ['done', 'dropped']);

test.each([
	['- [x] Add\n', true],
	['- [-] Add\n', true],
	['- [ ] Add\n', false],
	['- [x] Bend\n', false],
	['', false],
	['---\n- [x] Add\n', false],
])('%j is a list that holds the task in that state: %s', (text, expected) => {
	expect(is(text)).toBe(expected);
});
