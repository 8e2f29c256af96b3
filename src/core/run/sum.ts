import { isObject } from '../json.ts';
import { NEW_TASK, NOTHING_YET, writable } from './parts.ts';
import type { EntryOf } from './parts.ts';
import type { PlainRun, Run, TaskRecord } from '../types.ts';

/** A run as plain data, to stand in the journal for all that came before. */
export function sumOf(run: Run): PlainRun {
	return {
		...run,
		tasks: [...run.tasks].map(([id, record]) => [id, told(record)] as const),
		greenMs: [...run.greenMs],
		away: [...run.away],
		payers: [...run.payers],
	};
}

/** The run that a sum stands for, whatever was known before it. What an older version did not know of is as at first. */
export function summed(run: Run, { run: sum }: Pick<EntryOf<'summed'>, 'run'>): Run {
	const tasks = writable(run.tasks);
	tasks.clear();
	for (const [id, record] of sum.tasks) tasks.set(id, { ...NEW_TASK, ...record });
	const maps = { greenMs: new Map(sum.greenMs), away: new Map(sum.away), payers: new Map(sum.payers) };
	return { ...NOTHING_YET, ...sum, ...maps, tasks };
}

/** Whether two sums say the same, in whatever order their fields stand. */
export function isSameSum(one: PlainRun, other: PlainRun): boolean {
	return JSON.stringify(one, sorted) === JSON.stringify(other, sorted);
}

/** Of ten thousand tasks most have landed, and a sum is read at each start: what goes without saying is left out. */
function told(record: TaskRecord): Partial<TaskRecord> {
	const untried: Readonly<Record<string, unknown>> = { ...NEW_TASK };
	const isSaid = ([key, value]: readonly [string, unknown]) =>
		JSON.stringify(value) !== JSON.stringify(untried[key]);
	return Object.fromEntries(Object.entries(record).filter(isSaid));
}

function sorted(_key: string, value: unknown): unknown {
	if (!isObject(value)) return value;
	return Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
