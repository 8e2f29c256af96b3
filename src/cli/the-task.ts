import { UserError } from '../core/errors.ts';
import { namedTask } from '../core/why/named-task.ts';
import type { NamedTask } from '../core/why/named-task.ts';
import { plainLine } from '../core/plain.ts';
import type { Entry, Run, Todo } from '../core/types.ts';

/** The task that the words of the command line name. Throws a `UserError` that lists what they could mean. */
export function theTask(
	words: readonly string[],
	run: Run,
	todo: Todo | null,
	entries: readonly Entry[],
): NamedTask {
	const name = words.join(' ');
	const found = namedTask(name, run, todo, entries);
	if (found.kind === 'task') return found;
	throw found.kind === 'several' ? severalFit(name, found.tasks) : noneFits(name);
}

function severalFit(name: string, tasks: readonly NamedTask[]): UserError {
	const lines = tasks.slice(0, MOST_LISTED).map(choice);
	const more = tasks.length - lines.length;
	return new UserError({
		what: `${tasks.length} tasks could be meant by ${plainLine(name)}.`,
		why: ['It fits each of these:', ...lines, ...(more > 0 ? [`and ${more} more`] : [])].join('\n       '),
		fix: 'Name one by its id, as in the first column.',
	});
}

const MOST_LISTED = 10;

function choice({ task, text, line, commit }: NamedTask): string {
	const landed = commit === null ? '' : ` (landed as ${commit.slice(0, 7)})`;
	return `${task}  ${line === null ? 'not in the list' : `line ${line}`}  ${plainLine(text, 60)}${landed}`;
}

function noneFits(name: string): UserError {
	return new UserError({
		what: `No task is named by ${plainLine(name)}.`,
		why: 'It is no line, number, id, landed commit or part of the text of a task in the list or on record.',
		fix: 'nightloop --dry-run shows the list with its lines; git log shows the commits.',
	});
}
