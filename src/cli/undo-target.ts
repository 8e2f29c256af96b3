import { existsSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../core/errors.ts';
import { asLanding } from '../core/run/landings.ts';
import type { Landing, LoopCommit } from '../core/run/landings.ts';
import { namedTask } from '../core/why/named-task.ts';
import { quoted } from '../core/why/quoted.ts';
import { plainLine } from '../core/plain.ts';
import { leavesOf } from '../core/todo/progress.ts';
import { findTask } from '../core/todo/todo.ts';
import type { Entry, Run, Sealed, Task, TaskId, Todo, Undoing } from '../core/types.ts';
import {
	commitNamed,
	commitsTouching,
	isCutOff,
	isOnBranch,
	landingsOnBranch,
} from '../io/git/loop-commits.ts';
import type { Project } from '../io/project.ts';
import { asText } from '../io/steering/steering-files.ts';
import { theTask } from './the-task.ts';
import { listed } from './undo-words.ts';

/** What is known besides git. */
export interface Known {
	readonly run: Run;
	readonly entries: readonly Entry[];
	readonly todo: Todo | null;
}

/**
 * The landing that the words of the command line name: a commit, or a task's last one that still stands. Rejects with a
 * `UserError` where there is none.
 */
export async function landingNamed(
	project: Project,
	words: readonly string[],
	known: Known,
): Promise<{ readonly landing: Landing; readonly text: string }> {
	const named = await commitMeant(project, words, known);
	if (named) return withText(await standingAt(project, named), known);
	const { task, text } = theTask(words, known.run, known.todo, known.entries);
	const { standing, undoneBy, cutOff } = await landingsOnBranch(project, task);
	const landing = standing[0];
	if (landing) return { landing, text };
	if (cutOff) throw isShallow(cutOff);
	if (undoneBy.size > 0) throw alreadyUndone(text, [...undoneBy.values()].at(-1)!);
	const ownTasks = known.todo ? leavesOf(known.todo, task) : [];
	throw ownTasks.length > 0 ? isParent(text, ownTasks) : neverLanded(text);
}

/** Whether the words name what an interrupted undo was about. */
export async function isMeant(
	project: Project,
	words: readonly string[],
	known: Known,
	{ task, commit }: Undoing,
): Promise<boolean> {
	const named = await commitMeant(project, words, known);
	if (named) return named.commit === commit;
	const found = namedTask(words.join(' '), known.run, known.todo, known.entries);
	return found.kind === 'task' && found.task === task;
}

/** Where the list was that the task landed by; null where that is not on record, or the landing changed none. */
export function listOnRecord({ commit }: Landing, entries: readonly Entry[]): Sealed['list'] {
	const sealed = entries.flatMap((entry) => (entry.event === 'sealed' ? [entry.sealed] : []));
	return sealed.find((each) => each.commit === commit)?.list ?? null;
}

/** Throws a `UserError` where the box of a landed task cannot be seen, or is in another list than the one that is meant. */
export function refuseUnlisted(
	{ root, folder, todo }: Project,
	task: TaskId,
	ownList: Sealed['list'],
	known: Known,
): void {
	if (known.todo === null) throw noList(path.relative(folder, todo));
	const list = ownList === null ? todo : path.join(root, ownList);
	if (list === todo || !existsSync(list) || findTask(known.todo, task)) return;
	const [name, other] = [list, todo].map((file) => path.relative(folder, file)) as [string, string];
	throw new UserError({
		what: `Its box is not in ${other}: it landed by ${name}.`,
		why: 'Its code would be taken back, and its box stay ticked. Nothing was changed.',
		fix: `nightloop undo ${task} --todo ${quoted(name)}`,
	});
}

/** Names what to undo first. `files`: one character a byte. */
export async function conflict(
	project: Project,
	landing: Landing,
	files: readonly string[],
): Promise<UserError> {
	const later = await commitsTouching(project, landing.commit, files);
	const undone = new Set(later.map(({ undoes }) => undoes));
	const landings = later.filter((each) => asLanding(each) && !undone.has(each.commit));
	const commands = [...landings, landing].map(
		({ commit, subject }) => `nightloop undo ${commit.slice(0, 9)}   # ${plainLine(subject, 60)}`,
	);
	const byHand = `git revert ${landing.commit.slice(0, 9)}, and open its box yourself`;
	return new UserError({
		what: `It cannot be taken back alone: later commits changed the same lines of ${listed(files.map(asText))}.`,
		why: 'Nothing was changed: which of the lines should stay is not for a program to guess.',
		fix:
			landings.length === 0
				? `By hand: ${byHand}.`
				: ['Take the later tasks back first:', ...commands, `Or by hand: ${byHand}.`].join('\n       '),
	});
}

/** null: a task is meant. What looks like an id may be the one of a commit that is none of ours, and of a task. */
async function commitMeant(
	project: Project,
	words: readonly string[],
	{ run, entries, todo }: Known,
): Promise<LoopCommit | null> {
	const name = words.join(' ');
	const byId = /^[\da-f]{7,64}$/i.test(name) ? await commitNamed(project, name) : null;
	if (byId && byId.tasks.length > 0) return byId;
	const task = namedTask(name, run, todo, entries);
	if (task.kind === 'none') return byId ?? commitNamed(project, name);
	return task.kind === 'task' && task.commit ? commitNamed(project, task.commit) : null;
}

async function standingAt(project: Project, named: LoopCommit): Promise<Landing> {
	const landing = asLanding(named);
	const id = named.commit.slice(0, 9);
	if (isCutOff(project, named)) throw isShallow(named);
	if (landing === null) throw named.undoes === '' ? noLanding(id, named.tasks) : isUndo(id);
	if (!(await isOnBranch(project, landing.commit))) throw notHere(id);
	const { undoneBy } = await landingsOnBranch(project, landing.task);
	const by = undoneBy.get(landing.commit);
	if (by) throw alreadyUndone(landing.subject, by);
	return landing;
}

function withText(landing: Landing, { run, todo }: Known): { landing: Landing; text: string } {
	const id: TaskId = landing.task;
	const text = (todo && findTask(todo, id)?.text) ?? (run.tasks.get(id)?.text || landing.subject);
	return { landing, text };
}

function noList(name: string): UserError {
	return new UserError({
		what: `There is no ${name}: its box would not be opened.`,
		why: 'The code would be taken back, and the box stay ticked wherever the list is now. Nothing was changed.',
		fix: 'Put it back, or name the list with --todo FILE. Where there is none any more: git revert',
	});
}

function isParent(text: string, leaves: readonly Task[]): UserError {
	return new UserError({
		what: `${plainLine(text)} did not land itself: it is ticked with the last of its own tasks.`,
		why: 'Each of these landed, or is to land, as a commit of its own.',
		fix: leaves
			.slice(0, MOST_LISTED)
			.map((leaf) => `nightloop undo ${leaf.id}   # ${plainLine(leaf.text, 60)}`)
			.join('\n       '),
	});
}

const MOST_LISTED = 10;

function alreadyUndone(text: string, by: string): UserError {
	return new UserError({
		what: `${plainLine(text)} is undone already, by ${by.slice(0, 9)}.`,
		why: 'Nothing of it that landed stands on this branch.',
		fix: 'Nothing is left to do: an open box is worked on by the next run.',
	});
}

function neverLanded(text: string): UserError {
	return new UserError({
		what: `${plainLine(text)} has not landed on this branch.`,
		why: 'No commit that HEAD leads to has its trailer: there is no code of it to take back.',
		fix: 'git log --grep=Nightloop-Task shows what landed here; switch to the branch where it did.',
	});
}

function isShallow({ commit, subject }: LoopCommit): UserError {
	return new UserError({
		what: `${commit.slice(0, 9)} (${plainLine(subject, 60)}) is where this shallow clone ends.`,
		why: 'What it stands on is not here: what the commit changed cannot be told.',
		fix: 'git fetch --unshallow   and then undo',
	});
}

function noLanding(id: string, tasks: readonly string[]): UserError {
	return new UserError({
		what: `${id} is no commit that landed one task.`,
		why:
			tasks.length === 0
				? 'It has no trailer of nightloop: its box, if it has one, is not known.'
				: 'It is a merge, or several commits made one: what belongs to which task is not known.',
		fix: `git revert ${id}`,
	});
}

function isUndo(id: string): UserError {
	return new UserError({
		what: `${id} is an undo itself.`,
		why: 'Its task is open again, or dropped: to land it again is the work of the loop.',
		fix: `Open its box and start the loop; or, to have the old code back as it was: git revert ${id}`,
	});
}

function notHere(id: string): UserError {
	return new UserError({
		what: `${id} is not on the branch that is checked out.`,
		why: 'What is not part of it cannot be taken back from it.',
		fix: `git branch --contains ${id} shows where it is: switch there.`,
	});
}
