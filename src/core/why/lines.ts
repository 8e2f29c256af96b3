import type { Chapter, Shown } from './chapters.ts';
import { entryLines } from './entry-lines.ts';
import type { Reading } from './entry-lines.ts';
import { narrow, whole } from './narrow.ts';
import type { Chosen, Story } from './why.ts';

/** How a story is told: times as the person's clock shows them, paths and commands as they hold where they stand. */
export type Telling = Omit<Reading, 'task' | 'running'>;

/**
 * What became of some tasks, for a person: lines of at most 40 columns, commands and paths aside. Of several tasks, only
 * how each ended; of a single one every attempt.
 */
export function whyLines(chosen: Chosen | 'named', stories: readonly Story[], telling: Telling): string[] {
	const isOne = stories.length === 1;
	return [
		...CHOSEN[chosen](stories.length),
		...stories.flatMap((story, index) => [
			...(index > 0 || chosen !== 'named' ? [''] : []),
			...storyLines(story, isOne ? story.chapters : lastOf(story.chapters), telling),
		]),
	];
}

const CHOSEN: Readonly<Record<Chosen | 'named', (count: number) => string[]>> = {
	named: () => [],
	'needs you': (count) =>
		narrow(count === 1 ? 'Needs you: 1 parked task.' : `Need you: ${count} parked tasks.`),
	'in work': () => narrow('Nothing needs you. In work:'),
	'rejected last': () => narrow('Nothing needs you. Rejected last:'),
	'landed last': () => narrow('Nothing needs you. Landed last:'),
	'nothing on record': () => narrow('Nothing on record: no task was worked on yet.'),
};

function storyLines(story: Story, chapters: readonly Chapter[], telling: Telling): string[] {
	const { task, text, line, state, running, next } = story;
	const left = story.chapters.length - chapters.length;
	const where = line === null ? '' : `line ${line} · `;
	return [
		...narrow(text),
		...narrow(`${where}${state}`, '  '),
		whole(`task ${task}`, '  '),
		...(left > 0 ? ['', ...narrow('What came before:'), whole(`${telling.self} why ${task}`)] : []),
		...chapters.flatMap((chapter, index) => [
			'',
			...narrow(heading(chapter, left + index === 0, telling)),
			...entryLines(chapter, { ...telling, task, running }),
			...chapter.commands.flatMap(shownLines),
		]),
		'',
		...narrow(`What to do: ${next.words}`),
		...(next.command === null ? [] : [whole(next.command)]),
	];
}

/** The last attempt, and what came after it. */
function lastOf(chapters: readonly Chapter[]): readonly Chapter[] {
	return chapters.slice(
		Math.max(
			0,
			chapters.findLastIndex(({ attempt }) => attempt !== null),
		),
	);
}

function heading({ attempt, entries }: Chapter, isFirst: boolean, { time }: Telling): string {
	const name = attempt === null ? (isFirst ? 'Before' : 'Afterwards') : `Attempt ${attempt}`;
	return `${name} · ${time(entries[0]!.at)}`;
}

function shownLines({ to, command }: Shown): string[] {
	if (command === null) return narrow(`To ${to}.`, '  ');
	return [...narrow(`To ${to}:`, '  '), whole(command)];
}
