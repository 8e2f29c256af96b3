import { describe, expect, test } from 'vitest';
import type { Chapter } from '../../../src/core/why/chapters.ts';
import type { TaskId } from '../../../src/core/types.ts';
import { whyLines } from '../../../src/core/why/lines.ts';
import type { Story } from '../../../src/core/why/why.ts';
import { entry, opened, worked } from '../../helpers/parts.ts';

const TASK = '00000000000001' as TaskId;

describe('a story', () => {
	test('is told from the first attempt to what to do', () => {
		const shown = [
			{ to: 'see what landed', command: 'git show 0123' },
			{ to: 'see the rest: it is gone', command: null },
		];
		expect(lines('named', [story([chapter(1), chapter(null), { ...chapter(2), commands: shown }])])).toEqual([
			'Add a command',
			'  line 3 · done',
			`  task ${TASK}`,
			'',
			'Attempt 1 · 00:00',
			...WORKED,
			'',
			'Afterwards · 00:00',
			...WORKED,
			'',
			'Attempt 2 · 00:00',
			...WORKED,
			'  To see what landed:',
			'git show 0123',
			'  To see the rest: it is gone.',
			'',
			'What to do: Nothing. Or:',
			'nightloop undo 1',
		]);
	});

	test('begins before its first attempt where it had another wording, and has no line where it is gone', () => {
		const told = lines('named', [
			{ ...story([chapter(null)]), line: null, next: { words: 'Nothing.', command: null } },
		]);
		expect(told).toContain('Before · 00:00');
		expect(told[1]).toBe('  done');
		expect(told.at(-1)).toBe('What to do: Nothing.');
	});

	test('is cut to its end where there are several', () => {
		const long = story([chapter(1), chapter(null), chapter(2), chapter(null)]);
		const told = lines('needs you', [long, story([chapter(1)]), story([])]);
		expect(told.slice(0, 3)).toEqual(['Need you: 3 parked tasks.', '', 'Add a command']);
		expect(told.filter((line) => /^(Attempt|Afterwards|Before)/.test(line))).toEqual([
			'Attempt 2 · 00:00',
			'Afterwards · 00:00',
			'Attempt 1 · 00:00',
		]);
		expect(told.filter((line) => line === `nightloop -C x why ${TASK}`)).toHaveLength(1);
	});
});

test.each([
	['needs you', 'Needs you: 1 parked task.'],
	['in work', 'Nothing needs you. In work:'],
	['rejected last', 'Nothing needs you. Rejected last:'],
	['landed last', 'Nothing needs you. Landed last:'],
] as const)('what was chosen is said: %s', (chosen, said) => {
	expect(lines(chosen, [story([])]).slice(0, 3)).toEqual([said, '', 'Add a command']);
});

test('nothing on record is said as well', () => {
	expect(lines('nothing on record', []).join(' ')).toBe('Nothing on record: no task was worked on yet.');
});

const WORKED = [
	'  · worker completed · 0s · $1.00 · 10',
	'    tokens',
	'    claude',
	'    ../.nightloop/sessions/0001-worker/',
];

function chapter(attempt: number | null): Chapter {
	const entries = [opened(TASK), worked(TASK)].map((event) => entry(event, 0));
	return { attempt, entries, commands: [] };
}

function story(chapters: readonly Chapter[]): Story {
	return {
		task: TASK,
		text: 'Add a command',
		line: 3,
		listed: 'done',
		state: 'done',
		running: null,
		chapters,
		next: { words: 'Nothing. Or:', command: 'nightloop undo 1' },
	};
}

function lines(chosen: Parameters<typeof whyLines>[0], stories: readonly Story[]): string[] {
	const time = (at: string) => at.slice(11, 16);
	return whyLines(chosen, stories, { time, isThere: () => true, folder: '../', self: 'nightloop -C x' });
}
