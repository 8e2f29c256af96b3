import { expect, test } from 'vitest';
import { leavesOf } from '../../../src/core/todo/progress.ts';
import { taskIn, todo } from '../../helpers/parts.ts';

const LIST = '- [ ] All\n  - [x] Add\n  - [ ] Bend\n    - [ ] Cure\n- [ ] Dig\n';

test.each([
	['All', ['Add', 'Cure']],
	['Bend', ['Cure']],
	['Dig', []],
])('the leaves of %s are those below it, at any depth', (text, leaves) => {
	expect(leavesOf(todo(LIST), taskIn(LIST, text).id).map((leaf) => leaf.text)).toEqual(leaves);
});
