import { describe, expect, test } from 'vitest';
import { tellStory } from '../../../src/core/audit/story.ts';
import { replay } from '../../../src/core/run/run.ts';
import { sumOf } from '../../../src/core/run/sum.ts';
import type { CommitId, Entry, Event, PlainRun, TaskId } from '../../../src/core/types.ts';
import { LANDED, OTHER, story, TASK, told, upTo } from '../../helpers/landing-story.ts';
import { entry } from '../../helpers/parts.ts';

const whole = story().map(entry);

describe('a sum in the journal', () => {
	test('is no fault wherever it stands, nor are several', () => {
		for (const at of [...whole.keys(), whole.length]) {
			const once = withSum(whole, at);
			expect(faultsIn(once)).toEqual([]);
			for (let later = at + 1; later <= once.length; later++)
				expect(faultsIn(withSum(once, later))).toEqual([]);
		}
	});

	test('leaves what is told of the landing as it is', () => {
		const { landings, tasks } = tellStory(withSum(whole, 6));
		expect(landings.get(LANDED as CommitId)?.faults).toEqual([]);
		expect(tasks.get(TASK as TaskId)).toMatchObject({ state: 'landed', tick: 'written' });
	});

	test('is a fault where it says something else than the lines before it', () => {
		const forged = withSum(whole, 11, (run) => ({ ...run, sessions: 9 }));
		expect(tellStory(forged).faults).toEqual([
			{ line: 12, why: 'its sum is not what the lines before it add up to' },
		]);
		const untold = withSum(whole, 11, (run) => ({ ...run, tasks: [] }));
		expect(faultsIn(untold)).toHaveLength(1);
	});

	test('does not settle what a session without an end leaves in doubt', () => {
		const lines = upTo('worker', told('settled')).map(entry);
		const started = entry(told('started', { process: 'q', mode: 'again' }) as unknown as Event, 9);
		expect(faultsIn([...withSum(lines, lines.length), started])).toEqual([
			'session 0001-worker has no end on record',
		]);
	});

	test('tells that lines before it are missing, once, and what they came to is taken from it', () => {
		const rest = withSum(whole, whole.length).slice(-1);
		const next = [
			told('worker', { session: '0003-worker', task: OTHER }),
			told('worked', { session: '0003-worker', task: OTHER }),
		];
		const { faults, tasks } = tellStory([...rest, ...(next as unknown as Event[]).map(entry)]);
		expect(faults.map(({ why }) => why)).toEqual(['12 lines should stand before it, and 0 do']);
		expect(tasks.get(TASK as TaskId)).toEqual({
			state: 'landed',
			commit: LANDED,
			attempts: 0,
			tick: 'written',
		});
	});

	test('of a task that is being tried, and of one that landed and is not marked, says that', () => {
		const sums = [upTo('settled'), upTo('landed')].map((lines) =>
			withSum(lines.map(entry), lines.length).slice(-1),
		);
		const [tried, landed] = sums.map((sum) => tellStory(sum).tasks.get(TASK as TaskId));
		expect(tried).toMatchObject({ state: 'open', commit: null });
		expect(landed).toMatchObject({ state: 'landed', tick: 'owed' });
	});
});

test('what of a journal could not be read is a fault of no line', () => {
	expect(tellStory(whole, ['part 1 is missing']).faults).toEqual([{ line: null, why: 'part 1 is missing' }]);
});

describe('landed tasks that are recalled', () => {
	const recalled: Event = {
		event: 'recalled',
		tasks: [
			{ task: TASK as TaskId, text: 'Add', commit: LANDED as CommitId, equals: 1, tick: 'owed' },
			{ task: OTHER as TaskId, text: 'Bend', commit: LANDED as CommitId, equals: 1, tick: 'as it stands' },
		],
		sessions: 4,
		kept: [],
	};
	const session = told('worker', { session: '0005-worker', task: OTHER });

	test('may be ticked, and sessions go on after theirs', () => {
		const lines = [recalled, told('started'), told('marked'), session] as unknown as Event[];
		const { faults, tasks } = tellStory(lines.map(entry));
		expect(faults).toEqual([]);
		expect(tasks.get(TASK as TaskId)).toMatchObject({ state: 'landed', tick: 'written' });
	});

	test('are a fault where there was a journal', () => {
		expect(faultsIn([...whole, entry(recalled, 99)])).toEqual([
			'landed tasks are recalled where there was a journal',
		]);
	});
});

function faultsIn(entries: readonly Entry[]): string[] {
	return tellStory(entries).faults.map(({ why }) => why);
}

/** With the sum of what stands before that line, as a journal is closed there. */
function withSum(
	entries: readonly Entry[],
	at: number,
	change: (run: PlainRun) => PlainRun = (run) => run,
): Entry[] {
	const run = change(sumOf(replay(entries.slice(0, at))));
	return entries.toSpliced(at, 0, entry({ event: 'summed', parts: 1, entries: at, digest: 'd', run }, 0));
}
