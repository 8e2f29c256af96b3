import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { stableRead, statKey } from '../../../src/io/steering/todo-file.ts';
import { quieten, scratchFolder } from '../../helpers/scratch.ts';

const LIST = '- [ ] Add\n';

test('a read gives the whole file, and a key that changes with every save', async () => {
	const file = path.join(await scratchFolder(), 'todo.md');
	writeFileSync(file, LIST);
	const read = await stableRead(file);
	expect(read).toEqual({ kind: 'bytes', bytes: Buffer.from(LIST), key: statKey(file) });
	const before = statKey(file);
	expect(statKey(file)).toBe(before);
	quieten(file);
	expect(statKey(file)).not.toBe(before);
});

test('what is no file is absent', async () => {
	const file = path.join(await scratchFolder(), 'todo.md');
	expect([await stableRead(file), statKey(file)]).toEqual([{ kind: 'absent' }, null]);
	mkdirSync(file);
	expect([await stableRead(file), statKey(file)]).toEqual([{ kind: 'absent' }, null]);
	rmSync(file, { recursive: true });
	writeFileSync(file, '');
	expect(await stableRead(file)).toMatchObject({ kind: 'bytes', bytes: Buffer.from('') });
});
