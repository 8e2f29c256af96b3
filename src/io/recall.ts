import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { lastSession, recallTasks } from '../core/run/recall.ts';
import type { Entry, Event } from '../core/types.ts';
import { commitsOnBranch } from './git/loop-commits.ts';
import { recordAll } from './journal.ts';
import type { Project } from './project.ts';
import { todoInTree } from './steering/steering-files.ts';
import { listIn } from './steering/parsed-list.ts';
import { stableRead } from './steering/todo-file.ts';

/**
 * Where there is no journal, as it was lost or this is a clone, what landed is known from the trailers of its commits, and is
 * recorded. `known`: the entries that there are; nothing is done where a start is among them. To be called under the lock of
 * the work tree. Resolves to what was recorded: one entry, or none where no loop has worked here before.
 */
export async function recall(project: Project, known: readonly Entry[]): Promise<Entry[]> {
	if (known.some(({ event }) => BEGINS.includes(event))) return [];
	const [commits, kept, folders] = await Promise.all([
		commitsOnBranch(project),
		project.git(['for-each-ref', '--format=%(refname)', 'refs/nightloop/parked']),
		readdir(path.join(project.logs, 'sessions')),
	]);
	const [onDisk, inHead] = [await stableRead(project.todo), await listInHead(project)];
	const tasks = recallTasks(commits, {
		onDisk: onDisk.kind === 'bytes' ? listIn(onDisk.bytes) : null,
		inHead: inHead && listIn(inHead),
	});
	const recalled: Event = {
		event: 'recalled',
		tasks,
		sessions: lastSession(commits, folders),
		kept: kept.split('\n').filter((ref) => ref !== ''),
	};
	const isAnything = tasks.length + recalled.sessions + recalled.kept.length > 0;
	return isAnything ? recordAll(project.state, [recalled]) : [];
}

/** Whoever began has recalled what there was. */
const BEGINS: readonly Entry['event'][] = ['started', 'planned', 'recalled', 'summed'];

/** null: git has none, or it is nowhere in the work tree. */
async function listInHead(project: Project): Promise<Buffer | null> {
	const name = todoInTree(project);
	if (name === null) return null;
	const found = await project.git(['ls-tree', '-z', 'HEAD', '--', name]);
	const [, type, id] = /^\d+ (\w+) ([\da-f]+)\t/.exec(found) ?? [];
	if (type !== 'blob' || id === undefined) return null;
	return Buffer.from(await project.git(['cat-file', 'blob', id], { encoding: 'latin1' }), 'latin1');
}
