import { changedFiles } from '../core/rules/rule-texts.ts';
import { replay } from '../core/run/run.ts';
import { listLines, statusLines, statusOf } from '../core/status.ts';
import { parseTodo } from '../core/todo/todo.ts';
import type { Run } from '../core/types.ts';
import { readJournal } from '../io/journal.ts';
import { lockHolder } from '../io/lock.ts';
import { findProject } from '../io/project.ts';
import type { Project } from '../io/project.ts';
import { heldAway, readTexts } from '../io/steering/rule-files.ts';
import { stableRead } from '../io/steering/todo-file.ts';
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
	const run = await withHeldOnDisk(project, replay(entries));
	const now = statusOf(run, todo, holder === null ? 'nobody' : 'alive');
	if (flags.json) console.log(JSON.stringify(now));
	else for (const line of [...statusLines(now, entries.slice(-20)), ...listLines(now)]) console.log(line);
	return 0;
}

/** What was held and has been put back since is not held any more. */
async function withHeldOnDisk(project: Project, run: Run): Promise<Run> {
	if (run.accepted === null || run.held.length === 0) return run;
	const found = readTexts(project, run.accepted);
	const changed = [...heldAway(run.held, found), ...changedFiles(run.accepted, found)];
	return { ...run, held: run.held.filter((file) => changed.includes(file)) };
}
