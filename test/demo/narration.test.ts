import { expect, test } from 'vitest';
import type { CommitId, Event, Role, SessionId, TaskId, TreeId, Verdict } from '../../src/core/types.ts';
import { narration } from '../../src/demo/narration.ts';

const task = 'abcdef01234567' as TaskId;
const opened = (role: Role, attempt: number): Event => ({
	event: 'opened',
	session: '0001-worker' as SessionId,
	role,
	task,
	text: 'Add login',
	line: 3,
	details: null,
	follower: null,
	equals: 1,
	attempt,
	agent: 'claude',
	prompt: role,
	base: 'b' as CommitId,
	branch: 'main',
});

test('a rejection says what becomes of the box', () =>
	expect(
		narration({ event: 'rejected', task, text: 'a', attempt: 1, findings: [], ref: null, blocked: null }),
	).toBe('the box stays open; a fresh worker session gets the finding'));

test('the first worker, the second and the reviewer are told apart', () => {
	const told = [opened('worker', 1), opened('worker', 2), opened('reviewer', 1)].map(narration);
	expect(new Set(told).size).toBe(3);
});

test('only a review that approves is called an approval', () => {
	const reviewed = (verdict: Verdict): Event => ({
		event: 'reviewed',
		session: '0002-reviewer' as SessionId,
		task,
		reviewer: 'reviewer',
		candidate: 'c' as CommitId,
		tree: 't' as TreeId,
		nonce: 'n',
		end: { kind: 'completed' },
		verdict,
		usage: { usd: 0, tokens: 0 },
		agentSession: null,
		model: null,
		ms: 1,
	});
	expect(narration(reviewed({ kind: 'approved', findings: [], red: null }))).toContain('approved');
	expect(narration(reviewed({ kind: 'rejected', findings: [] }))).toBeNull();
	expect(narration(reviewed({ kind: 'unreadable', why: 'x' }))).toBeNull();
});

test('what speaks for itself is not spoken of', () => expect(narration({ event: 'resumed' })).toBeNull());
