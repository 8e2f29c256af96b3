import { UserError } from '../core/errors.ts';
import { plainLine } from '../core/plain.ts';
import { advance, replay } from '../core/run/run.ts';
import { retold } from '../core/why/retold.ts';
import type { Event, Run, Undoing } from '../core/types.ts';
import { boxesToUndo, undoMark } from '../core/run/undo-boxes.ts';
import { finishUndo, readTodo } from '../io/finish-undo.ts';
import type { Finished } from '../io/finish-undo.ts';
import { obstaclesTo } from '../io/git/take-back.ts';
import { sealUndo } from '../io/git/undo.ts';
import { putRight, recover, recoverJournal } from '../io/integrity/integrity.ts';
import { readWhole, recordAll } from '../io/journal.ts';
import { takeLock } from '../io/lock.ts';
import { findProject, prepareFolders } from '../io/project.ts';
import type { Project } from '../io/project.ts';
import { checkRepository } from '../io/start.ts';
import { openMarker } from '../io/steering/marker.ts';
import { isWithinSession } from '../io/steering/within-session.ts';
import type { Options } from './options.ts';
import { conflict, isMeant, landingNamed, listOnRecord, refuseUnlisted } from './undo-target.ts';
import type { Known } from './undo-target.ts';
import { listed, outcomeLines } from './undo-words.ts';

/** Takes one landed task's code back, by a commit of its own, and opens its box, or drops it. */
export async function undo({ folder, words, flags }: Options): Promise<number> {
	const project = await findProject(folder, flags.todo);
	if (isWithinSession(project)) throw withinSession();
	const lock = await lockWorkTree(project);
	try {
		const before = await finishInterrupted(project);
		if (words.length === 0 && before.outcome === null) throw nothingNamed();
		if (await isDone(project, words, before)) return 0;
		await undoAnew(project, words, before.known, {
			why: flags.why?.trim() ?? '',
			box: flags.drop ? 'drop' : 'open',
		});
		return 0;
	} finally {
		await lock.release();
	}
}

type Wish = Pick<Undoing, 'why' | 'box'>;
type Before = Pick<Finished, 'outcome'> & { readonly known: Known };

/** As a start of the loop does, what a dead one left is put right first; and what an undo left that was killed. */
async function finishInterrupted(project: Project): Promise<Before> {
	tell(await recoverJournal(project));
	const { entries, lost } = await readWhole(project.state);
	tell(lost);
	tell(await recover(project));
	await checkRepository(project);
	const { run, outcome } = await patiently(() => finishUndo(project, replay(entries)));
	if (outcome) tell(await outcomeLines(project, outcome));
	return { outcome, known: { run, entries: retold(entries), todo: await readTodo(project) } };
}

async function isDone(
	project: Project,
	words: readonly string[],
	{ outcome, known }: Before,
): Promise<boolean> {
	if (outcome === null || words.length === 0) return outcome !== null;
	return outcome.kind === 'undone' && isMeant(project, words, known, outcome.undoing);
}

async function undoAnew(project: Project, words: readonly string[], known: Known, wish: Wish): Promise<void> {
	const { run } = known;
	if (run.attempt?.sealed) throw halfLanded(run.attempt.text);
	const { landing, text } = await landingNamed(project, words, known);
	const ownList = listOnRecord(landing, known.entries);
	refuseUnlisted(project, landing.task, ownList, known);
	await prepareFolders(project);
	const notes = await putRight(project, openMarker(project.todo).mark, false);
	tell(notes);
	const { task, commit } = landing;
	const whose = { task, box: wish.box };
	const reversal = await sealUndo(project, landing, {
		why: wish.why,
		marking: { as: undoMark(whose), optional: false, boxes: (todo) => boxesToUndo(todo, whose, run) },
		ownList,
	});
	if (reversal.kind === 'conflict') throw await conflict(project, landing, reversal.files);
	const { sealed } = reversal;
	const obstacles = await obstaclesTo(project, sealed);
	if (obstacles.length > 0) throw inTheWay(obstacles, run);
	const undoing: Undoing = { task, text, commit, sealed, ...wish };
	const begun = await record(project, run, [...notes.map(asNotice), { event: 'undoing', undoing }]);
	const { outcome } = await patiently(() => finishUndo(project, begun));
	if (outcome?.kind === 'given up') throw givenUp(outcome.why);
	if (outcome) tell(await outcomeLines(project, outcome));
}

async function record(project: Project, before: Run, events: readonly Event[]): Promise<Run> {
	return (await recordAll(project.state, events)).reduce(advance, before);
}

function asNotice(text: string): Event {
	return { event: 'notice', text };
}

/** The list may have been saved just now, or have unsaved edits: its box is changed when it has been quiet. */
async function patiently<Result>(act: () => Promise<Result>): Promise<Result> {
	const timer = setTimeout(
		() => tell(['Waiting for the list: an editor has unsaved edits of it. A minute at most.']),
		4000,
	);
	try {
		return await act();
	} finally {
		clearTimeout(timer);
	}
}

function tell(lines: readonly string[]): void {
	for (const line of lines) console.log(line);
}

async function lockWorkTree({ gitDir }: Project): ReturnType<typeof takeLock> {
	try {
		return await takeLock(gitDir);
	} catch (error) {
		if (!(error instanceof UserError)) throw error;
		const { what, exitCode } = error;
		throw new UserError({
			what,
			why: 'It holds the work tree while it runs: an undo would change what it works on.',
			fix: 'Ctrl-C there ends it after the attempt; then undo.',
			exitCode,
		});
	}
}

function withinSession(): UserError {
	return new UserError({
		what: 'nightloop undo was run within a session or a check of the loop.',
		why: 'What was approved is for a person to take back.',
		fix: 'Run it in a terminal of your own.',
	});
}

function nothingNamed(): UserError {
	return new UserError({
		what: 'nightloop undo was not told what to take back.',
		why: 'It takes back one task: by its line, its number, a part of its text, or the commit that it landed as.',
		fix: 'nightloop undo TASK|COMMIT   (git log --grep=Nightloop-Task shows what landed)',
	});
}

function halfLanded(text: string): UserError {
	return new UserError({
		what: `The landing of "${plainLine(text, 80)}" is not finished.`,
		why: 'The loop was ended in the midst of it, and its next start does the rest.',
		fix: 'nightloop --once   and then undo',
	});
}

function inTheWay(files: readonly string[], { leftover, tasks }: Run): UserError {
	const text = leftover && tasks.get(leftover)?.text;
	return new UserError({
		what: `There are changes that are not committed in files that the undo changes: ${listed(files)}.`,
		why: text
			? `They may be yours, or of the attempt on "${plainLine(text, 80)}", which is not finished. Nothing was changed.`
			: 'They would be lost. Nothing was changed.',
		fix: text
			? 'Let the attempt come to its end: nightloop --once   and then undo'
			: 'Commit them, or move them out of the way: git stash -u',
	});
}

function givenUp(why: string): UserError {
	return new UserError({
		what: 'Nothing was taken back.',
		why: `Something came in between: ${why}.`,
		fix: 'Try it again.',
	});
}
