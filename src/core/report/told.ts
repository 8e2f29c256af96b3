import { entryLines } from '../why/entry-lines.ts';
import type { Reading } from '../why/entry-lines.ts';
import type { Shown } from '../why/chapters.ts';
import { storyOf } from '../why/why.ts';
import type { Known, Story } from '../why/why.ts';
import type { SessionId, TaskId } from '../types.ts';

/** A task, what was tried, and what there is to do. */
export interface Told {
	readonly task: TaskId;
	readonly text: string;
	readonly line: number | null;
	readonly state: string;
	readonly next: Story['next'];
	readonly chapters: readonly {
		readonly attempt: number | null;
		readonly at: string;
		readonly lines: readonly string[];
		readonly commands: readonly Shown[];
		readonly sessions: readonly SessionId[];
	}[];
}

/** Where and how it is read: the name of the repository, and the person's clock. */
export interface Reader extends Pick<Reading, 'time' | 'folder' | 'self' | 'isThere'> {
	readonly name: string;
	/** What is missing of the record. */
	readonly lost: readonly string[];
}

/** What became of one task. `known.entries` may be those of the task alone. */
export function told(
	known: Known,
	task: { readonly task: TaskId; readonly text: string },
	{ time, folder, self, isThere }: Reader,
): Told {
	const story = storyOf(known, task);
	const reading = { task: story.task, running: story.running, time, folder, self, isThere };
	return {
		task: story.task,
		text: story.text,
		line: story.line,
		state: story.state,
		next: story.next,
		chapters: story.chapters.map((chapter) => ({
			attempt: chapter.attempt,
			at: time(chapter.entries[0]!.at),
			lines: entryLines(chapter, reading),
			commands: chapter.commands,
			sessions: chapter.entries.flatMap((entry) => (entry.event === 'opened' ? [entry.session] : [])),
		})),
	};
}
