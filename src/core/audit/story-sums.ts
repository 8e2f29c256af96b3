import { replay } from '../run/run.ts';
import { isSameSum, sumOf } from '../run/sum.ts';
import type { EntryOf } from '../run/parts.ts';
import { fault, setTask } from './telling.ts';
import type { Telling } from './telling.ts';

/** The journal's file begins anew with a sum: it must be that of the lines before it, where these are all here. */
export function sumUp(telling: Telling, entry: EntryOf<'summed'>): void {
	const before = telling.line - 1;
	if (entry.entries === before) {
		const sum = sumOf(replay(telling.entries.slice(telling.summedAt, before)));
		if (!isSameSum(sum, entry.run)) fault(telling, 'its sum is not what the lines before it add up to');
	} else goOnWith(telling, entry);
	telling.summedAt = before;
}

/** What was lost with the journal before this one, from the commits. */
export function recall(telling: Telling, { tasks, sessions }: EntryOf<'recalled'>): void {
	if (telling.sessions > 0) fault(telling, 'landed tasks are recalled where there was a journal');
	for (const { task, commit, tick } of tasks)
		setTask(telling, task, { state: 'landed', commit, tick: tick === 'owed' ? 'owed' : 'written' });
	telling.sessions = Math.max(telling.sessions, sessions);
}

/** Lines are not here: what they came to is only known by the sum, and that is told once, not at each line after it. */
function goOnWith(telling: Telling, { entries, run }: EntryOf<'summed'>): void {
	fault(telling, `${entries} lines should stand before it, and ${telling.line - 1} do`);
	for (const [task, { state = 'open', commit = null, attempts = 0, marks = 0 }] of run.tasks)
		setTask(telling, task, { state, commit, attempts, tick: marks > 0 ? 'written' : 'owed' });
	telling.sessions = run.sessions;
	telling.attempt = null;
}
