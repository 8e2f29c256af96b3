import { parentsOf, tasksById } from './todo/progress.ts';
import { changesReport, diffstat } from './gate/changes.ts';
import { checksToCome, resultWords } from './gate/checks.ts';
import { specWords, specWordsAtBase } from './todo/spec-files.ts';
import { setupFor } from './gate/setup.ts';
import { isNotes } from './notes.ts';
import { leftFor } from './budget.ts';
import { insteadOf, onDuty, runBy } from './stand-in.ts';
import type {
	Attempt,
	Candidate,
	Change,
	CommitId,
	Finding,
	Prompt,
	Role,
	Run,
	Scene,
	SessionId,
	SessionOrder,
	Task,
} from './types.ts';

/** The worker session of one attempt, or at the notes the consolidator's, as data. `memory` is filled when it is spawned. */
export function workOrder(run: Run, scene: Scene, task: Task, attempt: number): SessionOrder {
	const record = run.tasks.get(task.id);
	const cutOff = run.leftover === task.id ? (record?.cutOff ?? null) : null;
	const base = run.attempt?.base ?? firstBase(run, task);
	const holes = {
		...taskHoles(scene, task, run.attempt?.open ? run.attempt.details : null),
		todo: scene.todo.kind === 'list' ? scene.todo.text : '',
		findings: (record?.findings ?? []).map(findingWords).join('\n'),
		checks: checksToCome(run, base, scene.settings),
		base: base ?? '',
		spec: specWords(scene.spec),
	};
	return { ...order(run, scene, task, authorOf(scene, task), attempt, holes, null), cutOff };
}

function authorOf({ worker, consolidator }: Scene, { id }: Task): Prompt {
	return isNotes(id) ? consolidator : worker;
}

/**
 * The order with what a session that was cut off left in the work tree, among its findings; as it is where none did.
 * `changes`: how the work tree differs from base; null: that cannot be told.
 */
export function withLeft(order: SessionOrder, changes: readonly Change[] | null): SessionOrder {
	if (order.cutOff === null) return order;
	const what = changes?.length === 0 ? 'it had changed nothing' : 'what it changed lies in the work tree';
	const told = [
		`The last session on this task was cut off (${order.cutOff}); ${what}${changes?.length ? ':' : '.'}`,
		...(changes?.length ? [diffstat(changes)] : []),
		...(order.holes.findings ? [order.holes.findings] : []),
	];
	return { ...order, holes: { ...order.holes, findings: told.join('\n') } };
}

/**
 * One reviewer's session on one candidate. Nothing that the worker said is in it: where no wall keeps a worker from the list,
 * the details are as the worker was told them, not as it may have left them.
 */
export function reviewOrder(
	run: Run,
	scene: Scene,
	attempt: Attempt,
	candidate: Candidate,
	task: Task,
	prompt: Prompt,
): SessionOrder {
	const isWalledOff = run.walls === 'namespaces' && scene.settings.walls !== 'groups';
	const holes = {
		...taskHoles(scene, task, isWalledOff ? null : attempt.details),
		base: candidate.base,
		candidate: candidate.commit,
		checks: resultWords(run, attempt, scene.settings),
		diffstat: diffstat(candidate.changes),
		spec: specWordsAtBase(scene.spec),
		changes: changesReport(candidate.changes, candidate.weakened),
	};
	return order(run, scene, task, prompt, attempt.number, holes, candidate);
}

type Holes = SessionOrder['holes'];

function order(
	run: Run,
	scene: Scene,
	task: Task,
	asked: Prompt,
	attempt: number,
	holes: Holes,
	candidate: Candidate | null,
): SessionOrder {
	const agent = run.attempt?.open?.agent ?? onDuty(run, asked, scene) ?? asked.agent;
	const prompt = runBy(asked, agent);
	return {
		session: run.attempt?.open?.session ?? sessionId(run.sessions + 1, prompt.role),
		role: prompt.role,
		task: task.id,
		text: task.text,
		attempt,
		prompt,
		model: prompt.model[Math.min(attempt, prompt.model.length) - 1] ?? null,
		instead: insteadOf(run, asked, agent),
		left: leftFor(run, scene, prompt),
		holes,
		base: run.attempt?.base ?? firstBase(run, task),
		candidate,
		setup: candidate && setupFor(scene.settings.setup, candidate.changes),
		push: scene.settings.push,
		cutOff: null,
	};
}

/** Of a task that is still being tried. */
function firstBase(run: Run, task: Task): CommitId | null {
	const record = run.tasks.get(task.id);
	return record?.state === 'open' ? record.base : null;
}

/** Names the session of that number, from 1 on. */
export function sessionId(number: number, role: Role): SessionId {
	return `${String(number).padStart(4, '0')}-${role}` as SessionId;
}

/** `told`: the details as they are on record; null: they are not. */
function taskHoles(scene: Scene, task: Task, told: string | null): Holes {
	const details = told ?? detailsOf(scene, task);
	return { task: task.text, details, breadcrumb: task.breadcrumb.join(' › ') };
}

function detailsOf({ todo }: Scene, task: Task): string {
	const parents = todo.kind === 'list' ? parentsOf(tasksById(todo.todo), task) : [];
	return [task.details, ...parents.map(partOf)].filter((text) => text !== '').join('\n\n');
}

/** What is written above a task holds for it too: Kiro keeps what is to be built in the parent, and tests in its leaves. */
function partOf({ text, details }: Task): string {
	return `Part of: ${text}${details === '' ? '' : `\n${details}`}`;
}

/** A finding as the next session is told of it. */
export function findingWords(finding: Finding): string {
	const evidence = finding.evidence.trim();
	const indented = evidence === '' ? '' : `\n${evidence.replaceAll(/^/gm, '  ')}`;
	return `- ${finding.what} (found by ${finding.by})${indented}`;
}
