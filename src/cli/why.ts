import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { quoted } from '../core/why/quoted.ts';
import { retold } from '../core/why/retold.ts';
import { replay } from '../core/run/run.ts';
import { mostUrgent, storyOf } from '../core/why/why.ts';
import type { Chosen, Known, Story } from '../core/why/why.ts';
import { whyLines } from '../core/why/lines.ts';
import { dayAndClock } from '../io/clock.ts';
import { readWhole } from '../io/journal.ts';
import { lockHolder } from '../io/lock.ts';
import { findPlace } from '../io/place.ts';
import { listIn } from '../io/steering/parsed-list.ts';
import { stableRead } from '../io/steering/todo-file.ts';
import type { Options } from './options.ts';
import { theTask } from './the-task.ts';

/** Tells why one task is where it is, or what needs the person, from the journal and the list alone. */
export async function why({ words, flags }: Options): Promise<number> {
	const place = await findPlace(flags.C, flags.todo);
	const [{ entries, lost }, holder, read] = await Promise.all([
		readWhole(place.state),
		lockHolder(place.gitDir),
		stableRead(place.todo),
	]);
	const known: Known = {
		run: replay(entries),
		todo: read.kind === 'bytes' ? listIn(read.bytes) : null,
		list: path.relative(place.root, place.todo),
		entries: retold(entries),
		now: Date.now(),
		holder: holder === null ? 'nobody' : 'alive',
		git: ['git', ...inFolder(flags.C)].join(' '),
		self: ['nightloop', ...inFolder(flags.C), ...ofList(flags.todo)].join(' '),
	};
	const { chosen, stories } = storiesOf(known, words);
	const folder = path.relative(process.cwd(), place.folder);
	const isThere = (log: string) => existsSync(path.join(place.folder, log));
	const telling = { time: dayAndClock, isThere, folder: folder === '' ? '' : `${folder}/`, self: known.self };
	if (flags.json) console.log(JSON.stringify({ chosen, tasks: stories }));
	else for (const line of [...lost, ...whyLines(chosen, stories, telling)]) console.log(line);
	return 0;
}

function storiesOf(known: Known, words: readonly string[]): { chosen: Chosen | 'named'; stories: Story[] } {
	if (words.length > 0) {
		const task = theTask(words, known.run, known.todo, known.entries);
		return { chosen: 'named', stories: [storyOf(known, task)] };
	}
	const { chosen, tasks } = mostUrgent(known);
	return { chosen, stories: tasks.map((task) => storyOf(known, task)) };
}

function inFolder(folder: string | undefined): string[] {
	return folder === undefined ? [] : ['-C', quoted(folder)];
}

function ofList(todo: string | undefined): string[] {
	return todo === undefined ? [] : ['--todo', quoted(todo)];
}
