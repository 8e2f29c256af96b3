import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NOTHING_SPENT } from '../../../src/core/run/parts.ts';
import { advance, replay } from '../../../src/core/run/run.ts';
import { isSameSum, summed, sumOf } from '../../../src/core/run/sum.ts';
import type { CommitId, Entry, Event, Run, Sealed, SessionId, TreeId } from '../../../src/core/types.ts';
import * as parts from '../../helpers/parts.ts';

const { started, opened, worked, reviewed, settled, entry, CANDIDATE } = parts;
const LIST = '- [ ] Add\n- [ ] Bend\n';
const [ADD, BEND] = ['Add', 'Bend'].map((name) => parts.taskIn(LIST, name).id) as [never, never];

describe('a sum', () => {
	test('stands for the run through JSON, whatever was recorded', () => {
		fc.assert(
			fc.property(journals, (entries) => {
				const run = replay(entries);
				expect(throughJson(run)).toEqual(run);
			}),
		);
	});

	test('in the midst of a journal changes nothing, nor do several', () => {
		fc.assert(
			fc.property(journals, fc.nat(), fc.nat(), (entries, one, other) => {
				const once = withSum(entries, one);
				expect(replay(once)).toEqual(replay(entries));
				expect(replay(withSum(once, other))).toEqual(replay(entries));
				expect(once.reduce(advance, replay([]))).toEqual(replay(entries));
			}),
		);
	});

	test('takes the place of what was known before it, and leaves that as it was', () => {
		const before = replay([started, opened(ADD)].map(entry));
		const records = new Map(before.tasks);
		const none = summed(before, { run: sumOf(replay([])) });
		expect(none).toEqual(replay([]));
		expect(before.tasks).toEqual(records);
	});

	test('says of a task only what differs from one that nobody tried', () => {
		const landed = replay([started, opened(ADD), landing(ADD)].map(entry));
		expect(sumOf(landed).tasks).toEqual([
			[
				ADD,
				{
					text: 'Add',
					spent: { ...NOTHING_SPENT, sessions: 1 },
					state: 'landed',
					commit: 'landed',
					landedInRun: true,
				},
			],
		]);
	});

	test('of an older version leaves what it did not know of as it is at first', () => {
		const { held: _, ...older } = sumOf(replay([started].map(entry)));
		expect(summed(replay([]), { run: older as ReturnType<typeof sumOf> }).held).toEqual([]);
	});

	test('is the same in another order of its fields, and another one where a value differs', () => {
		const sum = sumOf(replay([started, opened(ADD)].map(entry)));
		const turned = Object.fromEntries(Object.entries(sum).toReversed()) as typeof sum;
		expect(isSameSum(sum, turned)).toBe(true);
		expect(isSameSum(sum, { ...sum, sessions: 2 })).toBe(false);
		expect(isSameSum(sum, { ...sum, tasks: [] })).toBe(false);
	});
});

/** Any order, also one that makes no sense: adding up is total. */
const journals: fc.Arbitrary<readonly Entry[]> = fc
	.array(fc.constantFrom(...events()), { maxLength: 40 })
	.map((told) => told.map(entry));

function events(): Event[] {
	const check = { command: 'npm test', exitCode: 0, ms: 5, tail: '', log: 'l', runs: 1 } as const;
	const checked = {
		event: 'checked',
		commit: 'c0' as CommitId,
		tree: 't1' as TreeId,
		setup: null,
		installed: 'changed',
		results: [
			{ ...check, result: 'green' },
			{ ...check, command: 'lint', result: 'red' },
		],
	} as const;
	const sealed: Sealed = { commit: 's' as CommitId, head: 'h' as CommitId, branch: 'b', list: null };
	const undoing = { commit: 'landed' as CommitId, sealed, text: 'Add', why: 'no', box: 'open' as const };
	const finding = { what: 'w', evidence: 'e', blocking: true, by: 'reviewer' };
	return [ADD, BEND].flatMap((task): Event[] => [
		started,
		{ ...started, event: 'started', mode: 'again', process: 'another' } as Event,
		opened(task),
		opened(task, 'reviewer'),
		worked(task),
		worked(task, { kind: 'limited', until: 5, message: 'm' }),
		reviewed(task),
		settled,
		{ event: 'proposed', task, proposal: { kind: 'candidate', candidate: CANDIDATE } },
		{ ...checked, task, on: 'candidate' },
		{ ...checked, task, on: 'base' },
		{ event: 'sealed', task, sealed },
		landing(task),
		{ event: 'marked', task, as: 'x', lines: [1], outcome: 'written' },
		{ event: 'rejected', task, text: 'Add', attempt: 1, findings: [finding], ref: 'r', blocked: 'b' },
		{ event: 'parked', task, text: 'Add', why: 'w', ref: 'r', inARow: 1 },
		{ event: 'abandoned', task, text: 'Add', why: 'w', heir: BEND },
		{ event: 'undoing', undoing: { ...undoing, task } },
		{ event: 'undone', task, ...undoing, by: 's' as CommitId, lines: [1], tree: 't' as TreeId },
		{ event: 'undone', task, ...undoing, box: 'drop', by: 's' as CommitId, lines: [1], tree: null },
		{ event: 'waiting', for: { kind: 'pause' }, until: 7 },
		{ event: 'resumed' },
		{ event: 'accepted', by: 'accept', settings: { file: 'f', text: 't' }, prompts: [] },
		{ event: 'held', files: ['todo.md'] },
		{ event: 'ended', ending: { kind: 'signal', signal: 'SIGTERM' }, tree: 't9' as TreeId },
	]);
}

function landing(task: never): Event {
	const { commit, tree } = { commit: 'landed' as CommitId, tree: 't1' as TreeId };
	const sessions = { worker: '0001-worker' as SessionId, reviewers: [] };
	return { event: 'landed', task, text: 'Add', attempt: 1, commit, tree, equals: 1, ...sessions };
}

function throughJson(run: Run): Run {
	const read = JSON.parse(JSON.stringify(sumOf(run))) as ReturnType<typeof sumOf>;
	return summed(replay([]), { run: read });
}

function withSum(entries: readonly Entry[], where: number): Entry[] {
	const at = where % (entries.length + 1);
	const run = sumOf(replay(entries.slice(0, at)));
	const sum = entry({ event: 'summed', parts: 1, entries: at, digest: 'd', run }, 0);
	return entries.toSpliced(at, 0, JSON.parse(JSON.stringify(sum)) as Entry);
}
