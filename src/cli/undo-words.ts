import path from 'node:path';
import { plainLine } from '../core/plain.ts';
import { quoted } from '../core/why/quoted.ts';
import { isNotes, NOTES_EVERY } from '../core/notes.ts';
import { findTask } from '../core/todo/todo.ts';
import type { Undoing } from '../core/types.ts';
import { readTodo } from '../io/finish-undo.ts';
import type { Finished } from '../io/finish-undo.ts';
import { codeOf } from '../io/git/take-back.ts';
import { SUBMODULE } from '../io/git/tree-entries.ts';
import type { TreeEntry } from '../io/git/tree-entries.ts';
import type { Project } from '../io/project.ts';
import { asText } from '../io/steering/steering-files.ts';

/** What an undo came to, for a person. */
export async function outcomeLines(
	project: Project,
	outcome: NonNullable<Finished['outcome']>,
): Promise<string[]> {
	const { undoing } = outcome;
	const text = plainLine(undoing.text, 80);
	if (outcome.kind === 'given up')
		return [
			`An undo of "${text}" was interrupted before it changed anything, and is given up: ${outcome.why}.`,
		];
	const entries = await codeOf(project, undoing.sealed);
	const count = entries.length;
	const [commit, by] = [undoing.commit, undoing.sealed.commit].map((id) => id.slice(0, 9));
	const files = count === 0 ? 'no code of it was left' : `${count} ${count === 1 ? 'file' : 'files'}`;
	return [
		`Taken back: ${text} (${files}; commit ${by}, what it was: git show ${commit}).`,
		await boxLine(project, undoing),
		...submoduleLines(project, entries),
		...(outcome.theirs.length > 0
			? [`Changed meanwhile, and left as they are: ${listed(outcome.theirs)}. Look at them: git diff`]
			: []),
	];
}

/** Their checkouts are left alone, and a start would take those for changes of the person's. */
function submoduleLines({ root, folder }: Project, entries: readonly TreeEntry[]): string[] {
	const moved = entries.filter(({ mode }) => mode === SUBMODULE);
	const names = moved.map(({ file }) => quoted(path.relative(folder, path.join(root, asText(file)))));
	return names.length === 0
		? []
		: [`Submodules are as they were; to bring them back too: git submodule update -- ${names.join(' ')}`];
}

async function boxLine(project: Project, { task, box }: Undoing): Promise<string> {
	if (isNotes(task))
		return `It has no box. Notes that are too long are tried again ${NOTES_EVERY} landings after the last try.`;
	const name = path.relative(project.folder, project.todo);
	const todo = await readTodo(project);
	const found = todo && findTask(todo, task);
	if (!found) return `It is not in ${name} any more: there is no box to open.`;
	const place = `${name}:${found.line}`;
	if (found.state === 'open' && box === 'open')
		return `Its box is open again (${place}): the next run works on it afresh, and its worker is told why.`;
	return found.state === 'dropped' && box === 'drop'
		? `Its box is dropped (${place}).`
		: `Its box was left as it is (${place}).`;
}

/** The first few names, and how many more. */
export function listed(names: readonly string[]): string {
	const more = names.length - MOST_LISTED;
	const first = names.slice(0, MOST_LISTED).map((name) => plainLine(name));
	return `${first.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

const MOST_LISTED = 5;
