import { describe, expect, test } from 'vitest';
import { calmLine } from '../../../src/core/screen/calm-line.ts';
import { NOTHING_SEEN, tallied } from '../../../src/core/screen/tally.ts';
import type { CommitId, Entry, Event, Finding, TaskId, TreeId } from '../../../src/core/types.ts';
import { line } from '../../../src/core/words.ts';
import { entry, NOW, opened, reviewed, settled, started, worked } from '../../helpers/parts.ts';

const ADD = 'add' as TaskId;
const FINDING: Finding = {
	what: 'login.ts:41 accepts an expired token',
	evidence: '',
	blocking: true,
	by: 'reviewer',
};
const LANDED: Event = {
	event: 'landed',
	task: ADD,
	text: 'T012 Login',
	attempt: 2,
	commit: '9bd01e4f' as CommitId,
	tree: 't' as TreeId,
	equals: 1,
	worker: null,
	reviewers: [],
};
const REJECTED: Event = {
	event: 'rejected',
	task: ADD,
	text: 'T012 Login',
	attempt: 1,
	findings: [FINDING],
	ref: null,
	blocked: null,
};

describe('a calm line', () => {
	test('tells what came of a task, the task first', () => {
		expect(told(REJECTED)).toBe(
			'✗ T012 Login rejected 1/3 · login.ts:41 accepts an expired token (by reviewer)',
		);
		expect(told({ ...REJECTED, blocked: 'no key' })).toBe('✗ T012 Login rejected 1/3 · blocked: no key');
		expect(told(LANDED)).toBe('✓ T012 Login landed 9bd01e4 · 2 attempts');
		expect(told(LANDED, { since: NOW - 31 * 60_000, usd: 1.5 })).toBe(
			'✓ T012 Login landed 9bd01e4 · 2 attempts · 31m · $1.50',
		);
		expect(told({ ...LANDED, attempt: 1 })).toBe('✓ T012 Login landed 9bd01e4');
		expect(told({ event: 'parked', task: ADD, text: 'T012', why: 'needs a key', ref: null, inARow: 1 })).toBe(
			'! T012 parked · needs a key',
		);
	});

	test('leaves to the foot of the screen what goes on', () => {
		const silent: Event[] = [
			opened(ADD),
			worked(ADD),
			reviewed(ADD),
			{ event: 'resumed' },
			checked('green'),
			{ event: 'proposed', task: ADD, proposal: { kind: 'refused', what: '', evidence: '' } },
		];
		expect(silent.map((each) => told(each))).toEqual(silent.map(() => null));
	});

	test('tells of sessions that were cut off, and of flaky checks', () => {
		expect(told(worked(ADD, { kind: 'idle', ms: 60_000 }))).toContain('idle for 1m');
		expect(
			told({
				...reviewed(ADD),
				end: { kind: 'idle', ms: 60_000 },
				verdict: { kind: 'unreadable', why: 'idle' },
			} as Event),
		).toContain('idle');
		expect(told(checked('flaky'))).toContain('npm test');
	});

	test('tells all else as it is told anywhere', () => {
		expect(told(started)).toBe(line(started));
	});
});

describe('the tally of a screen', () => {
	test('knows since when a task is worked on, what that cost, and the session that runs', () => {
		const all = [opened(ADD), worked(ADD), settled, opened(ADD, 'reviewer'), reviewed(ADD)];
		const { tasks, opened: running } = tally(all);
		expect(tasks.get(ADD)).toEqual({ since: NOW, usd: 2 });
		expect(running).toBeNull();
		expect(tally(all.slice(0, 4)).opened).toBe(NOW + 3000);
	});

	test('begins anew after a landing, and forgets what ran before a start or an end', () => {
		expect(tally([opened(ADD), LANDED]).tasks.size).toBe(0);
		expect(tally([opened(ADD), started]).opened).toBeNull();
		expect(
			tally([opened(ADD), { event: 'ended', ending: { kind: 'deadline', until: 0 }, tree: null }]).opened,
		).toBeNull();
	});

	test('counts a session that began before the screen was there', () => {
		expect(tally([worked(ADD)]).tasks.get(ADD)).toEqual({ since: NOW, usd: 1 });
	});
});

function told(event: Event, more: { since?: number; usd?: number } = {}): string | null {
	return calmLine(entry(event, 0), { attempts: 3, since: null, usd: 0, ...more });
}

function checked(result: 'green' | 'flaky'): Event {
	const results = [{ command: 'npm test', result, exitCode: 0, ms: 5, tail: '', log: '', runs: 1 }];
	return {
		event: 'checked',
		task: ADD,
		on: 'candidate',
		commit: 'c' as CommitId,
		tree: 't' as TreeId,
		setup: null,
		installed: 'as before',
		results,
	};
}

function tally(events: readonly Event[]) {
	return events.map((event, index): Entry => entry(event, index)).reduce(tallied, NOTHING_SEEN);
}
