import { isAuthor } from '../notes.ts';
import { endWords } from '../ends.ts';
import { inAttempt, NEW_TASK, NOTHING_DONE, withRecord, withTask } from './parts.ts';
import type { EntryOf } from './parts.ts';
import { account, booked, opening } from './spending.ts';
import { afterEnd } from './away.ts';
import type { Attempt, Run, SessionEnd, TaskId, TaskRecord } from '../types.ts';

/** A session that is about to be spawned: the first of an attempt begins it. */
export function opened(run: Run, entry: EntryOf<'opened'>): Run {
	const attempt: Attempt = {
		task: entry.task,
		text: entry.text,
		line: entry.line,
		follower: entry.follower,
		number: entry.attempt,
		base: entry.base,
		branch: entry.branch,
		...NOTHING_DONE,
		...run.attempt,
		details: entry.details ?? run.attempt?.details ?? null,
		open: {
			session: entry.session,
			role: entry.role,
			prompt: entry.prompt,
			agent: entry.agent,
			phase: 'running',
		},
	};
	const task = recordFor(run.tasks.get(entry.task));
	return {
		...run,
		attempt,
		tasks: withRecord(run.tasks, entry.task, {
			...task,
			spent: opening(task.spent),
			text: entry.text,
			equals: entry.equals,
			base: task.base ?? entry.base,
		}),
		sessions: run.sessions + 1,
		spent: opening(run.spent),
		leftover: isAuthor(entry.role) ? entry.task : run.leftover,
		sinceNotes: entry.role === 'consolidator' ? 0 : run.sinceNotes,
	};
}

/** A task that a person opened again starts afresh, with what was found, and kept, and spent. */
function recordFor(known: TaskRecord | undefined): TaskRecord {
	if (!known) return NEW_TASK;
	const { state, findings, ref, spent } = known;
	return state === 'open' ? known : { ...NEW_TASK, findings, ref, spent };
}

/** The end of a worker session. Only one that completed is the work of the attempt. */
export function worked(run: Run, entry: EntryOf<'worked'>): Run {
	const { session, end, status, agentSession, model } = entry;
	const open = run.attempt?.open;
	if (!open) return run;
	const over = sessionOver(run, open, entry);
	if (end.kind !== 'completed') return cutOff(over, entry.task, end);
	const { agent } = open;
	const done = inAttempt(over, { work: { session, agent, end, status, agentSession, model } });
	return withTask({ ...done, trouble: null }, entry.task, () => ({ cutOff: null }));
}

/** The end of a reviewer session, and its verdict. */
export function reviewed(run: Run, entry: EntryOf<'reviewed'>): Run {
	const { session, reviewer, candidate, tree, end, verdict, agentSession, model } = entry;
	if (!run.attempt?.open) return run;
	const { open, reviews } = run.attempt;
	const { agent } = open;
	const review = { session, reviewer, agent, candidate, tree, end, verdict, agentSession, model };
	const judged = inAttempt(sessionOver(run, open, entry), { reviews: [...reviews, review] });
	if (end.kind === 'completed') return { ...judged, trouble: null };
	return { ...judged, trouble: troubled(run, end) };
}

/** A session beside the loop: it has a number and a price as any other, and is no attempt's. */
export function planned(run: Run, { usage, pays = null }: EntryOf<'planned'>): Run {
	return { ...run, sessions: run.sessions + 1, spent: booked(opening(run.spent), usage, pays) };
}

type CutOff = Exclude<SessionEnd, { kind: 'completed' }>;

/** A session on the task that did not end well: what the next one is told, and what counts towards its five. */
export function cutOff(run: Run, id: TaskId, end: CutOff): Run {
	const counted = isNobodysFault(end) ? 0 : 1;
	const cut = withTask(run, id, (task) => ({ cutOffs: task.cutOffs + counted, cutOff: endWords(end) }));
	return { ...cut, trouble: troubled(run, end) };
}

/**
 * True for an end that says nothing about the task: it costs neither an attempt nor one of its five cut-offs. The loop's
 * own death is one: a person may kill and start it again as often as they like.
 */
export function isNobodysFault(end: SessionEnd): boolean {
	return NOBODYS.includes(end.kind);
}

const NOBODYS: readonly SessionEnd['kind'][] = ['limited', 'outage', 'auth', 'stopped', 'vanished'];

function sessionOver(
	run: Run,
	open: NonNullable<Attempt['open']>,
	entry: EntryOf<'worked' | 'reviewed'>,
): Run {
	const away = afterEnd(run.away, open.agent, entry.end, Date.parse(entry.at));
	return inAttempt({ ...account(run, open, entry), away }, { open: { ...open, phase: 'over' } });
}

/** What is nobody's fault is no reason to wait, or its agent alone is waited for. */
function troubled(run: Run, end: CutOff): Run['trouble'] {
	if (end.kind !== 'failed' && end.kind !== 'idle' && end.kind !== 'overtime') return run.trouble;
	return { end, count: (run.trouble?.count ?? 0) + 1, waited: 'not yet' };
}
