import { endOnBudget } from './budget.ts';
import { endAtDeadline } from './limits-of-run.ts';
import { MEMORY_CAP, NOTES, NOTES_EVERY } from './notes.ts';
import { workOrder } from './orders.ts';
import { findTask, isOpenLeaf, nextOpen } from './todo/todo.ts';
import type { Prompt, Run, Scene, Step, Task, TaskRecord, Todo } from './types.ts';
import { awaitAgent, onDuty } from './stand-in.ts';
import { makeDo, waitStep } from './waits.ts';

/** Sessions that may be cut off before their task is parked; also how often a tree may change under judgement. */
export const MOST_CUT_OFFS = 5;

/** The first step of the next attempt, top to bottom; or what there is to do when nothing is open. */
export function next(run: Run, scene: Scene): Step {
	// What nobody goes on with is not left to the next task, nor to a person.
	if (run.leftover === NOTES.id) return clearNotes;
	if (scene.mode === 'once' && run.lastOutcome) {
		return { step: 'end', ending: { kind: 'once', outcome: run.lastOutcome } };
	}
	if (scene.todo.kind !== 'list') return waitForTodo(scene.todo);
	const { todo } = scene.todo;
	const task = pick(run, scene, todo);
	const wait = task || scene.machine?.kind === 'machine' ? makeDo(run, scene) : null;
	if (wait) return wait;
	if (task && areNotesDue(run, scene)) return shortenNotes(run, scene);
	return task ? workOn(run, scene, todo, task) : nothingOpen(scene, todo);
}

/** The one consolidator session of an attempt at the notes; another one only where the loop itself ended in it. */
export function shortenNotes(run: Run, scene: Scene): Step {
	const number = run.attempt?.number ?? openRecord(run, NOTES).attempts + 1;
	const order = workOrder(run, scene, NOTES, number);
	if (run.attempt?.open) return { step: 'work', order };
	return mayNotStart(run, scene, scene.consolidator) ?? { step: 'open', order, task: NOTES, follower: null };
}

/** One more worker session on the task, unless it has had its share, or the night has. */
export function workOn(run: Run, scene: Scene, todo: Todo, task: Task): Step {
	const record = openRecord(run, task);
	const number = run.attempt?.number ?? record.attempts + 1;
	const allowed = run.parkedInARow >= DISCOURAGING ? 1 : scene.settings.attempts;
	const worn = wornOut(record, number, allowed);
	if (worn) return park(run, task, worn, record.ref);
	const order = workOrder(run, scene, task, number);
	if (run.attempt?.open) return { step: 'work', order };
	const follower = todo.tasks[todo.tasks.indexOf(task) + 1]?.id ?? null;
	const isLast = number > 1 && number === allowed;
	const wait = makeRoom(run, task, isLast) ?? mayNotStart(run, scene, scene.worker);
	return wait ?? { step: 'open', order, task, follower };
}

/** Whether the notes come before the next task: too long, not tried of late, and neither in the way of anything nor waited for. */
function areNotesDue(run: Run, scene: Scene): boolean {
	return (
		scene.memory > MEMORY_CAP &&
		run.sinceNotes >= NOTES_EVERY &&
		run.leftover === null &&
		scene.mode !== 'once' &&
		onDuty(run, scene.consolidator, scene) !== null
	);
}

function mayNotStart(run: Run, scene: Scene, prompt: Prompt): Step | null {
	const over = endAtDeadline(run, scene) ?? endOnBudget(run, scene);
	if (over) return over;
	return scene.settings.pause ? waitStep({ kind: 'pause' }, null) : awaitAgent(run, scene, prompt);
}

/** Empty, absent and half-written lists are normal for a moment; none of them means that all is done. */
export function waitForTodo(todo: Exclude<Scene['todo'], { kind: 'list' }>): Step {
	return waitStep(
		{ kind: 'todo', why: todo.kind === 'broken' ? `line ${todo.line}: ${todo.why}` : todo.kind },
		null,
	);
}

const clearNotes: Step = {
	step: 'clear',
	task: NOTES.id,
	keep: 'snapshots',
	why: 'the notes stay as they are',
};

/** So many tasks parked in a row say something about the night, not about the tasks. */
const DISCOURAGING = 3;

/** The task whose changes lie in the tree goes on, even where another one was added above it. */
function pick(run: Run, scene: Scene, todo: Todo): Task | null {
	const current = run.leftover && findTask(todo, run.leftover);
	return current && isOpenLeaf(current) ? current : nextOpen(todo, scene.settings.optional);
}

function nothingOpen(scene: Scene, todo: Todo): Step {
	if (scene.mode === 'forever') return waitStep({ kind: 'edits' }, null);
	const count = (state: Task['state']) =>
		todo.tasks.filter((task) => task.kind === 'leaf' && task.state === state).length;
	return { step: 'end', ending: { kind: 'nothing-open', done: count('done'), parked: count('parked') } };
}

/** A task that a person opened again, or that was never tried, starts afresh. */
function openRecord(
	run: Run,
	task: Task,
): Pick<TaskRecord, 'attempts' | 'cutOffs' | 'cutOff' | 'blocked' | 'findings' | 'ref'> {
	const known = run.tasks.get(task.id);
	return known?.state === 'open'
		? known
		: { attempts: 0, cutOffs: 0, cutOff: null, blocked: null, findings: [], ref: null };
}

function wornOut(record: ReturnType<typeof openRecord>, number: number, allowed: number): string | null {
	if (record.blocked && record.blocked.times >= 2) return `blocked: ${record.blocked.reason}`;
	if (record.cutOffs >= MOST_CUT_OFFS)
		return `${record.cutOffs} sessions were cut off, the last one: ${record.cutOff}`;
	return number > allowed ? (record.findings[0]?.what ?? 'no attempt landed') : null;
}

function park(run: Run, task: Task, why: string, ref: string | null): Step {
	if (run.leftover) return { step: 'clear', task: task.id, keep: 'parked', why: 'parked' };
	const inARow = run.parkedInARow + 1;
	return { step: 'record', event: { event: 'parked', task: task.id, text: task.text, why, ref, inARow } };
}

/** Takes out of the tree what another task left in it, or what this one did when its last attempt is to start over. */
function makeRoom(run: Run, task: Task, isLast: boolean): Step | null {
	if (run.leftover === null) return null;
	if (run.leftover !== task.id)
		return { step: 'clear', task: run.leftover, keep: 'snapshots', why: 'another task comes first' };
	if (!isLast || run.attempt) return null;
	return { step: 'clear', task: task.id, keep: 'snapshots', why: 'the last attempt starts over from base' };
}
