import { nightOf } from '../../src/core/report/night.ts';
import { replay } from '../../src/core/run/run.ts';
import type {
	Candidate,
	Change,
	CommitId,
	Entry,
	Event,
	Finding,
	SessionId,
	TaskId,
	TreeId,
} from '../../src/core/types.ts';
import type { Known } from '../../src/core/why/why.ts';
import { CANDIDATE, NOW, started, todo } from './parts.ts';

/** How one attempt at a task comes out. */
export type Outcome =
	| 'lands'
	| 'rejected'
	| 'red'
	| 'flaky'
	| 'refused'
	| 'unchanged'
	| 'unreadable'
	| 'limited'
	| 'sleeps'
	| 'parked';

/** A task of the night: what becomes of it, attempt by attempt, and which paths it touches. */
export interface Deed {
	readonly text: string;
	readonly outcomes: readonly Outcome[];
	readonly touches?: readonly string[];
	readonly finding?: Finding;
}

const MINUTE = 60_000;
const SPENT = { usage: { usd: 0.31, tokens: 41_000 }, agentSession: null, model: 'sonnet' };

/** A night as the journal of a loop tells it, minutes for each session, and the list as it is in the morning. */
export function longNight(deeds: readonly Deed[], more: Partial<Known> = {}): Known {
	const list = deeds.map(({ text, outcomes }) => `- [${mark(outcomes)}] ${text}\n`).join('');
	const read = list === '' ? null : todo(list);
	const tasks = read?.tasks ?? [];
	const told: Entry[] = [];
	let now = NOW;
	let sessions = 0;
	const tell = (event: Event, minutes = 0) => {
		now += minutes * MINUTE;
		told.push({ at: new Date(now).toISOString(), ...event });
	};
	tell(started);
	tell({ event: 'notice', text: 'walls: groups only (this is a test)' });
	for (const [index, deed] of deeds.entries()) {
		const task = tasks[index]!.id;
		const name = (role: string) => `${String((sessions += 1)).padStart(4, '0')}-${role}` as SessionId;
		let number = 1;
		for (const outcome of deed.outcomes) {
			if (outcome === 'parked') {
				tell({
					event: 'parked',
					task,
					text: deed.text,
					why: 'no attempt landed',
					ref: 'refs/nightloop/parked/1',
					inARow: 1,
				});
				tell({ event: 'marked', task, as: '!', lines: [index + 1], outcome: 'written' });
				continue;
			}
			attempt({ tell, name, deed, task, number, index }, outcome);
			if (outcome !== 'limited') number += 1;
		}
	}
	const entries = nightOf(told, now);
	return {
		run: replay(told),
		todo: read,
		list: 'todo.md',
		entries,
		now: now + MINUTE,
		holder: 'alive',
		git: 'git',
		self: 'nightloop',
		...more,
	};
}

interface Telling {
	readonly tell: (event: Event, minutes?: number) => void;
	readonly name: (role: string) => SessionId;
	readonly deed: Deed;
	readonly task: TaskId;
	readonly number: number;
	readonly index: number;
}

function attempt(telling: Telling, outcome: Outcome): void {
	const { tell, name, deed, task, number, index } = telling;
	const { text, touches = ['src/a.ts'] } = deed;
	const finding = deed.finding ?? {
		what: 'login.ts:41 accepts an expired token',
		evidence: 'test: expired → 200',
		blocking: true,
		by: 'reviewer',
	};
	const candidate = candidateOf(index * 10 + number, touches);
	const worker = name('worker');
	tell(openedAs(worker, 'worker', deed, task, number, index), 1);
	const asleep = outcome === 'sleeps' ? 120 : 0;
	const end =
		outcome === 'limited'
			? ({ kind: 'limited', until: null, message: 'limit' } as const)
			: ({ kind: 'completed' } as const);
	tell({ event: 'worked', session: worker, task, end, status: null, ...SPENT, ms: 12 * MINUTE }, 12 + asleep);
	tell({ event: 'settled', session: worker, drift: [], putRight: [] });
	if (outcome === 'limited') {
		tell({ event: 'waiting', for: { kind: 'limit', message: 'resets 3am' }, until: null });
		tell({ event: 'edited', summary: 'you added 1 task (line 9)' }, 20);
		return tell({ event: 'resumed' }, 20);
	}
	if (outcome === 'refused' || outcome === 'unchanged') {
		tell({
			event: 'proposed',
			task,
			proposal:
				outcome === 'refused'
					? { kind: 'refused', what: 'too many files', evidence: '9,000' }
					: { kind: 'unchanged', candidate },
		});
		return tell(turnedDown(task, text, number, finding));
	}
	tell({ event: 'proposed', task, proposal: { kind: 'candidate', candidate } });
	judge(telling, outcome, candidate, worker, finding);
}

function judge(
	{ tell, name, deed, task, number, index }: Telling,
	outcome: Outcome,
	{ commit, tree }: Candidate,
	worker: SessionId,
	finding: Finding,
): void {
	const { text } = deed;

	const result = outcome === 'red' ? 'red' : outcome === 'flaky' ? 'flaky' : 'green';
	const checked = {
		command: 'npm test',
		result,
		exitCode: result === 'red' ? 1 : 0,
		ms: 2 * MINUTE,
		tail: '1 failed',
		log: '.nightloop/checks/1.log',
		runs: 1,
	} as const;
	tell(
		{
			event: 'checked',
			task,
			on: 'candidate',
			commit,
			tree,
			setup: null,
			installed: 'as before',
			results: [checked],
		},
		2,
	);
	if (outcome === 'red') return tell(turnedDown(task, text, number, { ...finding, by: 'npm test' }));
	const reviewer = name('reviewer');
	tell(openedAs(reviewer, 'reviewer', deed, task, number, index));
	const findings = [finding];
	const verdicts = {
		rejected: { kind: 'rejected', findings },
		unreadable: { kind: 'unreadable', why: 'no fence' },
	} as const;
	const verdict =
		outcome in verdicts
			? verdicts[outcome as keyof typeof verdicts]
			: ({
					kind: 'approved',
					findings: deed.finding ? [{ ...finding, blocking: false }] : [],
					red: null,
				} as const);
	tell(
		{
			event: 'reviewed',
			session: reviewer,
			task,
			reviewer: 'reviewer',
			candidate: commit,
			tree,
			nonce: 'n',
			end: { kind: 'completed' },
			verdict,
			...SPENT,
			ms: 4 * MINUTE,
		},
		4,
	);
	tell({ event: 'settled', session: reviewer, drift: [], putRight: [] });
	if (verdict.kind !== 'approved') return tell(turnedDown(task, text, number, finding));
	tell({
		event: 'landed',
		task,
		text,
		attempt: number,
		commit,
		tree,
		equals: 1,
		worker,
		reviewers: [reviewer],
	});
	tell({ event: 'marked', task, as: 'x', lines: [index + 1], outcome: 'written' });
}

function openedAs(
	session: SessionId,
	role: 'worker' | 'reviewer',
	{ text }: Deed,
	task: TaskId,
	attempt: number,
	index: number,
): Event {
	return {
		event: 'opened',
		session,
		role,
		task,
		text,
		details: null,
		line: index + 1,
		follower: null,
		equals: 1,
		attempt,
		agent: 'claude',
		prompt: role,
		base: 'c0' as CommitId,
		branch: 'refs/heads/main',
	};
}

function turnedDown(task: TaskId, text: string, attempt: number, finding: Finding): Event {
	return {
		event: 'rejected',
		task,
		text,
		attempt,
		findings: [finding],
		ref: 'refs/nightloop/rejected/1',
		blocked: null,
	};
}

function candidateOf(number: number, paths: readonly string[]): Candidate {
	const id = number.toString(16).padStart(12, 'c0ffee').padEnd(40, '5');
	const changes = paths.map((path): Change => ({
		path,
		status: 'modified',
		oldMode: '100644',
		newMode: '100644',
		added: path.endsWith('.png') ? null : 12,
		deleted: path.endsWith('.png') ? null : 3,
	}));
	return { ...CANDIDATE, commit: id as CommitId, tree: `${id.slice(1)}7` as TreeId, changes };
}

function mark(outcomes: readonly Outcome[]): string {
	const last = outcomes.at(-1);
	if (last === 'parked') return '!';
	return last === 'lands' || last === 'flaky' || last === 'sleeps' ? 'x' : ' ';
}
