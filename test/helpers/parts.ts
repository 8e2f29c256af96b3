import { parseTodo } from '../../src/core/todo/todo.ts';
import { NOTHING_DONE } from '../../src/core/run/parts.ts';
import { DEFAULTS } from '../../src/core/rules/settings.ts';
import { replay } from '../../src/core/run/run.ts';
import type {
	Attempt,
	Candidate,
	CommitId,
	Entry,
	Event,
	Review,
	Run,
	Scene,
	SessionId,
	Settings,
	Task,
	TaskId,
	Todo,
	TreeId,
} from '../../src/core/types.ts';
import { prompt } from './fake-world.ts';

/** The pieces that the tests of core put together: plain values, each with a sensible default. */

export const NOW = Date.UTC(2026, 0, 1);

/** What holds where a list says nothing, with edits that act at once. */
export const SETTINGS: Settings = { ...DEFAULTS, settle: 0 };

function list(text: string): Scene['todo'] {
	return parseTodo(new TextEncoder().encode(text), { optional: false });
}

export function todo(text: string): Todo {
	const read = list(text);
	if (read.kind !== 'list') throw new Error(`not a list but ${read.kind}: ${text}`);
	return read.todo;
}

export function taskIn(text: string, name: string): Task {
	const task = todo(text).tasks.find((each) => each.text === name);
	if (!task) throw new Error(`no task ${name} in ${text}`);
	return task;
}

export function scene(text: string, more: Partial<Scene> = {}): Scene {
	return {
		now: NOW,
		process: 'this one',
		version: '0',
		mode: 'until-done',
		todo: list(text),
		settings: SETTINGS,
		worker: prompt('worker'),
		reviewers: [prompt('reviewer')],
		consolidator: prompt('consolidator'),
		memory: 0,
		spec: [],
		elsewhere: null,
		machine: null,
		setBack: 0,
		stop: { kind: 'none' },
		...more,
	};
}

export const CANDIDATE: Candidate = {
	commit: 'c1' as CommitId,
	tree: 't1' as TreeId,
	base: 'c0' as CommitId,
	head: 'c0' as CommitId,
	changes: [],
	weakened: [],
};

export const WORK: NonNullable<Attempt['work']> = {
	session: '0001-worker' as SessionId,
	agent: 'claude',
	end: { kind: 'completed' },
	status: null,
	agentSession: null,
	model: null,
};

export function attempt(more: Partial<Attempt> = {}): Attempt {
	return {
		task: taskIn('- [ ] Add\n', 'Add').id,
		text: 'Add',
		details: null,
		line: 1,
		follower: null,
		number: 1,
		base: 'c0' as CommitId,
		branch: 'refs/heads/main',
		open: null,
		...NOTHING_DONE,
		...more,
	};
}

export function review(more: Partial<Review> = {}): Review {
	return {
		session: '0002-reviewer' as SessionId,
		reviewer: 'reviewer',
		agent: 'claude',
		candidate: CANDIDATE.commit,
		tree: CANDIDATE.tree,
		end: { kind: 'completed' },
		verdict: { kind: 'approved', findings: [], red: null },
		agentSession: null,
		model: null,
		...more,
	};
}

/** The sum of a journal in which these happened, a second apart. */
export function runOf(...events: readonly Event[]): Run {
	return replay(events.map(entry));
}

export function entry(event: Event, seconds: number): Entry {
	return { at: new Date(NOW + seconds * 1000).toISOString(), ...event };
}

export const started: Event = {
	event: 'started',
	process: 'this one',
	mode: 'fresh',
	branch: 'refs/heads/main',
	head: 'c0' as CommitId,
	walls: 'groups',
	version: '0',
};

export function opened(task: TaskId, role: 'worker' | 'reviewer' = 'worker'): Event {
	return {
		event: 'opened',
		session: (role === 'worker' ? '0001-worker' : '0002-reviewer') as SessionId,
		role,
		task,
		text: 'Add',
		details: role === 'worker' ? '- a detail' : null,
		line: 1,
		follower: null,
		equals: 1,
		attempt: 1,
		agent: 'claude',
		prompt: role,
		base: 'c0' as CommitId,
		branch: 'refs/heads/main',
	};
}

const REPORTED = { usage: { usd: 1, tokens: 10 }, agentSession: null, model: null, ms: 5 };

export function worked(
	task: TaskId,
	end: Extract<Event, { event: 'worked' }>['end'] = { kind: 'completed' },
): Event {
	return { event: 'worked', session: '0001-worker' as SessionId, task, end, status: null, ...REPORTED };
}

export function reviewed(task: TaskId): Event {
	return {
		event: 'reviewed',
		session: '0002-reviewer' as SessionId,
		task,
		reviewer: 'reviewer',
		candidate: CANDIDATE.commit,
		tree: CANDIDATE.tree,
		nonce: 'n',
		end: { kind: 'completed' },
		verdict: { kind: 'approved', findings: [], red: null },
		...REPORTED,
	};
}

export const settled: Event = {
	event: 'settled',
	session: '0001-worker' as SessionId,
	drift: [],
	putRight: [],
};
