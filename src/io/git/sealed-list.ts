import { ticked, ticksBeside } from '../../core/todo/ticks-beside.ts';
import type { Task, TaskId, Todo } from '../../core/types.ts';
import { openObjects } from './objects.ts';
import type { TreeEntry } from './tree-entries.ts';
import type { Project } from '../project.ts';
import { asBytes, todoInTree } from '../steering/steering-files.ts';
import { stableRead } from '../steering/todo-file.ts';
import { parseList } from '../steering/parsed-list.ts';

/**
 * Why the list in a sealed commit may not land as it is, or not now: it ticks a box that neither goes with the task nor is
 * ticked in its parent's list, nor in the one on disk. `entries`: what it changes. null: none of that, as far as can be known.
 */
export async function tooManyTicks(
	project: Project,
	entries: readonly TreeEntry[],
	task: TaskId,
	optional: boolean,
): Promise<{ readonly kind: 'stale' | 'busy'; readonly why: string } | null> {
	const own = todoInTree(project);
	const entry = entries.find(({ file }) => own !== null && file === asBytes(own));
	if (!entry) return null;
	const objects = openObjects(project.git);
	await objects.load([entry.oldId, entry.id]);
	const listOf = (id: string) => readList(Buffer.from(objects.get(id)?.content ?? '', 'latin1'), optional);
	const sealed = listOf(entry.id);
	const beside = sealed ? without(ticksBeside(sealed, task), listOf(entry.oldId)) : [];
	if (beside.length === 0) return null;
	const onDisk = await stableRead(project.todo);
	const list = onDisk.kind === 'bytes' ? readList(onDisk.bytes, optional) : null;
	if (!list) return { kind: 'busy', why: 'the list cannot be read' };
	const [first] = without(beside, list);
	return first ? { kind: 'stale', why: `the sealed list has a tick that nobody made: ${first.text}` } : null;
}

function readList(bytes: Uint8Array, optional: boolean): Todo | null {
	const parsed = parseList(bytes, { optional });
	return parsed.kind === 'list' ? parsed.todo : null;
}

/** Those that a list does not have ticked. */
function without(boxes: readonly Task[], list: Todo | null): Task[] {
	const known = new Set((list ? ticked(list) : []).map(({ id }) => id));
	return boxes.filter(({ id }) => !known.has(id));
}
