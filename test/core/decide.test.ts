import { describe, expect, test } from 'vitest';
import { decide, interruption } from '../../src/core/decide.ts';
import type { CommitId, Run } from '../../src/core/types.ts';
import { attempt, CANDIDATE, runOf, scene, started, WORK } from '../helpers/parts.ts';

const LIST = '- [ ] Add\n';

describe('a session or check that runs', () => {
	test.each([
		['goes on while nothing is wrong', LIST, null],
		['ends when its task is dropped', '- [-] Add\n', 'marked dropped by hand'],
		['ends when its task is deleted', '# Nothing\n', 'deleted by hand'],
		['ends when its task is reworded', '- [ ] Add more\n', 'reworded by hand'],
		['goes on when its box is ticked, which may be an agent’s doing', '- [x] Add\n', null],
		['goes on while the list is not there', '', null],
	])('%s', (_name, text, why) => {
		expect(interruption(inHand(), scene(text))).toBe(why);
	});

	test('ends when the loop is asked to stop now, not when it is asked to finish', () => {
		expect(interruption(inHand(), scene(LIST, { stop: { kind: 'now', signal: 'SIGTERM' } }))).toBe(
			'asked to stop (SIGTERM)',
		);
		expect(interruption(inHand(), scene(LIST, { stop: { kind: 'finish', signal: 'SIGINT' } }))).toBeNull();
	});

	test('of no attempt has no task to lose', () => {
		expect(interruption(runOf(started), scene(LIST))).toBeNull();
	});
});

describe('while a disk has too little room', () => {
	const machine = { kind: 'disk', message: '1 MB free' } as const;

	test('a session or check that runs is ended', () =>
		expect(interruption(inHand(), scene(LIST, { machine }))).toBe('1 MB free'));

	test.each<[string, Run, string, object]>([
		['no session is begun', runOf(started), LIST, { event: { for: machine } }],
		['nothing is judged', inHand({ work: WORK }), LIST, { event: { for: machine } }],
		['a run with nothing left open ends', runOf(started), '- [x] Add\n', { step: 'end' }],
	])('%s', (_name, run, text, step) => {
		expect(decide(run, scene(text, { machine }))).toMatchObject(step);
	});
});

test('a wait ends as much earlier by the clock as that was set back', () => {
	const { now } = scene(LIST);
	const waiting = { for: { kind: 'auth', message: '' }, until: now + 1000 } as const;
	const later = scene(LIST, { now: now - 900, setBack: 900 });
	expect(decide({ ...runOf(started), waiting }, later)).toEqual({ step: 'rest', until: now + 100 });
});

describe('while nothing can be read', () => {
	const machine = { kind: 'machine', message: 'EIO' } as const;

	test('a session goes on', () => expect(interruption(inHand(), scene(LIST, { machine }))).toBeNull());

	test('a list that was done when it was seen last is no reason to end', () => {
		expect(decide(runOf(started), scene('- [x] Add\n', { machine }))).toMatchObject({
			event: { for: machine },
		});
	});

	test('the wait for the machine comes before a session is settled', () => {
		const over = { open: { session: '0001-worker', role: 'worker', prompt: '', agent: '', phase: 'over' } };
		const waiting = { for: machine, until: scene(LIST).now + 1 };
		expect(decide({ ...inHand(over as object), waiting }, scene(LIST))).toMatchObject({ step: 'rest' });
		expect(decide(inHand(over as object), scene(LIST))).toMatchObject({ step: 'settle' });
	});
});

describe('what was approved and sealed', () => {
	const sealed = {
		commit: 'c2' as CommitId,
		head: 'c0' as CommitId,
		branch: 'refs/heads/main',
		list: 'todo.md',
	};
	const proposal = { kind: 'candidate', candidate: CANDIDATE } as const;
	const run = inHand({ work: WORK, proposal, sealed });

	test.each([
		['with its list in place', '- [ ] Add\n- [ ] Add\n', 2],
		['though its list is gone', '', 1],
		['though its task is gone', '- [ ] Bend\n', 1],
	])('lands %s', (_name, text, equals) => {
		expect(decide(run, scene(text))).toMatchObject({ step: 'land', sealed, equals });
	});

	test('lands before the loop obeys a signal', () => {
		const stop = { kind: 'now', signal: 'SIGTERM' } as const;
		expect(decide(run, scene(LIST, { stop }))).toMatchObject({ step: 'land' });
	});

	test('never lands where there is no candidate to it', () => {
		const refused = { kind: 'refused', what: 'too much', evidence: '' } as const;
		for (const proposal of [null, refused])
			expect(decide(inHand({ work: WORK, proposal, sealed }), scene(LIST)).step).not.toBe('land');
	});
});

function inHand(more: Parameters<typeof attempt>[0] = {}): Run {
	return { ...runOf(started), attempt: attempt(more) };
}
