import { describe, expect, test } from 'vitest';
import { chaptersOf } from '../../../src/core/why/chapters.ts';
import type { CommitId, Event, Proposal, SessionId, TaskId } from '../../../src/core/types.ts';
import { CANDIDATE, entry, NOW, opened, settled, worked } from '../../helpers/parts.ts';

const TASK = '00000000000001' as TaskId;
const OTHER = '00000000000002' as TaskId;
const REF = 'refs/nightloop/rejected/00000000000001-1-c1';

describe('the chapters of a task', () => {
	test('are its attempts, and what lies between them', () => {
		const events = [
			...rejectedAttempt(1),
			cleared(null),
			...rejectedAttempt(2),
			cleared('git restore x'),
			parked,
			marked,
			...rejectedAttempt(1),
		];
		expect(numbers(events)).toEqual([1, null, 2, null, 1]);
	});

	test('hold nothing of other tasks', () => {
		const other = rejectedAttempt(1).map((event) => ('task' in event ? { ...event, task: OTHER } : event));
		const theirs: Event[] = [...other.map(elsewhere), { event: 'notice', text: 'x' }, { event: 'resumed' }];
		expect(chapters([...theirs, ...rejectedAttempt(1), ...theirs])).toEqual(chapters(rejectedAttempt(1)));
	});

	test('go on with the attempt after sessions that were cut off, and with a mark after it', () => {
		const cut = worked(TASK, { kind: 'vanished' });
		const events = [opened(TASK), cut, settled, opened(TASK), worked(TASK), landed, marked];
		expect(numbers(events)).toEqual([1]);
		expect(chapters(events)[0]?.entries.map(({ event }) => event)).toEqual(events.map(({ event }) => event));
	});

	test('begin with the wording that it had before, and end with what took it back', () => {
		const before: Event = { event: 'abandoned', task: OTHER, text: 'Old', why: 'reworded', heir: TASK };
		expect(numbers([before, opened(TASK), landed, undoing, undone])).toEqual([null, 1, null]);
	});
});

describe('the commands of a chapter', () => {
	test('show what was rejected, for as long as it is kept', () => {
		const day = 24 * 3_600_000;
		const [command] = commands(rejectedAttempt(1), NOW + 14 * day);
		expect(command).toEqual({ to: 'see what was rejected', command: `git -C x diff c0 ${REF}` });
		expect(commands(rejectedAttempt(1), NOW + 15 * day)).toEqual([
			{ to: 'see what was rejected: it was kept for 14 days, and is gone', command: null },
		]);
	});

	test('are none where nothing was kept', () => {
		const refused: Proposal = { kind: 'refused', what: 'too much', evidence: '' };
		expect(commands([opened(TASK), proposed(refused), rejected(REF)])).toEqual([]);
		expect(commands([opened(TASK), proposed(CANDIDATE_OF), rejected(null)])).toEqual([]);
		expect(commands([opened(TASK), rejected(REF)])).toEqual([]);
		expect(commands([opened(TASK), { ...cleared(null), ref: null }])).toEqual([]);
		expect(commands([opened(TASK), proposed(refused)])).toEqual([]);
	});

	test('show what is judged just now', () => {
		expect(commands([opened(TASK), proposed(CANDIDATE_OF)])).toEqual([
			{ to: 'see what is judged', command: 'git -C x diff c0 c1' },
		]);
		expect(commands([opened(TASK), proposed({ ...CANDIDATE_OF, kind: 'unchanged' })])).toEqual([]);
	});

	test('show what landed, and what took it back', () => {
		expect(commands([opened(TASK), proposed(CANDIDATE_OF), landed, undone])).toEqual([
			{ to: 'see what landed', command: 'git -C x show 0123456789ab' },
			{ to: 'see what took it back', command: 'git -C x show ba9876543210' },
		]);
	});

	test('get back what was taken out, where nothing was built on it since', () => {
		const out = cleared('git restore --source=refs/x -- :/');
		expect(commands([out, parked])).toEqual([
			{ to: 'see what was taken out', command: 'git -C x diff refs/x~1 refs/x' },
			{ to: 'get it back', command: 'git -C x restore --source=refs/x -- :/' },
		]);
		expect(commands([out, opened(TASK)]).map(({ to }) => to)).toEqual(['see what was taken out']);
		expect(commands([cleared(null)])).toHaveLength(1);
	});
});

const CANDIDATE_OF = { kind: 'candidate', candidate: CANDIDATE } as const;

const parked: Event = { event: 'parked', task: TASK, text: 'Add', why: 'bad', ref: null, inARow: 1 };
const marked: Event = { event: 'marked', task: TASK, as: '!', lines: [1], outcome: 'written' };

const landed: Event = {
	event: 'landed',
	task: TASK,
	text: 'Add',
	attempt: 1,
	commit: '0123456789abcdef' as CommitId,
	tree: CANDIDATE.tree,
	equals: 1,
	worker: null,
	reviewers: [],
};

const undone: Event = {
	event: 'undone',
	task: TASK,
	text: 'Add',
	commit: '0123456789abcdef' as CommitId,
	by: 'ba9876543210fedc' as CommitId,
	why: '',
	box: 'open',
	lines: [1],
	tree: null,
};

const undoing: Event = {
	event: 'undoing',
	undoing: {
		task: TASK,
		text: 'Add',
		commit: '0123456789abcdef' as CommitId,
		sealed: { commit: 'ba98' as CommitId, head: 'c0' as CommitId, branch: 'refs/heads/main', list: null },
		why: '',
		box: 'open',
	},
};

function rejectedAttempt(number: number): Event[] {
	const begin = { ...opened(TASK), attempt: number } as Event;
	return [begin, worked(TASK), settled, proposed(CANDIDATE_OF), rejected(REF)];
}

function proposed(proposal: Proposal): Event {
	return { event: 'proposed', task: TASK, proposal };
}

function rejected(ref: string | null): Event {
	return { event: 'rejected', task: TASK, text: 'Add', attempt: 1, findings: [], ref, blocked: null };
}

function cleared(restore: string | null) {
	return { event: 'cleared', task: TASK, why: 'x', ref: 'refs/x', restore } as const;
}

/** In a session of another name. */
function elsewhere(event: Event): Event {
	return 'session' in event ? { ...event, session: '0009-worker' as SessionId } : event;
}

function chapters(events: readonly Event[], now = NOW) {
	const entries = events.map((event) => entry(event, 0));
	return chaptersOf(entries, TASK, { now, git: 'git -C x' });
}

function numbers(events: readonly Event[]): (number | null)[] {
	return chapters(events).map(({ attempt }) => attempt);
}

function commands(events: readonly Event[], now = NOW) {
	return chapters(events, now).flatMap(({ commands }) => commands);
}
