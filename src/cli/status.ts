import { replay } from '../core/run.ts';
import { statusLines, statusOf } from '../core/status.ts';
import { parseTodo } from '../core/todo.ts';
import { readJournal } from '../io/journal.ts';
import { lockHolder } from '../io/lock.ts';
import { findProject } from '../io/project.ts';
import { stableRead } from '../io/todo-file.ts';
import type { Options } from './options.ts';

/** Tells what the loop of this work tree does or did, from the journal and the list alone. */
export async function status({ folder, flags }: Options): Promise<number> {
	const project = await findProject(folder, flags.todo);
	const [entries, holder, read] = await Promise.all([
		readJournal(project.state),
		lockHolder(project.gitDir),
		stableRead(project.todo),
	]);
	const parsed = read.kind === 'bytes' ? parseTodo(read.bytes, { optional: false }) : read;
	const todo = parsed.kind === 'list' ? parsed.todo : { tasks: [], ignored: [] };
	const now = statusOf(replay(entries), todo, holder === null ? 'nobody' : 'alive');
	if (flags.json) console.log(JSON.stringify(now));
	else for (const line of statusLines(now, entries.slice(-20))) console.log(line);
	return 0;
}
