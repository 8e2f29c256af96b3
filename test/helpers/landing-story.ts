import type { Event } from '../../src/core/types.ts';

/** How one task came to land, as plain data: what each line of the journal says, by a name to change it by. */
export const TASK = '0'.repeat(13) + '1';
export const OTHER = '0'.repeat(13) + '2';
export const TREE = 'a'.repeat(40);
export const HEAD = 'b'.repeat(40);
export const LANDED = 'c'.repeat(40);
export const MADE = 'd'.repeat(40);
export const UNDO = 'e'.repeat(40);

const COMPLETED = { kind: 'completed' };
const REPORTED = { usage: { usd: 0, tokens: 0 }, agentSession: null, model: null, ms: 5, end: COMPLETED };
const AT_WORK = {
	task: TASK,
	text: 'Add',
	details: null,
	line: 1,
	follower: null,
	equals: 1,
	attempt: 1,
	base: HEAD,
	branch: 'refs/heads/main',
};
const CANDIDATE = { commit: MADE, tree: TREE, base: HEAD, head: HEAD, changes: [], weakened: [] };
export const GREEN = { command: 'true', result: 'green', exitCode: 0, ms: 1, tail: '', log: '', runs: 1 };
export const RED = { ...GREEN, result: 'red', exitCode: 1 };
export const APPROVED = { kind: 'approved', findings: [], red: null };

const LINES = {
	started: {
		event: 'started',
		process: 'p',
		mode: 'fresh',
		branch: 'refs/heads/main',
		head: HEAD,
		walls: 'groups',
		version: '0',
	},
	worker: {
		event: 'opened',
		session: '0001-worker',
		role: 'worker',
		agent: 'a',
		prompt: 'worker',
		...AT_WORK,
		details: '',
	},
	worked: { event: 'worked', session: '0001-worker', task: TASK, status: null, ...REPORTED },
	settled: { event: 'settled', session: '0001-worker', drift: [], putRight: [] },
	proposed: { event: 'proposed', task: TASK, proposal: { kind: 'candidate', candidate: CANDIDATE } },
	checked: {
		event: 'checked',
		task: TASK,
		on: 'candidate',
		commit: MADE,
		tree: TREE,
		setup: null,
		installed: 'as before',
		results: [GREEN],
	},
	reviewer: {
		event: 'opened',
		session: '0002-reviewer',
		role: 'reviewer',
		agent: 'a',
		prompt: 'reviewer',
		...AT_WORK,
	},
	reviewed: {
		event: 'reviewed',
		session: '0002-reviewer',
		task: TASK,
		reviewer: 'reviewer',
		candidate: MADE,
		tree: TREE,
		nonce: 'n',
		verdict: APPROVED,
		...REPORTED,
	},
	'settled again': { event: 'settled', session: '0002-reviewer', drift: [], putRight: [] },
	sealed: {
		event: 'sealed',
		task: TASK,
		sealed: { commit: LANDED, head: HEAD, branch: 'refs/heads/main', list: 'todo.md' },
	},
	landed: {
		event: 'landed',
		task: TASK,
		text: 'Add',
		attempt: 1,
		commit: LANDED,
		tree: TREE,
		equals: 1,
		worker: '0001-worker',
		reviewers: ['0002-reviewer'],
	},
	marked: { event: 'marked', task: TASK, as: 'x', lines: [1], outcome: 'written' },
};

export type Name = keyof typeof LINES;
export type Told = Readonly<Record<string, unknown>>;

/** The story with some lines changed; null takes one out, a list stands in its place. */
export function story(change: Readonly<Partial<Record<Name, Told | readonly Told[] | null>>> = {}): Event[] {
	return (Object.keys(LINES) as Name[]).flatMap((name) => {
		const now = change[name];
		if (now === null) return [];
		return (isList(now) ? now : [{ ...LINES[name], ...now }]) as Event[];
	});
}

/** The story up to that line, that one too, and what comes after it. */
export function upTo(last: Name, ...then: readonly Told[]): Event[] {
	const names = Object.keys(LINES) as Name[];
	const start = names.slice(0, names.indexOf(last) + 1).map((name) => LINES[name]);
	return [...start, ...then] as Event[];
}

/** One line of it. */
export function told(name: Name, change: Told = {}): Told {
	return { ...LINES[name], ...change };
}

function isList(now: Told | readonly Told[] | undefined): now is readonly Told[] {
	return Array.isArray(now);
}
