import type { Run, Scene, Settings, Step, Time } from './types.ts';

/** Ends the run where its time is over: no new attempt starts. What was begun is still judged. */
export function endAtDeadline(run: Run, scene: Scene): Step | null {
	const until = deadlineOf(run, scene);
	return until !== null && scene.now >= until ? { step: 'end', ending: { kind: 'deadline', until } } : null;
}

/** When the run's time is over. null: never. */
export function deadlineOf(run: Run, scene: Scene): Time | null {
	return deadline(scene.settings.until, run.startedAt ?? scene.now);
}

/** A clock time is the first one after the start of the run, by the clock of this machine. */
function deadline(until: Settings['until'], startedAt: Time): Time | null {
	if (until === null) return null;
	if (until.kind === 'after') return startedAt + until.ms;
	const day = new Date(startedAt);
	day.setHours(until.hours, until.minutes, 0, 0);
	if (day.getTime() <= startedAt) day.setDate(day.getDate() + 1);
	return day.getTime();
}
