import type { CommitLine, State } from './commits.ts';
import type { Story } from './telling.ts';
import { parentsOf, tasksById } from '../todo/progress.ts';
import type { CommitId, Task, TaskId, Todo } from '../types.ts';

/** A box of the list that is ticked, or was. */
export interface BoxLine {
	readonly about: 'box';
	readonly state: State;
	readonly why: readonly string[];
	readonly line: number;
	readonly task: TaskId;
	readonly text: string;
	/** What it was ticked for. */
	readonly commit: CommitId | null;
}

/**
 * A line for each ticked box, and each one that is open though its task landed, in the order of the list. `standing`: by task,
 * the commit that its tick is for.
 */
export function judgeBoxes(
	todo: Todo,
	commits: readonly CommitLine[],
	standing: ReadonlyMap<TaskId, CommitId>,
	story: Story | null,
): BoxLine[] {
	const lines = new Map(commits.map((line) => [line.commit, line]));
	const open = openBelow(todo);
	return todo.tasks.flatMap((task) => {
		const commit = standing.get(task.id);
		const landing = commit === undefined ? undefined : lines.get(commit);
		if (task.state === 'done')
			return [boxLine(task, landing, task.kind === 'leaf' ? ofLeaf(landing) : ofParent(open.has(task.id)))];
		if (task.state !== 'open' || task.kind === 'parent' || !landing || isOwed(task.id, landing, story))
			return [];
		return [boxLine(task, landing, { state: 'by-hand', why: ['it landed, and was opened again by hand'] })];
	});
}

/** The loop has not come to tick it. */
function isOwed(task: TaskId, { commit }: CommitLine, story: Story | null): boolean {
	const known = story?.tasks.get(task);
	return story?.pending === commit || (known?.state === 'landed' && known.tick === 'owed');
}

interface Judged {
	readonly state: State;
	readonly why: readonly string[];
}

function boxLine({ line, id, text }: Task, landing: CommitLine | undefined, judged: Judged): BoxLine {
	return { about: 'box', line, task: id, text, commit: landing?.commit ?? null, ...judged };
}

function ofLeaf(landing: CommitLine | undefined): Judged {
	if (!landing) return { state: 'by-hand', why: ['no commit of the loop’s is for it'] };
	const { state } = landing;
	return { state, why: state === 'consistent' ? [] : [`its commit is ${state}`] };
}

function ofParent(isOpen: boolean): Judged {
	return isOpen
		? { state: 'by-hand', why: ['it is ticked, and not all that belongs to it is'] }
		: { state: 'consistent', why: ['with what belongs to it'] };
}

/** The parents of which a required leaf is still to be done. */
function openBelow(todo: Todo): ReadonlySet<TaskId> {
	const byId = tasksById(todo);
	const isLeft = ({ kind, state, optional }: Task) =>
		kind === 'leaf' && !optional && (state === 'open' || state === 'parked');
	return new Set(todo.tasks.filter(isLeft).flatMap((leaf) => parentsOf(byId, leaf).map(({ id }) => id)));
}
