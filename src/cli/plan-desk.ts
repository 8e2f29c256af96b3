import { readFileSync } from 'node:fs';
import path from 'node:path';
import { plainLine } from '../core/plain.ts';
import { parsePrompt } from '../core/rules/prompt-file.ts';
import { parseTodo } from '../core/todo/todo.ts';
import type { Prompt, SessionOrder, Todo } from '../core/types.ts';
import { stamped } from '../io/colour.ts';
import type { Project } from '../io/project.ts';
import { shippedPrompts } from '../io/shipped.ts';
import { broken } from '../io/start-list.ts';
import { stableRead } from '../io/steering/todo-file.ts';

/** The list as it is read once, at the beginning; one that is not there is an empty one. */
export interface List {
	readonly name: string;
	readonly bytes: Uint8Array;
	readonly todo: Todo;
	readonly text: string;
}

/** Rejects with a `UserError` for a list that cannot be read as one. */
export async function readList({ todo: file, folder }: Project): Promise<List> {
	const read = await stableRead(file);
	const name = path.relative(folder, file);
	const bytes = read.kind === 'bytes' ? read.bytes : new Uint8Array();
	const parsed = parseTodo(bytes, { optional: true });
	if (parsed.kind === 'broken') throw broken(name, parsed);
	if (parsed.kind !== 'list') return { name, bytes, todo: { tasks: [], ignored: [] }, text: '' };
	return { name, bytes, todo: parsed.todo, text: parsed.text };
}

/** The agent of a prompt, with words that come with nightloop. */
export function withWords(prompt: Prompt, name: 'review' | 'check'): Prompt {
	const file = path.join(shippedPrompts(), 'plan', `${name}.md`);
	return { ...prompt, body: parsePrompt(prompt.role, file, readFileSync(file, 'utf8')).body };
}

/** What a person reads when a session begins: it takes minutes. */
export function orderLine({ role, session, text, prompt }: SessionOrder): string {
	return stamped(Date.now(), `→ ${role} ${session}: ${plainLine(text)} · ${plainLine(prompt.agent)}`);
}
