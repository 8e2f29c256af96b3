import { audit as judge } from '../core/audit/audit.ts';
import type { Evidence } from '../core/audit/audit.ts';
import { auditLines } from '../core/audit/report.ts';
import { tellStory } from '../core/audit/story.ts';
import { UserError } from '../core/errors.ts';
import { parseTodo } from '../core/todo/todo.ts';
import type { CommitId, Entry, TaskId, Todo } from '../core/types.ts';
import { readHistory } from '../io/git/history.ts';
import { readWhole } from '../io/journal.ts';
import { otherWorkTrees } from '../io/other-work-trees.ts';
import type { OtherWorkTree } from '../io/other-work-trees.ts';
import { findProject } from '../io/project.ts';
import type { Project } from '../io/project.ts';
import { stableRead } from '../io/steering/todo-file.ts';
import type { Options } from './options.ts';

/** Checks from git and the journal that every tick had an approval of that very tree by another session. 6: not so. */
export async function audit({ folder, flags }: Options): Promise<number> {
	const project = await findProject(folder, flags.todo);
	const found = judge(await evidence(project));
	if (flags.json) console.log(JSON.stringify(found));
	else console.log(auditLines(found).join('\n'));
	return found.totals.BROKEN > 0 ? 6 : 0;
}

/**
 * A loop may run meanwhile. Its journal is read first, as all that it says was done by then; and once more at the end: what it
 * says beyond that was just being done, and is left out.
 */
async function evidence(project: Project): Promise<Evidence> {
	const read = await readEntries(project.state);
	const story =
		read.kind === 'entries' && read.entries.length > 0 ? tellStory(read.entries, read.lost) : null;
	const elsewhere = await Promise.all(otherWorkTrees(project).map(tellElsewhere));
	const others = elsewhere.filter((other) => other.kind === 'story');
	const history = await readHistory(project, story, others);
	const todo = await readList(project);
	const known = { elsewhere, todo, now: Date.now() };
	if (read.kind === 'damaged') return { history, journal: read, ...known };
	const { commits, tasks } = await meanwhile(project, read.entries.length);
	return {
		...known,
		history: { ...history, commits: history.commits.filter(({ id }) => !commits.has(id)) },
		journal: story ? { kind: 'story', story } : { kind: 'none' },
		todo: todo && { ...todo, tasks: todo.tasks.filter(({ id }) => !tasks.has(id)) },
	};
}

async function tellElsewhere({ name, state }: OtherWorkTree): Promise<Evidence['elsewhere'][number]> {
	const read = await readEntries(state);
	if (read.kind === 'damaged') return { ...read, of: name };
	return { kind: 'story', of: name, story: tellStory(read.entries, read.lost) };
}

async function readList({ todo }: Project): Promise<Todo | null> {
	const read = await stableRead(todo);
	const parsed = read.kind === 'bytes' ? parseTodo(read.bytes, { optional: false }) : read;
	return parsed.kind === 'list' ? parsed.todo : null;
}

type Journal =
	| { readonly kind: 'entries'; readonly entries: readonly Entry[]; readonly lost: readonly string[] }
	| { readonly kind: 'damaged'; readonly why: string };

async function readEntries(state: string): Promise<Journal> {
	try {
		return { kind: 'entries', ...(await readWhole(state)) };
	} catch (error) {
		if (error instanceof UserError) return { kind: 'damaged', why: `${error.what} ${error.why}` };
		throw error;
	}
}

/** What was worked on, and may have landed, since the journal had so many entries. */
async function meanwhile(
	project: Project,
	length: number,
): Promise<{ commits: ReadonlySet<CommitId>; tasks: ReadonlySet<TaskId> }> {
	const read = await readEntries(project.state);
	const since = read.kind === 'entries' ? read.entries.slice(length) : [];
	const begun = since.flatMap((entry) => (entry.event === 'undoing' ? [entry.undoing] : []));
	const sealed = since.flatMap((entry) => (entry.event === 'sealed' ? [entry.sealed] : []));
	return {
		commits: new Set([...sealed, ...begun.map((undoing) => undoing.sealed)].map(({ commit }) => commit)),
		tasks: new Set([...since, ...begun].flatMap((each) => ('task' in each ? [each.task] : []))),
	};
}
