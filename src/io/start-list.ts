import path from 'node:path';
import { UserError } from '../core/errors.ts';
import { parseTodo } from '../core/todo/todo.ts';
import type { Project } from './project.ts';
import { rulesAtStart } from './steering/rules-at-start.ts';
import type { StartedFrom, StartRules } from './steering/rules-at-start.ts';
import type { Overrides } from '../core/rules/settings.ts';
import type { Run, Todo } from '../core/types.ts';
import { stableRead } from './steering/todo-file.ts';

/** What a start reads of a person's files. Rejects with a `UserError` for the first thing that it cannot take. */
export async function readStart(
	project: Project,
	overrides: Overrides,
	before: Run,
	from: StartedFrom,
): Promise<StartRules & { todo: Todo; text: string }> {
	const read = await stableRead(project.todo);
	const name = path.relative(project.folder, project.todo);
	if (read.kind === 'absent') throw missing(name);
	const rules = await rulesAtStart(project, overrides, before, from);
	const parsed = parseTodo(read.bytes, { optional: rules.settings.optional });
	if (parsed.kind === 'list') return { ...rules, todo: parsed.todo, text: parsed.text };
	if (parsed.kind === 'broken') throw broken(name, parsed);
	return { ...rules, todo: { tasks: [], ignored: [] }, text: '' };
}

function missing(name: string): UserError {
	return new UserError({
		what: `There is no ${name}.`,
		why: 'The tasks to work on are read from it.',
		fix: 'nightloop init writes one with an example; or name another list: --todo FILE',
	});
}

/** Of a list that cannot be read as one. */
export function broken(name: string, { line, why }: { line: number; why: string }): UserError {
	return new UserError({
		what: `${name}, line ${line}: ${why}`,
		why: 'What follows could be tasks or not, and nightloop does not guess.',
		fix: 'Mend that line and start again.',
	});
}
