import { tellMoney } from './budget.ts';
import { judge } from './judge.ts';
import { deadlineOf, endAtDeadline } from './limits-of-run.ts';
import { lostTask } from './todo/lost-task.ts';
import { next } from './next.ts';
import { findTask } from './todo/todo.ts';
import type { Run, Scene, Step, TaskId, TaskRecord, Time, Todo } from './types.ts';
import { isReplaced } from './stand-in.ts';
import { makeDo, stillWaiting, waitStep } from './waits.ts';

/**
 * Every policy of the program, as one ladder: the first rung that has something to say is the next step. It reads top to
 * bottom as the order of duties: own the journal, finish what is half done, obey the person, wait where waiting is due,
 * then go on with the attempt in hand (judge.ts), or begin the next one (next.ts).
 *
 * Pure: the same run and scene give the same step. Nothing here ticks a box; the only way to `land` is down through
 * `judge`, past every check and every reviewer.
 */
export function decide(run: Run, scene: Scene): Step {
	return (
		begin(run, scene) ??
		tellMoney(run, scene) ??
		sitOut(run, scene) ??
		settle(run) ??
		finishLanding(run, scene) ??
		obey(run, scene) ??
		stayAway(scene) ??
		(run.attempt ? (makeDo(run, scene) ?? judge(run, run.attempt, scene)) : next(run, scene))
	);
}

/** Why the session or check that runs now should end before its time, if it should. Asked whenever the scene changed. */
export function interruption(run: Run, scene: Scene): string | null {
	if (scene.stop.kind === 'now') return `asked to stop (${scene.stop.signal})`;
	if (scene.elsewhere !== null) return `${scene.elsewhere} was checked out`;
	if (scene.machine?.kind === 'disk') return scene.machine.message;
	if (!run.attempt || scene.todo.kind !== 'list') return null;
	return lostTask(run.attempt, scene.todo.todo, ['dropped'])?.why ?? null;
}

/** A process may act only under its own name; what another one left open ended with it. */
function begin(run: Run, scene: Scene): Step | null {
	if (run.process === scene.process) return null;
	return { step: 'start', mode: run.state === 'ended' ? 'fresh' : 'again' };
}

function settle(run: Run): Step | null {
	const open = run.attempt?.open;
	return open?.phase === 'over' ? { step: 'settle', session: open.session, role: open.role } : null;
}

function sitOut(run: Run, scene: Scene): Step | null {
	if (!run.waiting) return null;
	if (scene.stop.kind !== 'none')
		return { step: 'end', ending: { kind: 'signal', signal: scene.stop.signal } };
	const over = run.attempt?.proposal ? null : endAtDeadline(run, scene);
	if (over) return over;
	if (stillWaiting(run.waiting, scene) && !isReplaced(run, scene, run.waiting.for)) {
		const { until } = run.waiting;
		const end = until === null ? null : until - scene.setBack;
		return { step: 'rest', until: earlier(end, deadlineOf(run, scene)) };
	}
	return { step: 'record', event: { event: 'resumed' } };
}

/** What was approved lands, whatever else is wanted by now; its tick, and the mark of a parked task, follow. */
function finishLanding(run: Run, scene: Scene): Step | null {
	// A mark may have to wait for an editor, and whoever asked to stop now should not: the next start writes it first.
	const isHurried = scene.stop.kind === 'now';
	return land(run, scene) ?? (scene.todo.kind === 'list' && !isHurried ? mark(run, scene.todo.todo) : null);
}

function land({ attempt }: Run, { todo }: Scene): Step | null {
	if (!attempt?.sealed || !attempt.proposal || attempt.proposal.kind === 'refused') return null;
	const { candidate } = attempt.proposal;
	const task = todo.kind === 'list' ? findTask(todo.todo, attempt.task) : null;
	return { step: 'land', attempt, candidate, sealed: attempt.sealed, equals: task?.equals ?? 1 };
}

function mark(run: Run, todo: Todo): Step | null {
	for (const [id, task] of run.tasks) {
		if (owesTick(id, task, todo)) return { step: 'mark', task: id, as: 'x', equals: task.equals };
		if (task.state === 'parked' && task.marks === 0)
			return { step: 'mark', task: id, as: '!', equals: task.equals };
	}
	return null;
}

/**
 * A tick that an editor's stale buffer undid is made again, once, in the run that made it. Never where the number of
 * equal tasks changed since: the line found now may be another one of them.
 */
function owesTick(id: TaskId, task: TaskRecord, todo: Todo): boolean {
	if (task.state !== 'landed' || task.marks > 1) return false;
	if (task.marks === 0) return true;
	const line = task.landedInRun ? findTask(todo, id) : null;
	return line?.state === 'open' && line.equals === task.equals;
}

function obey(run: Run, scene: Scene): Step | null {
	const { stop } = scene;
	if (stop.kind === 'none' || (stop.kind === 'finish' && run.attempt)) return null;
	return { step: 'end', ending: { kind: 'signal', signal: stop.signal } };
}

/** Another branch is a person's to work on. */
function stayAway({ elsewhere }: Scene): Step | null {
	if (elsewhere === null) return null;
	const why = `${elsewhere} is checked out, this run works on another branch`;
	return waitStep({ kind: 'repository', why }, null);
}

function earlier(one: Time | null, other: Time | null): Time | null {
	return one === null || other === null ? (one ?? other) : Math.min(one, other);
}
