import path from 'node:path';
import { UserError } from '../core/errors.ts';
import { changedFiles } from '../core/rules/rule-texts.ts';
import { parseSettings } from '../core/rules/settings.ts';
import { replay } from '../core/run/run.ts';
import { listLines, statusLines, statusOf } from '../core/status.ts';
import { parseTodo } from '../core/todo/todo.ts';
import type { RuleTexts, Run } from '../core/types.ts';
import { readWhole } from '../io/journal.ts';
import { lockHolder } from '../io/lock.ts';
import { findProject } from '../io/project.ts';
import type { Project } from '../io/project.ts';
import { heldAway, readTexts } from '../io/steering/rule-files.ts';
import { stableRead } from '../io/steering/todo-file.ts';
import type { Options } from './options.ts';

/** Tells what the loop of this work tree does or did, from the journal and the list alone. */
export async function status({ folder, flags }: Options): Promise<number> {
	const project = await findProject(folder, flags.todo);
	const [{ entries, lost }, holder, read] = await Promise.all([
		readWhole(project.state, LAST),
		lockHolder(project.gitDir),
		stableRead(project.todo),
	]);
	const run = await withHeldOnDisk(project, replay(entries));
	const wish = { optional: wantsOptional(readTexts(project, run.accepted)) };
	const parsed = read.kind === 'bytes' ? parseTodo(read.bytes, wish) : read;
	const todo = parsed.kind === 'list' ? parsed.todo : { tasks: [], ignored: [] };
	const now = statusOf(run, todo, holder === null ? 'nobody' : 'alive', wish);
	if (flags.json) console.log(JSON.stringify(now));
	else {
		const absent = read.kind === 'absent' ? [noList(path.relative(project.folder, project.todo))] : [];
		const last = statusLines(now, entries.slice(-LAST), Date.now());
		for (const line of [...last, ...lost, ...absent, ...listLines(now)]) console.log(line);
	}
	return 0;
}

/** Entries of which some tell a person something. */
const LAST = 20;

function noList(name: string): string {
	return `there is no ${name} here: name its folder with -C, or another list with --todo`;
}

/** As on disk: whether they can be taken is for a start to say. */
function wantsOptional({ settings }: RuleTexts): boolean {
	try {
		return parseSettings(settings.file, settings.text).settings.optional;
	} catch (error) {
		if (error instanceof UserError) return false;
		throw error;
	}
}

/** What was held and has been put back since is not held any more. */
async function withHeldOnDisk(project: Project, run: Run): Promise<Run> {
	if (run.accepted === null || run.held.length === 0) return run;
	const found = readTexts(project, run.accepted);
	const changed = [...heldAway(run.held, found), ...changedFiles(run.accepted, found)];
	return { ...run, held: run.held.filter((file) => changed.includes(file)) };
}
