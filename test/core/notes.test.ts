import { describe, expect, test } from 'vitest';
import { isAuthor, isNotes, NOTES, notesFlaw, taskOf } from '../../src/core/notes.ts';
import type { Change } from '../../src/core/types.ts';
import { taskIn, todo } from '../helpers/parts.ts';

const MORE = 'it changes more than the notes in memory/*.md';

describe('a candidate of the notes', () => {
	test('may change, merge and remove them, where they are shorter after it', () => {
		const changes = [
			change('memory/a.md'),
			change('memory/b.md', { status: 'deleted', newMode: '000000' }),
			change('memory/ü c.md', { status: 'added', oldMode: '000000' }),
		];
		expect(notesFlaw(changes, 'memory/', 9000, 8999)).toBeNull();
		expect(notesFlaw([change('app/memory/a.md')], 'app/memory/', 9000, 0)).toBeNull();
	});

	test.each<[path: string, more?: Partial<Change>]>([
		['a.js'],
		['memory'],
		['memory/a.txt'],
		['memory/old/a.md'],
		['app/memory/a.md'],
		['memory.md'],
		['memory/a.md', { status: 'type-changed', newMode: '120000' }],
		['memory/a.md', { status: 'added', newMode: '160000' }],
	])('may not change %s %j', (path, more = {}) => {
		const flaw = notesFlaw([change('memory/a.md'), change(path, more)], 'memory/', 9000, 10);
		expect(flaw?.what).toBe(MORE);
		expect(flaw?.evidence).toContain(path);
	});

	test('may not leave them as long as they were', () => {
		const what = (after: number) => notesFlaw([change('memory/a.md')], 'memory/', 9000, after)?.what;
		expect(what(9000)).toBe('the notes are no shorter: about 9000 tokens before, 9000 now');
		expect(what(9001)).toMatch(/9001 now$/);
		expect(notesFlaw([], 'memory/', 9000, 9000)?.what).toMatch(/no shorter/);
	});
});

test('the task of the notes has the form of any, and is found in every list and in none', () => {
	expect(NOTES.id).toMatch(/^[0-9a-f]{14}$/);
	const list = todo('- [ ] Add\n');
	expect(taskOf(list, NOTES.id)).toBe(NOTES);
	expect(taskOf(list, taskIn('- [ ] Add\n', 'Add').id)?.text).toBe('Add');
	expect(taskOf(list, taskIn('- [ ] Bend\n', 'Bend').id)).toBeNull();
	expect(isNotes(list.tasks[0]!.id)).toBe(false);
});

test('whose work is judged', () => {
	const roles = ['worker', 'reviewer', 'planner', 'consolidator'] as const;
	expect(roles.filter(isAuthor)).toEqual(['worker', 'consolidator']);
});

function change(path: string, more: Partial<Change> = {}): Change {
	return { path, status: 'modified', oldMode: '100644', newMode: '100644', added: 1, deleted: 2, ...more };
}
