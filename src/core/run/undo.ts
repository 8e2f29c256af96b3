import { NEW_TASK, withTask, writable } from './parts.ts';
import type { EntryOf } from './parts.ts';
import type { Finding, Run } from '../types.ts';

/** A landed task is being taken back. */
export function undoing(run: Run, entry: EntryOf<'undoing'>): Run {
	return { ...run, undoing: entry.undoing };
}

/** The run without the undo that was begun, where it is the one that cannot be finished. null: it is about a landing. */
export function undoGivenUp(run: Run, entry: EntryOf<'unlanded'>): Run | null {
	return run.undoing?.task === entry.task ? { ...run, undoing: null } : null;
}

/**
 * A landed task was taken back: it is as if it had never been tried, but for what its next worker is told; dropped, it is
 * forgotten. As after a landing, all others are tried on top of it: an attempt in hand begins anew, with its changes where
 * they are.
 */
export function undone(run: Run, entry: EntryOf<'undone'>): Run {
	const { task, text, tree } = entry;
	const tasks = writable(run.tasks);
	for (const [id, record] of tasks) if (record.base !== null) tasks.set(id, { ...record, base: null });
	if (entry.box === 'drop') tasks.delete(task);
	else tasks.set(task, { ...NEW_TASK, text, findings: [finding(entry)], ref: tasks.get(task)?.ref ?? null });
	const over: Run = { ...run, tasks, undoing: null, attempt: null, treeAtEnd: tree };
	return run.attempt ? withTask(over, run.attempt.task, () => ({ cutOff: 'stopped' })) : over;
}

function finding({ why, commit }: EntryOf<'undone'>): Finding {
	const evidence = `It had landed, and was taken back. What it was: git show ${commit}`;
	return { what: why || 'undone by hand', evidence, blocking: true, by: 'the person who undid it' };
}
