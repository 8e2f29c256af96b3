import { describe, expect, test } from 'vitest';
import { tidingsOf } from '../../src/core/telling.ts';
import type { Entry, Event, WaitingFor } from '../../src/core/types.ts';
import { entry, NOW, opened, reviewed, taskIn, worked } from '../helpers/parts.ts';

const TASK = taskIn('- [ ] Add\n', 'Add').id;
const MINUTE = 60_000;
const PARKED: Event = { event: 'parked', task: TASK, text: 'Add', why: 'no key', ref: null, inARow: 1 };
const LIMIT = { kind: 'limit', agent: 'claude', prompt: 'worker', message: '' } as const;

describe('a person is told', () => {
	test.each<[string, Event]>([
		['parked', PARKED],
		['budget', { event: 'warned', what: 'usd', percent: 80, spent: 20, limit: 25 }],
		['done', ended({ kind: 'nothing-open', done: 1, parked: 0 })],
		['stopped', ended({ kind: 'deadline', until: 0 })],
		['stopped', ended({ kind: 'signal', signal: 'SIGTERM' })],
		['done', waits({ kind: 'edits' }, null)],
		['waiting', waits({ kind: 'disk', message: '1 MB free' }, null)],
		['waiting', waits(LIMIT, 5)],
		['waiting', waits({ ...LIMIT, kind: 'auth' }, 10)],
		['waiting', waits({ ...LIMIT, kind: 'outage' }, 10)],
	])('%s', (occasion, event) => expect(told([event])).toEqual([occasion]));

	test.each<[string, Event]>([
		['a short wait', waits(LIMIT, 4.9)],
		['a wait that names no time', waits(LIMIT, null)],
		['a pause', waits({ kind: 'pause' }, null)],
		['a list that is being written', waits({ kind: 'todo', why: '' }, null)],
		['a session that was cut off', waits({ kind: 'cut-off', message: '' }, 10)],
		['a call that the machine refuses', waits({ kind: 'machine', message: '' }, 10)],
		['a lock that somebody holds', waits({ kind: 'repository', why: '' }, 10)],
		['a session', opened(TASK)],
		['a notice', { event: 'notice', text: 'x' }],
	])('nothing of %s', (_name, event) => expect(told([event])).toEqual([]));

	test('once of a wait that begins again and again, until a session comes to its own end', () => {
		const wait = waits(LIMIT, 10);
		const cutOff = worked(TASK, { kind: 'limited', until: null, message: '' });
		expect(told([wait, cutOff, wait, cutOff, wait])).toEqual(['waiting']);
		expect(told([wait, worked(TASK), wait])).toEqual(['waiting', 'waiting']);
		expect(told([wait, reviewed(TASK), wait])).toEqual(['waiting', 'waiting']);
	});

	test('of each agent and each reason by itself', () => {
		const other = waits({ ...LIMIT, agent: 'codex' }, 10);
		const auth = waits({ ...LIMIT, kind: 'auth' }, 10);
		expect(told([waits(LIMIT, 10), other, auth])).toEqual(['waiting', 'waiting', 'waiting']);
	});

	test('what the screen says, without its sign, with the task and the time', () => {
		expect(tidingsOf(entry(PARKED, 0), null).tidings).toMatchObject({
			message: 'parked Add: no key',
			task: 'Add',
			until: null,
		});
		const { tidings } = tidingsOf(entry(waits(LIMIT, 10), 0), null);
		expect(tidings).toMatchObject({ task: null, until: new Date(NOW + 10 * MINUTE).toISOString() });
		expect(tidings?.message).toMatch(/^claude is at its limit until \d\d:\d\d$/);
	});
});

function waits(what: WaitingFor, minutes: number | null): Event {
	return { event: 'waiting', for: what, until: minutes === null ? null : NOW + minutes * MINUTE };
}

function ended(ending: Extract<Event, { event: 'ended' }>['ending']): Event {
	return { event: 'ended', ending, tree: null };
}

/** What these lead to, one after the other. */
function told(events: readonly Event[]): string[] {
	let standing: string | null = null;
	return events.flatMap((event) => {
		const heard = tidingsOf(at(event), standing);
		standing = heard.standing;
		return heard.tidings ? [heard.tidings.event] : [];
	});
}

function at(event: Event): Entry {
	return entry(event, 0);
}
