import { expect, test } from 'vitest';
import { lostTask } from '../../../src/core/todo/lost-task.ts';
import { attempt, taskIn, todo } from '../../helpers/parts.ts';

const BEND = taskIn('- [ ] Bend\n', 'Bend').id;

/** Of an attempt at the first of two tasks. */
test.each<[string, string, { why: string; heir: string | null } | null]>([
	['is not lost as it stands', '- [ ] Add\n- [ ] Bend\n', null],
	['is not lost in another place', '- [ ] Bend\n- [ ] Add\n', null],
	['is lost to a person who drops it', '- [-] Add\n- [ ] Bend\n', lost('marked dropped by hand')],
	['is not lost by a state that does not close it here', '- [x] Add\n- [ ] Bend\n', null],
	['is lost when it gets subtasks', '- [ ] Add\n  - [ ] One\n- [ ] Bend\n', lost('given subtasks by hand')],
	[
		'is reworded where another one stands in its place',
		'- [ ] Add more\n- [ ] Bend\n',
		{
			why: 'reworded by hand',
			heir: 'Add more',
		},
	],
	['is deleted where the next one moved up', '- [ ] Bend\n', lost('deleted by hand')],
	[
		'is deleted where the next one moved up and another was added',
		'- [ ] Bend\n- [ ] Cure\n',
		lost('deleted by hand'),
	],
	['is deleted where nothing stands', '\n\n- [ ] Bend\n- [ ] Cure\n', lost('deleted by hand')],
	['is deleted where a closed one stands', '- [x] Cure\n- [ ] Bend\n', lost('deleted by hand')],
	['is deleted where a parent stands', '- [ ] All\n  - [ ] Bend\n', lost('deleted by hand')],
])('a task %s', (_name, text, expected) => {
	const found = lostTask(attempt({ line: 1, follower: BEND }), todo(text), ['dropped']);
	expect(found && { why: found.why, heir: found.heir?.text ?? null }).toEqual(expected);
});

function lost(why: string) {
	return { why, heir: null };
}
