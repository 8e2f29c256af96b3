import type { Entry, TaskId, Time } from '../types.ts';

/** What a screen remembers beyond the run: since when, and for how much, each task is worked on, and the session that runs. */
export interface Tally {
	readonly tasks: ReadonlyMap<TaskId, Spent>;
	/** When it was opened; null: none runs. */
	readonly opened: Time | null;
}

interface Spent {
	readonly since: Time;
	readonly usd: number;
}

export const NOTHING_SEEN: Tally = { tasks: new Map(), opened: null };

/** The tally after one more entry. A task begins anew with what follows its landing. */
export function tallied(tally: Tally, entry: Entry): Tally {
	const at = Date.parse(entry.at);
	if (entry.event === 'opened') return { opened: at, tasks: withTask(tally, entry.task, at, 0) };
	if (entry.event === 'worked' || entry.event === 'reviewed')
		return { opened: null, tasks: withTask(tally, entry.task, at, entry.usage.usd) };
	if (entry.event === 'landed')
		return { ...tally, tasks: new Map([...tally.tasks].filter(([id]) => id !== entry.task)) };
	return entry.event === 'started' || entry.event === 'ended' ? { ...tally, opened: null } : tally;
}

function withTask({ tasks }: Tally, id: TaskId, at: Time, usd: number): Tally['tasks'] {
	const known = tasks.get(id) ?? { since: at, usd: 0 };
	return new Map(tasks).set(id, { ...known, usd: known.usd + usd });
}
