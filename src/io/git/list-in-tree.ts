import { lstatSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { applyMark } from '../../core/todo/todo.ts';
import type { Mark, Task, Todo, TreeId } from '../../core/types.ts';
import { DURABLE } from './git.ts';
import type { Project } from '../project.ts';
import { todoInTree } from '../steering/steering-files.ts';
import { stableRead } from '../steering/todo-file.ts';
import { parseList } from '../steering/parsed-list.ts';

/** Which boxes of the list are to be marked, in one way. */
export interface Marking {
	readonly as: Mark;
	readonly optional: boolean;
	/** null: the task is not in the list. */
	boxes(todo: Todo): readonly Task[] | null;
}

/**
 * A tree with the list as it is on disk, marked; the same tree where the list is ignored, linked or outside. `list`: the
 * path that it put there.
 */
export async function withMarkedList(
	project: Project,
	tree: TreeId,
	{ as, optional, boxes }: Marking,
): Promise<{ readonly tree: TreeId; readonly list: string | null } | 'gone'> {
	const inTree = todoInTree(project);
	const onDisk = await stableRead(project.todo);
	if (onDisk.kind === 'absent') return 'gone';
	const parsed = parseList(onDisk.bytes, { optional });
	const due = parsed.kind === 'list' ? boxes(parsed.todo) : null;
	if (due === null) return 'gone';
	if (inTree === null || lstatSync(project.todo).isSymbolicLink()) return { tree, list: null };
	const marked = due.reduce((bytes, box) => applyMark(bytes, box, as), onDisk.bytes);
	const withList = await withFile(project, tree, inTree, marked);
	return withList === null ? { tree, list: null } : { tree: withList, list: inTree };
}

/** null: git ignores the file. */
async function withFile(
	project: Project,
	tree: TreeId,
	name: string,
	bytes: Uint8Array,
): Promise<TreeId | null> {
	const { git } = project;
	const file = path.join(project.state, 'todo.marked');
	const index = path.join(project.state, 'landing.index');
	await Promise.all([
		writeFile(file, bytes),
		...[index, `${index}.lock`].map((each) => rm(each, { force: true })),
	]);
	const [ignored, blob] = await Promise.all([
		isIgnored(project, name),
		git(['hash-object', '-w', `--path=${name}`, file], { durable: DURABLE }),
		git(['read-tree', tree], { index }),
	]);
	if (ignored) return null;
	const mode = lstatSync(project.todo).mode & 0o100 ? '100755' : '100644';
	await git(['update-index', '-z', '--index-info'], { index, input: `${mode} ${blob.trim()}\t${name}\0` });
	return (await git(['write-tree'], { index, durable: DURABLE })).trim() as TreeId;
}

async function isIgnored(project: Project, file: string): Promise<boolean> {
	const answer = await project.git(['check-ignore', '-z', '--stdin'], {
		input: `${file}\0`,
		answers: [0, 1],
	});
	return answer !== '';
}
