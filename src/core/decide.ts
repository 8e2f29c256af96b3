import { commitMessage } from './commit-message.ts';
import { endAtDeadline, endOnBudget } from './limits-of-run.ts';
import { reviewOrder, workOrder } from './orders.ts';
import { isNobodysFault } from './run.ts';
import { findTask, nextOpen } from './todo.ts';
import type {
	Attempt,
	Candidate,
	Finding,
	Review,
	Run,
	Scene,
	Step,
	Task,
	TaskId,
	TaskRecord,
	Todo,
} from './types.ts';
import { afterTrouble, stillWaiting } from './waits.ts';

/**
 * Every policy of the program, as one ladder: the first rung that has something to say is the next step. It reads top to
 * bottom as the order of duties: own the journal, finish what is half done, obey the person, wait where waiting is due,
 * then go on with the attempt, or begin the next one.
 *
 * Pure: the same run and scene give the same step. Nothing here ticks a box; the only way to `land` is down through
 * `judge`, past every check and every reviewer.
 */
export function decide(run: Run, scene: Scene): Step {
	return (
		begin(run, scene) ??
		settle(run) ??
		sitOut(run, scene) ??
		finishLanding(run, scene) ??
		obey(run, scene) ??
		(run.attempt ? judge(run, run.attempt, scene) : next(run, scene))
	);
}

/** Why the session or check that runs now should end before its time, if it should. Asked whenever the scene changed. */
export function interruption(run: Run, scene: Scene): string | null {
	if (scene.stop.kind === 'now') return `asked to stop (${scene.stop.signal})`;
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
	if (!run.attempt || open?.phase !== 'over') return null;
	return { step: 'settle', session: open.session, role: open.role, attempt: run.attempt };
}

function sitOut(run: Run, scene: Scene): Step | null {
	if (!run.waiting) return null;
	if (scene.stop.kind !== 'none')
		return { step: 'end', ending: { kind: 'signal', signal: scene.stop.signal } };
	if (stillWaiting(run.waiting, scene)) return { step: 'rest', until: run.waiting.until };
	return { step: 'resume' };
}

/** What was approved lands, whatever else is wanted by now; its tick, and the mark of a parked task, follow. */
function finishLanding(run: Run, scene: Scene): Step | null {
	const { attempt } = run;
	const candidate = attempt && candidateOf(attempt);
	if (attempt?.sealed && candidate) {
		const task = scene.todo.kind === 'list' ? findTask(scene.todo.todo, attempt.task) : null;
		return { step: 'land', attempt, candidate, sealed: attempt.sealed, equals: task?.equals ?? 1 };
	}
	if (scene.todo.kind !== 'list') return null;
	for (const [id, task] of run.tasks) {
		if (owesTick(id, task, scene.todo.todo)) return { step: 'mark', task: id, as: 'x' };
		if (task.state === 'parked' && task.marks === 0) return { step: 'mark', task: id, as: '!' };
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

// ── The attempt in hand ─────────────────────────────────────────────────────────────────────────────────────────────

function judge(run: Run, attempt: Attempt, scene: Scene): Step {
	const { todo } = scene;
	if (todo.kind !== 'list') return waitForTodo(todo);
	const lost = lostTask(attempt, todo.todo, ['dropped', 'done', 'parked']);
	if (lost) return giveUp(run, attempt, lost);
	const task = findTask(todo.todo, attempt.task)!;
	const due = afterTrouble(run, scene);
	if (due) return due;
	if (!attempt.work) return workOn(run, scene, todo.todo, task);
	if (attempt.drifts >= MOST_CUT_OFFS) return reject(attempt, [TREE_NEVER_STILL]);
	return judgeWork(run, attempt, attempt.work, scene, task);
}

function judgeWork(
	run: Run,
	attempt: Attempt,
	work: NonNullable<Attempt['work']>,
	scene: Scene,
	task: Task,
): Step {
	const { proposal } = attempt;
	if (work.status?.status === 'blocked') return rejectBlocked(attempt, work.status.reason);
	if (!proposal) return { step: 'propose', attempt };
	if (proposal.kind === 'refused')
		return reject(attempt, [finding(proposal.what, proposal.evidence, 'nightloop')]);
	if (proposal.kind === 'unchanged' && work.status?.status !== 'already-done')
		return reject(attempt, [NOTHING_CHANGED]);
	return judgeCandidate(run, attempt, proposal.candidate, scene, task);
}

function judgeCandidate(run: Run, attempt: Attempt, candidate: Candidate, scene: Scene, task: Task): Step {
	const { checks } = scene.settings;
	const results = attempt.checks ?? [];
	if (!checks.every((command, index) => results[index]?.command === command)) {
		return { step: 'check', attempt, candidate, settings: scene.settings };
	}
	const red = results.filter((check) => checks.includes(check.command) && check.result !== 'green');
	if (red.length > 0)
		return reject(
			attempt,
			red.map((check) => finding(redWords(check), check.tail, check.command)),
		);
	return (
		reviewNext(run, attempt, candidate, scene, task) ?? {
			step: 'seal',
			attempt,
			candidate,
			message: commitMessage(scene.settings.commit, attempt, candidate),
		}
	);
}

/** Every reviewer in turn; the first rejection stops spending. null only when each approved this very candidate. */
function reviewNext(run: Run, attempt: Attempt, candidate: Candidate, scene: Scene, task: Task): Step | null {
	for (const prompt of scene.reviewers) {
		const verdicts = attempt.reviews.filter((review) => review.reviewer === prompt.name && isCounted(review));
		const last = verdicts.at(-1);
		if (last?.verdict.kind === 'rejected') return reject(attempt, last.verdict.findings);
		if (last?.verdict.kind === 'approved' && last.end.kind === 'completed' && last.tree === candidate.tree)
			continue;
		if (verdicts.length >= MOST_ASKED) return reject(attempt, [noVerdict(prompt.name, verdicts)]);
		const order = reviewOrder(run, scene, attempt, candidate, task, prompt);
		return begun(attempt, 'reviewer')
			? { step: 'review', order, candidate }
			: { step: 'open', order, task, listed: attempt.listed };
	}
	return null;
}

function isCounted(review: Review): boolean {
	return !isNobodysFault(review.end);
}

function noVerdict(reviewer: string, verdicts: readonly Review[]): Finding {
	const whys = verdicts.map(({ verdict }) => (verdict.kind === 'unreadable' ? verdict.why : verdict.kind));
	return finding(`${reviewer} gave no readable verdict on this candidate`, whys.join('\n'), reviewer);
}

function begun(attempt: Attempt, role: 'worker' | 'reviewer'): boolean {
	return attempt.open?.role === role && attempt.open.phase === 'running';
}

function candidateOf(attempt: Attempt): Candidate | null {
	return attempt.proposal && attempt.proposal.kind !== 'refused' ? attempt.proposal.candidate : null;
}

// ── The next attempt ────────────────────────────────────────────────────────────────────────────────────────────────

function next(run: Run, scene: Scene): Step {
	const { todo } = scene;
	if (scene.mode === 'once' && run.lastOutcome)
		return { step: 'end', ending: { kind: 'once', outcome: run.lastOutcome } };
	if (todo.kind !== 'list') return waitForTodo(todo);
	const task = pick(run, scene, todo.todo);
	return task ? workOn(run, scene, todo.todo, task) : nothingOpen(scene, todo.todo);
}

/** The task whose changes lie in the tree goes on, even where another one was added above it. */
function pick(run: Run, scene: Scene, todo: Todo): Task | null {
	const current = run.leftover && findTask(todo, run.leftover);
	if (current && current.kind === 'leaf' && current.state === 'open') return current;
	return nextOpen(todo, scene.settings.optional, () => false);
}

function nothingOpen(scene: Scene, todo: Todo): Step {
	if (scene.mode === 'forever') return { step: 'wait', for: { kind: 'edits' }, until: null };
	const count = (state: Task['state']) =>
		todo.tasks.filter((task) => task.kind === 'leaf' && task.state === state).length;
	return { step: 'end', ending: { kind: 'nothing-open', done: count('done'), parked: count('parked') } };
}

/** One more worker session on the task, unless it has had its share, or the night has. */
function workOn(run: Run, scene: Scene, todo: Todo, task: Task): Step {
	const known = run.tasks.get(task.id);
	const record = known?.state === 'open' ? known : null;
	const number = run.attempt?.number ?? (record?.attempts ?? 0) + 1;
	const allowed = run.parkedInARow >= 3 ? 1 : scene.settings.attempts;
	const worn = record && wornOut(record, number, allowed);
	if (worn) return park(run, task, worn, record.ref);
	const order = workOrder(run, scene, task, number);
	if (run.attempt && begun(run.attempt, 'worker')) return { step: 'work', order };
	const foreign = run.leftover !== null && run.leftover !== task.id;
	if (foreign)
		return { step: 'clear', task: run.leftover, keep: 'snapshots', why: 'another task comes first' };
	if (run.leftover && number > 1 && number === allowed && !run.attempt) {
		return { step: 'clear', task: task.id, keep: 'snapshots', why: 'the last attempt starts over from base' };
	}
	return (
		endAtDeadline(run, scene) ??
		endOnBudget(run, scene) ??
		(scene.settings.pause
			? { step: 'wait', for: { kind: 'pause' }, until: null }
			: { step: 'open', order, task, listed: todo.tasks.length })
	);
}

function wornOut(record: TaskRecord, number: number, allowed: number): string | null {
	if (record.blocked && record.blocked.times >= 2) return `blocked: ${record.blocked.reason}`;
	if (record.cutOffs >= MOST_CUT_OFFS)
		return `${record.cutOffs} sessions were cut off, the last one: ${record.cutOff}`;
	if (number > allowed) return record.findings[0]?.what ?? 'no attempt landed';
	return null;
}

function park(run: Run, task: Task, why: string, ref: string | null): Step {
	if (run.leftover) return { step: 'clear', task: task.id, keep: 'parked', why: 'parked' };
	return { step: 'park', task: task.id, text: task.text, why, ref, inARow: run.parkedInARow + 1 };
}

// ── A task that is not the loop's to work on any more ───────────────────────────────────────────────────────────────

interface Lost {
	readonly why: string;
	readonly heir: Task | null;
}

/** Deleted, reworded, or closed by a person, in one of the given ways. A new wording inherits the changes in the tree. */
function lostTask(attempt: Attempt, todo: Todo, closed: readonly Task['state'][]): Lost | null {
	const task = findTask(todo, attempt.task);
	if (task?.kind === 'parent') return { why: 'given subtasks by hand', heir: null };
	if (task) return closed.includes(task.state) ? { why: `marked ${task.state} by hand`, heir: null } : null;
	const heir = todo.tasks.find(
		(other) => other.line === attempt.line && other.state === 'open' && other.kind === 'leaf',
	);
	if (heir && todo.tasks.length >= attempt.listed) return { why: 'reworded by hand', heir };
	return { why: 'deleted by hand', heir: null };
}

function giveUp(run: Run, attempt: Attempt, lost: Lost): Step {
	if (!lost.heir && run.leftover)
		return { step: 'clear', task: attempt.task, keep: 'snapshots', why: lost.why };
	return {
		step: 'abandon',
		task: attempt.task,
		text: attempt.text,
		why: lost.why,
		heir: lost.heir?.id ?? null,
	};
}

// ── Words and figures ───────────────────────────────────────────────────────────────────────────────────────────────

/** Sessions that may be cut off before their task is parked; also how often a tree may change under judgement. */
const MOST_CUT_OFFS = 5;
/** How often a reviewer is asked about one candidate before "no verdict" counts as a rejection. */
const MOST_ASKED = 2;

const NOTHING_CHANGED = finding(
	'the session changed nothing, and did not say that the task is already done',
	'',
	'nightloop',
);
const TREE_NEVER_STILL = finding(
	'the work tree changed again and again while it was judged',
	'',
	'nightloop',
);

function finding(what: string, evidence: string, by: string): Finding {
	return { what, evidence, blocking: true, by };
}

function redWords(check: { command: string; result: string; exitCode: number | null }): string {
	return check.result === 'overtime'
		? `\`${check.command}\` did not end in time`
		: `\`${check.command}\` failed (exit ${check.exitCode})`;
}

function reject(attempt: Attempt, findings: readonly Finding[]): Step {
	return { step: 'reject', attempt, findings, blocked: null };
}

function rejectBlocked(attempt: Attempt, reason: string): Step {
	return {
		step: 'reject',
		attempt,
		findings: [finding(`the worker said that it is blocked: ${reason}`, '', 'worker')],
		blocked: reason,
	};
}

function waitForTodo(todo: Exclude<Scene['todo'], { kind: 'list' }>): Step {
	const why = todo.kind === 'broken' ? `line ${todo.line}: ${todo.why}` : todo.kind;
	return { step: 'wait', for: { kind: 'todo', why }, until: null };
}
