import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { TodoOnDisk } from '../../../src/core/types.ts';
import { openList } from '../../../src/io/steering/list.ts';
import { openMarker } from '../../../src/io/steering/marker.ts';
import { stableRead } from '../../../src/io/steering/todo-file.ts';
import { idOf, quieten, scratchFolder } from '../../helpers/scratch.ts';

const LIST = '- [ ] Add\n- [ ] Bend\n';
const SETTLE = 3000;

describe('the list', () => {
	test('acts at once as it was found', async () => {
		const { list, told } = await opened(LIST);
		expect(shown(await list.look(0, SETTLE))).toBe('[ ] Add, [ ] Bend');
		expect([told, list.actsAt(SETTLE), list.isStale()]).toEqual([[], null, false]);
	});

	test('tells of an edit at once, and acts on it when it has stood', async () => {
		const { list, told, save } = await opened(LIST);
		save('- [ ] Add\n- [ ] Bend\n- [ ] Cure\n');
		expect(list.isStale()).toBe(true);
		expect(shown(await list.look(1000, SETTLE))).toBe('[ ] Add, [ ] Bend');
		expect(told).toEqual(['todo.md: 1 added (line 3)']);
		expect(list.actsAt(SETTLE)).toBe(4000);
		expect(shown(await list.look(3999, SETTLE))).toBe('[ ] Add, [ ] Bend');
		expect(shown(await list.look(4000, SETTLE))).toBe('[ ] Add, [ ] Bend, [ ] Cure');
		expect([told.length, list.actsAt(SETTLE)]).toEqual([1, null]);
	});

	test('waits from the last edit on', async () => {
		const { list, told, save } = await opened(LIST);
		save('- [ ] Add\n');
		await list.look(1000, SETTLE);
		save('- [ ] Cure\n');
		expect(shown(await list.look(3500, SETTLE))).toBe('[ ] Add, [ ] Bend');
		expect(shown(await list.look(4500, SETTLE))).toBe('[ ] Add, [ ] Bend');
		expect(shown(await list.look(6500, SETTLE))).toBe('[ ] Cure');
		expect(told).toEqual(['todo.md: 1 gone', 'todo.md: 1 added (line 1), 1 gone']);
	});

	test('takes a save that changed nothing for no edit', async () => {
		const { list, told, save } = await opened(LIST);
		save(LIST);
		await list.look(1000, SETTLE);
		expect([told, list.actsAt(SETTLE), list.isStale()]).toEqual([[], null, false]);
	});

	test('is not gone while it is being saved, and is when it stays away', async () => {
		const { file, list, told, save } = await opened(LIST);
		rmSync(file);
		await list.look(1000, SETTLE);
		save('');
		await list.look(1500, SETTLE);
		save(LIST);
		await list.look(1999, SETTLE);
		expect(told).toEqual([]);
		rmSync(file);
		await list.look(3000, SETTLE);
		await list.look(4000, SETTLE);
		expect(told).toEqual(['todo.md is gone']);
		expect((await list.look(7000, SETTLE)).kind).toBe('absent');
	});
});

describe('a mark of our own', () => {
	test('is no edit, and acts at once', async () => {
		const { file, list, told } = await opened(LIST);
		await mark(file, list, 'Add');
		expect(shown(await list.look(0, SETTLE))).toBe('[x] Add, [ ] Bend');
		expect([told, list.actsAt(SETTLE)]).toEqual([[], null]);
	});

	test('acts at once beside an edit that is to stand first', async () => {
		const { file, list, told, save } = await opened(LIST);
		save(`- [ ] Dig\n${LIST}`);
		await list.look(1000, SETTLE);
		await mark(file, list, 'Add');
		expect(shown(await list.look(2000, SETTLE))).toBe('[x] Add, [ ] Bend');
		expect(shown(await list.look(4000, SETTLE))).toBe('[ ] Dig, [x] Add, [ ] Bend');
		expect(told).toEqual(['todo.md: 1 added (line 1)']);
	});

	test('of a task that is only in the edit acts with the edit', async () => {
		const { file, list, save } = await opened(LIST);
		save('- [ ] Dig\n');
		await list.look(1000, SETTLE);
		await mark(file, list, 'Dig');
		expect(shown(await list.look(2000, SETTLE))).toBe('[ ] Add, [ ] Bend');
		expect(shown(await list.look(4000, SETTLE))).toBe('[x] Dig');
	});
});

describe('an edit is told in one line:', () => {
	test.each([
		['- [ ] Bend\n- [ ] Cure\n- [ ] Dig\n', 'todo.md: 2 added (line 2), 1 gone'],
		['- [ ] Bend\n- [ ] Add\n', 'todo.md was edited'],
		['- [x] Add\n- [ ] Bend\n', 'todo.md was edited'],
		[`${LIST}\n## Notes\n\n- [ ] later\n`, /^todo\.md: 1 ignored \(line 6: .+\)$/],
		['- [ ] Add\n\n```\n- [ ] Bend\n', /^todo\.md, line 3: .+/],
	])('%o', async (text, line) => {
		const { list, told, save } = await opened(LIST);
		save(text);
		await list.look(1000, SETTLE);
		expect(told).toHaveLength(1);
		expect(told[0]).toMatch(line);
	});

	test('the tasks of a list that comes back are all new', async () => {
		const { list, told, save } = await opened('```\n');
		save(LIST);
		await list.look(1000, SETTLE);
		expect(told).toEqual(['todo.md: 2 added (line 1)']);
	});
});

async function opened(text: string) {
	const file = path.join(await scratchFolder(), 'todo.md');
	let saves = 0;
	const save = (now: string) => {
		writeFileSync(file, now);
		// Two saves in one tick of the file system's clock are still two.
		quieten(file, ++saves);
	};
	save(text);
	const told: string[] = [];
	const list = openList(file, await stableRead(file), false, (event) =>
		told.push(event.event === 'edited' ? event.summary : event.event),
	);
	return { file, list, told, save };
}

async function mark(file: string, list: ReturnType<typeof openList>, text: string): Promise<void> {
	const read = await stableRead(file);
	const id = idOf(Buffer.from('bytes' in read ? read.bytes : []).toString(), text);
	await openMarker(file).mark(id, 'x', false);
	list.marked(id, 'x');
}

function shown(todo: TodoOnDisk): string {
	const marks = { open: ' ', done: 'x', parked: '!', dropped: '-' };
	if (todo.kind !== 'list') return todo.kind;
	return todo.todo.tasks.map(({ state, text }) => `[${marks[state]}] ${text}`).join(', ');
}
