import path from 'node:path';
import { UserError } from '../core/errors.ts';
import { changedFiles } from '../core/rules/rule-texts.ts';
import { replay } from '../core/run/run.ts';
import { listLines, statusLines, statusOf } from '../core/status.ts';
import { parseTodo } from '../core/todo/todo.ts';
import type { RuleTexts, Run } from '../core/types.ts';
import { readWhole } from '../io/journal.ts';
import { lockHolder } from '../io/lock.ts';
import { findPlace } from '../io/place.ts';
import type { Place } from '../io/place.ts';
import { heldAway, readTexts } from '../io/steering/rule-files.ts';
import { stableRead } from '../io/steering/todo-file.ts';
import type { Options } from './options.ts';

/** Tells what the loop of this work tree does or did, from the journal and the list alone. */
export async function status({ flags }: Options): Promise<number> {
	const place = await findPlace(flags.C, flags.todo);
	const [{ entries, lost }, holder, read] = await Promise.all([
		readWhole(place.state, LAST),
		lockHolder(place.gitDir),
		stableRead(place.todo),
	]);
	const run = await withHeldOnDisk(place, replay(entries));
	const wish = { optional: await wantsOptional(readTexts(place, run.accepted)) };
	const parsed = read.kind === 'bytes' ? parseTodo(read.bytes, wish) : read;
	const todo = parsed.kind === 'list' ? parsed.todo : { tasks: [], ignored: [] };
	const now = statusOf(run, todo, holder === null ? 'nobody' : 'alive', wish);
	if (flags.json) console.log(JSON.stringify(now));
	else {
		const absent = read.kind === 'absent' ? [noList(path.relative(place.folder, place.todo))] : [];
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

/**
 * As on disk: whether they can be taken is for a start to say. Settings are read only where they may say so: a reader of YAML
 * takes longer to load than all else.
 */
async function wantsOptional({ settings }: RuleTexts): Promise<boolean> {
	if (!settings.text.includes('optional')) return false;
	const { parseSettings } = await import('../core/rules/settings.ts');
	try {
		return parseSettings(settings.file, settings.text).settings.optional;
	} catch (error) {
		if (error instanceof UserError) return false;
		throw error;
	}
}

/** What was held and has been put back since is not held any more. */
async function withHeldOnDisk(place: Place, run: Run): Promise<Run> {
	if (run.accepted === null || run.held.length === 0) return run;
	const found = readTexts(place, run.accepted);
	const changed = [...heldAway(run.held, found), ...changedFiles(run.accepted, found)];
	return { ...run, held: run.held.filter((file) => changed.includes(file)) };
}
