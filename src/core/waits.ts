import { Mishap } from './errors.ts';
import { nth } from './run/away.ts';
import { nextOpen } from './todo/todo.ts';
import type { Event, Run, Scene, Step, Time, WaitingFor } from './types.ts';

/**
 * The wait that a cut-off session calls for, if it was not waited for yet: it is tried again soon, a little later each time.
 * For agents that cannot be used, see stand-in.ts.
 */
export function afterTrouble(run: Run, scene: Scene): Step | null {
	const { trouble } = run;
	if (!trouble || trouble.waited === 'done') return null;
	const pause = nth(CUT_OFFS, trouble.count);
	const what = { kind: 'cut-off', message: trouble.end.kind } as const;
	return pause > 0 ? waitStep(what, scene.now + pause) : null;
}

/**
 * The wait that a step calls for which met what the machine says no with: the same step comes again after it. null where
 * the run was to end: it does so without a word in the journal, as if it had been killed. Throws what is no mishap, one
 * at a start (a person is still there to be told), and one that nothing says will pass, when it was tried a few times.
 */
export function afterMishap(error: unknown, { step }: Step, run: Run): Event | null {
	if (!(error instanceof Mishap) || step === 'start') throw error;
	if (step === 'end') return null;
	if (error.patience === 'short' && run.mishaps >= FEW) throw error;
	const until = error.at + nth(MISHAPS, run.mishaps + 1);
	return { event: 'waiting', for: { kind: 'machine', message: error.message }, until };
}

/** Without room on the disks, or a list that can be read, nothing is begun. What fills a disk may be what lies in the tree. */
export function makeDo({ leftover }: Run, { machine }: Scene): Step | null {
	if (machine === null) return null;
	const lies = leftover === null ? '' : '; the unfinished work of the last session lies in the work tree';
	return waitStep({ ...machine, message: `${machine.message}${lies}` }, null);
}

/** The beginning of a wait. `until` null: for as long as what it is for is still to come. */
export function waitStep(what: WaitingFor, until: Time | null): Step {
	return { step: 'record', event: { event: 'waiting', for: what, until } };
}

/** Whether what the loop waits for is still to come. A wait with a time is over when its time has come. */
export function stillWaiting(waiting: { for: WaitingFor; until: Time | null }, scene: Scene): boolean {
	const now = scene.now + scene.setBack;
	switch (waiting.for.kind) {
		case 'edits':
			return scene.todo.kind === 'list' && nextOpen(scene.todo.todo, scene.settings.optional) === null;
		case 'pause':
			return scene.settings.pause;
		case 'todo':
			return scene.todo.kind !== 'list';
		case 'limit':
		case 'outage':
		case 'auth':
		case 'cut-off':
			return waiting.until !== null && now < waiting.until;
		case 'repository':
			return waiting.until === null ? scene.elsewhere !== null : now < waiting.until;
		case 'disk':
		case 'machine':
			return waiting.until === null ? scene.machine !== null : now < waiting.until;
	}
}

const SECOND = 1000;
const MISHAPS = [1, 2, 5, 10, 30, 60].map((seconds) => seconds * SECOND);
/** Tries after a mishap that may be a race. */
const FEW = 5;
/** The first session that was cut off is followed at once: most often there is nothing to wait for. */
const CUT_OFFS = [0, 2, 4, 8, 16, 60].map((seconds) => seconds * SECOND);
