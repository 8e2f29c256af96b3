import type { Event } from '../core/types.ts';

/** What a step of the demo proves, in one short line. null where the event speaks for itself. */
export function narration(event: Event): string | null {
	if (event.event === 'opened') {
		return opening(event.role, event.attempt);
	}
	if (event.event === 'reviewed' && event.verdict.kind !== 'approved') {
		return null;
	}
	return remarks[event.event] ?? null;
}

function opening(role: string, attempt: number): string {
	if (role === 'reviewer') {
		return 'another process, in a throw-away copy: it sees the change, never a word of the worker';
	}
	return attempt === 1
		? 'a session with a clean context starts, for this one task'
		: 'nothing is left of the first session but its files and the finding';
}

const remarks: Partial<Record<Event['event'], string>> = {
	proposed: 'the work tree is hashed into a commit object: that is what will be judged',
	checked: 'the loop ran the checks itself; only their exit code counts',
	reviewed: 'this very tree was approved, by another session',
	rejected: 'the box stays open; a fresh worker session gets the finding',
	landed: 'exactly the approved tree is committed, and then the box is ticked',
	marked: 'one byte of todo.md changed, and no other',
	ended: 'every step is on record: in the journal, and in the trailers of each commit',
};
