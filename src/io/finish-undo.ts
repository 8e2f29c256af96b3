import path from 'node:path';
import { UserError } from '../core/errors.ts';
import { boxesToUndo, undoMark } from '../core/run/undo-boxes.ts';
import { advance } from '../core/run/run.ts';
import { parseTodo } from '../core/todo/todo.ts';
import type { Event, Run, Todo, Undoing } from '../core/types.ts';
import { position, tipOf } from './git/position.ts';
import { takeBack, treeAfter } from './git/take-back.ts';
import { recordAll } from './journal.ts';
import { prepareFolders } from './project.ts';
import type { Project } from './project.ts';
import { checkRepository } from './start.ts';
import { broken } from './start-list.ts';
import { openMarker } from './steering/marker.ts';
import { stableRead } from './steering/todo-file.ts';

/** What came of it; null: there was nothing to finish. */
export interface Finished {
	readonly run: Run;
	readonly outcome:
		| { readonly kind: 'undone'; readonly undoing: Undoing; readonly theirs: readonly string[] }
		| { readonly kind: 'given up'; readonly undoing: Undoing; readonly why: string }
		| null;
}

/**
 * Finishes the undo that is on record as begun: the branch, the index, the files, the box in the list, the record. A kill at
 * any point leaves it to the next call. Given up, and recorded so, where it had not begun and cannot any more. To be called
 * under the lock of the work tree, before anything looks at the work tree or the list. Rejects with a `UserError` where a
 * person is needed first.
 */
export async function finishUndo(project: Project, run: Run): Promise<Finished> {
	const { undoing } = run;
	if (undoing === null) return { run, outcome: null };
	await checkRepository(project);
	await prepareFolders(project);
	const isThere = (await tipOf(project, undoing.sealed.branch)) !== '';
	if (isThere) await refuseElsewhere(project, undoing);
	const back = isThere
		? await takeBack(project, undoing.sealed)
		: { kind: 'stale' as const, why: `${nameOf(undoing)} is gone` };
	if (back.kind === 'busy') throw busy(back.why);
	if (back.kind === 'stale') {
		const { why } = back;
		const after = await record(project, run, { event: 'unlanded', task: undoing.task, why });
		return { run: after, outcome: { kind: 'given up', undoing, why } };
	}
	const lines = await mark(project, run, undoing);
	const after = await record(project, run, await undone(project, run, undoing, lines));
	return { run: after, outcome: { kind: 'undone', undoing, theirs: back.theirs } };
}

/** The list as it is now; null where there is none. Rejects with a `UserError` where it cannot be read as one. */
export async function readTodo({ todo, folder }: Project): Promise<Todo | null> {
	const read = await stableRead(todo);
	const parsed = read.kind === 'bytes' ? parseTodo(read.bytes, { optional: false }) : read;
	if (parsed.kind === 'broken') throw broken(path.relative(folder, todo), parsed);
	return parsed.kind === 'list' ? parsed.todo : null;
}

async function record(project: Project, run: Run, event: Event): Promise<Run> {
	return (await recordAll(project.state, [event])).reduce(advance, run);
}

/** Resolves to the lines where a byte was written. */
async function mark(project: Project, run: Run, undoing: Undoing): Promise<number[]> {
	const marker = openMarker(project.todo);
	const todo = await readTodo(project);
	const lines: number[] = [];
	for (const { id } of todo === null ? [] : boxesToUndo(todo, undoing, run)) {
		const result = await marker.mark(id, undoMark(undoing), false);
		if ('notNow' in result) throw listBusy(result.notNow);
		lines.push(...result.lines);
	}
	return lines;
}

async function undone(project: Project, run: Run, undoing: Undoing, lines: number[]): Promise<Event> {
	const { task, text, commit, sealed, why, box } = undoing;
	const tree = run.treeAtEnd && (await treeAfter(project, run.treeAtEnd, sealed));
	return { event: 'undone', task, text, commit, by: sealed.commit, why, box, lines, tree };
}

async function refuseElsewhere(project: Project, undoing: Undoing): Promise<void> {
	const { branch } = await position(project);
	if (branch === undoing.sealed.branch) return;
	throw new UserError({
		what: `An undo on ${nameOf(undoing)} is not finished, and ${branch.replace('refs/heads/', '')} is checked out.`,
		why: 'It was interrupted; the rest of it belongs to that branch.',
		fix: `git switch ${nameOf(undoing)}   and the same again`,
	});
}

function nameOf({ sealed }: Undoing): string {
	return sealed.branch.replace('refs/heads/', '');
}

function busy(why: string): UserError {
	return new UserError({
		what: 'The undo cannot be finished now.',
		why: `${why[0]!.toUpperCase()}${why.slice(1)}.`,
		fix: 'Wait until that git has ended; then nightloop undo: it goes on.',
	});
}

function listBusy(why: string): UserError {
	return new UserError({
		what: 'The code is taken back, but its box cannot be changed now.',
		why: `${why}: an editor may be writing it.`,
		fix: 'Look at it; then nightloop undo: it goes on.',
	});
}
