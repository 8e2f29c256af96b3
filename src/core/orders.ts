import { parentsOf, tasksById } from './todo/progress.ts';
import { changesReport, diffstat } from './gate/changes.ts';
import { checksToCome, resultWords } from './gate/checks.ts';
import { specWords, specWordsAtBase } from './todo/spec-files.ts';
import { setupFor } from './gate/setup.ts';
import type {
	Attempt,
	Candidate,
	CommitId,
	Finding,
	Hole,
	Prompt,
	Role,
	Run,
	Scene,
	SessionId,
	SessionOrder,
	Task,
} from './types.ts';

/** The worker session of one attempt, as data. `memory` is filled when it is spawned. */
export function workOrder(run: Run, scene: Scene, task: Task, attempt: number): SessionOrder {
	const record = run.tasks.get(task.id);
	const cutOff =
		run.leftover === task.id && record?.cutOff
			? [
					`The last session on this task was cut off (${record.cutOff}); what it changed lies in the work tree.`,
				]
			: [];
	const base = run.attempt?.base ?? firstBase(run, task);
	const findings = [...cutOff, ...(record?.findings ?? []).map(findingWords)].join('\n');
	const holes = {
		...taskHoles(scene, task),
		todo: scene.todo.kind === 'list' ? scene.todo.text : '',
		findings,
		checks: checksToCome(run, base, scene.settings),
		base: base ?? '',
		spec: specWords(scene.spec),
	};
	return order(run, scene, task, scene.worker, attempt, holes, null);
}

/** One reviewer's session on one candidate. Nothing that the worker said is in it. */
export function reviewOrder(
	run: Run,
	scene: Scene,
	attempt: Attempt,
	candidate: Candidate,
	task: Task,
	prompt: Prompt,
): SessionOrder {
	const holes = {
		...taskHoles(scene, task),
		base: candidate.base,
		candidate: candidate.commit,
		checks: resultWords(run, attempt, scene.settings),
		diffstat: diffstat(candidate.changes),
		spec: specWordsAtBase(scene.spec),
		changes: changesReport(candidate.changes, candidate.weakened),
	};
	return order(run, scene, task, prompt, attempt.number, holes, candidate);
}

type Holes = Partial<Record<Hole, string>>;

function order(
	run: Run,
	scene: Scene,
	task: Task,
	prompt: Prompt,
	attempt: number,
	holes: Holes,
	candidate: Candidate | null,
): SessionOrder {
	return {
		session: run.attempt?.open?.session ?? sessionId(run.sessions + 1, prompt.role),
		role: prompt.role,
		task: task.id,
		text: task.text,
		attempt,
		prompt,
		model: prompt.model[Math.min(attempt, prompt.model.length) - 1] ?? null,
		holes,
		base: run.attempt?.base ?? firstBase(run, task),
		candidate,
		setup: candidate && setupFor(scene.settings.setup, candidate.changes),
		push: scene.settings.push,
	};
}

/** Of a task that is still being tried. */
function firstBase(run: Run, task: Task): CommitId | null {
	const record = run.tasks.get(task.id);
	return record?.state === 'open' ? record.base : null;
}

function sessionId(number: number, role: Role): SessionId {
	return `${String(number).padStart(4, '0')}-${role}` as SessionId;
}

function taskHoles(scene: Scene, task: Task): Holes {
	const parents = scene.todo.kind === 'list' ? parentsOf(tasksById(scene.todo.todo), task) : [];
	const details = [task.details, ...parents.map(partOf)].filter((text) => text !== '').join('\n\n');
	return { task: task.text, details, breadcrumb: task.breadcrumb.join(' › ') };
}

/** What is written above a task holds for it too: Kiro keeps what is to be built in the parent, and tests in its leaves. */
function partOf({ text, details }: Task): string {
	return `Part of: ${text}${details === '' ? '' : `\n${details}`}`;
}

function findingWords(finding: Finding): string {
	const evidence = finding.evidence.trim();
	const indented = evidence === '' ? '' : `\n${evidence.replaceAll(/^/gm, '  ')}`;
	return `- ${finding.what} (found by ${finding.by})${indented}`;
}
