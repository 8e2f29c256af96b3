import { diffstat } from './gate/changes.ts';
import { findTask } from './todo/todo.ts';
import type { Change, Role, Task, TaskId, Todo } from './types.ts';

/** What the notes that a session gets may come to, in tokens. */
export const MEMORY_CAP = 8000;

/** The task of a consolidator session: always the same, in no list, and without a box. It says what the reviewers look for. */
export const NOTES: Task = {
	id: '6d656d6f727900' as TaskId, // "memory", as ASCII
	state: 'open',
	line: 0,
	offset: 0,
	text: 'Shorten the notes in memory/',
	details: `The notes that sessions leave for later ones have become too long to be shown whole. What must hold:
- The files memory/*.md have ${MEMORY_CAP * 4} bytes together or fewer (wc -c); where that cannot be had without a loss, fewer than before.
- Nothing is lost that is still true and useful to a later session: no trap, no decision, no reason of one, no exact name,
  command or figure that they need. Look at each line that is gone, and at the code that it speaks of.
- What may go: what is not true any more, what the code shows by itself, what stands there twice, how something was found out.
- Nothing is added that the notes did not say, and nothing is said more generally than it was known.
- Front matter (for, always, summary) stays right: nobody is kept from a note who got it before.`,
	breadcrumb: [],
	parent: null,
	kind: 'leaf',
	optional: false,
	equals: 1,
};

/** Landings between two consolidator sessions' attempts: one that fails must not eat the night. */
export const NOTES_EVERY = 10;

/** Whether an id is that of the notes' task. */
export function isNotes(task: TaskId): boolean {
	return task === NOTES.id;
}

/** The task of that id, be it in the list or the notes' own. null: it was deleted or reworded. */
export function taskOf(todo: Todo, id: TaskId): Task | null {
	return isNotes(id) ? NOTES : findTask(todo, id);
}

/** True of the roles of which the work is judged: they write in the work tree. */
export function isAuthor(role: Role): boolean {
	return role === 'worker' || role === 'consolidator';
}

/**
 * Why a candidate of the notes may not land, whatever reviewers say of it. `folder`: memory/ as paths of the tree have it;
 * before and after in tokens. null: it may.
 */
export function notesFlaw(
	changes: readonly Change[],
	folder: string,
	before: number,
	after: number,
): { readonly what: string; readonly evidence: string } | null {
	const isNote = ({ path, newMode }: Change) =>
		path.startsWith(folder) && /^[^/]+\.md$/.test(path.slice(folder.length)) && NOTE_MODES.includes(newMode);
	const beside = changes.filter((change) => !isNote(change));
	if (beside.length > 0)
		return { what: 'it changes more than the notes in memory/*.md', evidence: diffstat(beside) };
	if (after < before) return null;
	return { what: `the notes are no shorter: about ${before} tokens before, ${after} now`, evidence: '' };
}

/** A file, or none any more. */
const NOTE_MODES = ['100644', '100755', '000000'];
