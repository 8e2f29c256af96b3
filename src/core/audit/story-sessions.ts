import { isAuthor } from '../notes.ts';
import { attemptOf, fault, judgeAnew, setTask } from './telling.ts';
import type { Attempt, Telling } from './telling.ts';
import type { EntryOf } from '../run/parts.ts';

/** A process of the loop begins: what another one left open ended with it. */
export function startAgain(telling: Telling, { head }: EntryOf<'started'>): void {
	telling.firstHead ??= head;
	const open = telling.attempt?.open;
	if (open) open.phase = 'over';
}

/** A session is about to be spawned; the first one of an attempt begins it. */
export function begin(telling: Telling, entry: EntryOf<'opened'>): void {
	const { session, role } = entry;
	count(telling, entry);
	const left = telling.attempt?.open;
	if (left) fault(telling, `session ${left.session} was never settled before the next one`);
	const attempt = goingOn(telling, entry) ?? newAttempt(telling, entry);
	if (isAuthor(role) && attempt.work) fault(telling, `a second worker on work that is done, ${session}`);
	attempt.open = { ...entry, phase: 'running' };
}

/** A session beside the loop: it says nothing about what landed, but has a number as any other. */
export function count(telling: Telling, { session, role }: EntryOf<'opened' | 'planned'>): void {
	const number = numberOf(telling, session);
	const expected = telling.sessions + 1;
	if (number !== expected) fault(telling, `session ${session} where number ${expected} comes next`);
	if (!session.endsWith(`-${role}`)) fault(telling, `session ${session} was opened as ${role}`);
	// What was lost, or made up, is told once.
	telling.sessions = Math.max(number, expected);
}

/** The end of a worker session. Only one that completed is the work of the attempt. */
export function work(telling: Telling, entry: EntryOf<'worked'>): void {
	const attempt = attemptOf(telling, entry);
	if (!attempt) return;
	const agent = ended(telling, attempt, entry, 'author');
	if (agent !== null && entry.end.kind === 'completed') attempt.work = { ...entry, agent };
}

/** Ends the session that is open; the agent that it was opened for. null: it is another one, which is a fault. */
export function ended(
	telling: Telling,
	{ open }: Attempt,
	{ session }: EntryOf<'worked' | 'reviewed'>,
	role: 'author' | 'reviewer',
): string | null {
	const isOther = open && isAuthor(open.role) !== (role === 'author');
	if (open?.session !== session || isOther || open.phase === 'over') {
		fault(
			telling,
			`the end of ${session}, which no ${role === 'author' ? 'worker' : role} was opened as just before`,
		);
		return null;
	}
	open.phase = 'over';
	return open.agent;
}

/** What a session touched has been compared and put right. */
export function settle(telling: Telling, { session, drift }: EntryOf<'settled'>): void {
	const { attempt } = telling;
	if (attempt?.open?.session !== session) {
		fault(telling, `${session} was settled, and was not the session that was open`);
		return;
	}
	if (attempt.open.phase === 'running')
		telling.doubt = { line: telling.line, why: `session ${session} has no end on record` };
	attempt.open = null;
	if (drift.length > 0) judgeAnew(attempt);
}

function numberOf({ sessions }: Telling, session: string): number {
	const [, digits] = /^(\d{4,12})-/.exec(session) ?? [];
	return digits === undefined ? sessions : Number(digits);
}

function goingOn({ attempt }: Telling, { task, attempt: number, role }: EntryOf<'opened'>): Attempt | null {
	if (attempt?.task !== task || attempt.number !== number) return null;
	// A lost end of an attempt makes its next one look like the same.
	return isAuthor(role) && attempt.sealed ? null : attempt;
}

function newAttempt(telling: Telling, entry: EntryOf<'opened'>): Attempt {
	const { task, attempt: number, base, session, role } = entry;
	if (telling.attempt) fault(telling, `${session} begins another attempt before the last one came to an end`);
	if (!isAuthor(role)) fault(telling, `an attempt begins with ${session}, not with a worker`);
	const known = telling.tasks.get(task);
	const expected = (known?.state === 'open' ? known.attempts : 0) + 1;
	if (number !== expected) fault(telling, `attempt ${number} where attempt ${expected} comes next`);
	setTask(telling, task, { state: 'open', attempts: number - 1 });
	telling.attempt = {
		task,
		number,
		base,
		open: null,
		work: null,
		candidate: null,
		results: new Map(),
		waived: new Set(),
		unsure: new Set(),
		reviews: [],
		sealed: null,
	};
	return telling.attempt;
}
