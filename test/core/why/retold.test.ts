import { expect, test } from 'vitest';
import { retold } from '../../../src/core/why/retold.ts';
import type { CommitId } from '../../../src/core/types.ts';
import { entry, started, taskIn } from '../../helpers/parts.ts';

test('a recalled task is told as landed, with its mark where that is not owed, and nothing else is touched', () => {
	const { id } = taskIn('- [x] Add\n', 'Add');
	const task = { task: id, text: 'Add', commit: 'c' as CommitId, equals: 1 };
	const told = (tick: 'owed' | 'as it stands') =>
		retold([
			entry({ event: 'recalled', tasks: [{ ...task, tick }], sessions: 0, kept: [] }, 0),
			entry(started, 1),
		]);
	expect(told('owed').map(({ event }) => event)).toEqual(['landed', 'started']);
	expect(told('as it stands').map(({ event }) => event)).toEqual(['landed', 'marked', 'started']);
	expect(told('owed')[0]).toMatchObject({ task: id, text: 'Add', commit: 'c' });
});
