import path from 'node:path';
import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { loop } from '../../loop.ts';
import { exitCode } from '../core/exit-code.ts';
import { Mishap, UserError } from '../core/errors.ts';
import { replay } from '../core/run/run.ts';
import type { Entry, Mode, Run } from '../core/types.ts';
import { recover, recoverJournal } from '../io/integrity/integrity.ts';
import { openJournal, readJournal } from '../io/journal.ts';
import type { Journal } from '../io/journal.ts';
import { isMachines, mishap } from '../io/mishap.ts';
import { againIfKilled } from '../io/git/killed.ts';
import { position } from '../io/git/position.ts';
import { openPrivateIndex } from '../io/git/private-index.ts';
import { prepareFolders } from '../io/project.ts';
import type { Project } from '../io/project.ts';
import { recall } from '../io/recall.ts';
import { packageRoot } from '../io/shipped.ts';
import { changedInTree, checkAgents, checkRepository, refuseChanges } from '../io/start.ts';
import type { Standing } from '../io/start.ts';
import { readStart } from '../io/start-list.ts';
import { asText } from '../io/steering/steering-files.ts';
import { noteUntracked, readUntracked } from '../io/untracked.ts';
import { startedFrom } from '../io/steering/within-session.ts';
import { openWorld } from '../io/world.ts';
import type { OpenWorld } from '../io/world.ts';
import { overridesOf } from './options.ts';
import type { Flags } from './options.ts';
import { refuseOtherList } from './owed-landing.ts';
import { openTelling } from './telling.ts';
import type { Narrator } from './telling.ts';

/** Works through the list until the loop ends, by who holds the lock of the work tree. Resolves to the exit code. */
export async function night(project: Project, flags: Flags, narrate?: Narrator): Promise<number> {
	const { known, recovered } = await readAndRecover(project);
	const { before, finished } = await withoutUndo(project, replay(known));
	refuseOtherList(project, before, known);
	const overrides = overridesOf(flags);
	const rules = await readStart(project, overrides, before, startedFrom(project));
	const [standing, missing] = await Promise.all([
		checkRepository(project),
		checkAgents([rules.worker, ...rules.reviewers]),
	]);
	const branch = await checkContinuation(project, before, standing);
	await prepareFolders(project);
	if (before.leftover === null) await noteUntracked(project, standing.untracked);
	const leaveOut = readUntracked(project);
	const telling = await openTelling(project, known, flags, narrate);
	const stopNow = new AbortController();
	const journal = await openRecord(project, known, telling.onEntry, stopNow.signal);
	const world = await openWorld({
		project,
		overrides,
		rules,
		mode: modeOf(flags),
		journal,
		leaveOut,
		branch,
		stopNow,
		...telling,
		notices: [...recovered, ...finished, ...rules.notices, ...missing, ...warnings(project, leaveOut)],
	});
	// From here on nothing is hot: code made fast in the background costs no less of the processor, and 20 MB in a night.
	setFlagsFromString('--no-opt');
	try {
		return await untilEnd(world);
	} finally {
		for (const close of [journal.close, telling.close]) await close();
	}
}

/** Where it cannot even be written down that the loop was stopped, it ends as if it had been killed. */
async function untilEnd(world: OpenWorld): Promise<number> {
	try {
		return exitCode(await loop(world));
	} catch (error) {
		const stop = world.stop();
		if (stop.kind === 'none' || !(error instanceof Mishap || isMachines(error))) throw error;
		console.error(`nightloop: stopped by ${stop.signal}, which could not be recorded: ${mishap(error)}`);
		return exitCode({ kind: 'signal', signal: stop.signal });
	} finally {
		await world.dispose();
	}
}

/** A journal that is refused is so before anything is touched, but for the journal itself where a session destroyed it. */
async function readAndRecover(project: Project): Promise<{ known: readonly Entry[]; recovered: string[] }> {
	const journal = await recoverJournal(project);
	const before = await readJournal(project.state);
	const rest = await recover(project);
	const known = rest.length > 0 ? await readJournal(project.state) : before;
	return { known, recovered: [...journal, ...rest] };
}

/** The journal; where it was lost, with what is known again, which is told. */
async function openRecord(
	project: Project,
	known: readonly Entry[],
	onEntry: (entry: Entry) => void,
	signal: AbortSignal,
): Promise<Journal> {
	const recalled = await recall(project, known);
	recalled.forEach(onEntry);
	const tell = (text: string) => onEntry({ event: 'notice', text, at: new Date().toISOString() });
	return openJournal(project.state, {
		signal,
		onTrouble: (message) =>
			tell(
				message === null ? 'the journal can be written again' : `waiting to write the journal: ${message}`,
			),
	});
}

/** What an undo left that was killed is finished first. Loaded only then: a start should not pay for it. */
async function withoutUndo(project: Project, run: Run): Promise<{ before: Run; finished: string[] }> {
	if (run.undoing === null) return { before: run, finished: [] };
	const [{ finishUndo }, { outcomeLines }] = await Promise.all([
		import('../io/finish-undo.ts'),
		import('./undo-words.ts'),
	]);
	const { run: before, outcome } = await finishUndo(project, run);
	return { before, finished: outcome ? await outcomeLines(project, outcome) : [] };
}

function modeOf(flags: Flags): Mode {
	if (flags.once) return 'once';
	return flags['until-done'] ? 'until-done' : 'forever';
}

/** Whether the work tree is as this run, or the end of the last one, left it. Resolves to the branch to work on. */
async function checkContinuation(project: Project, before: Run, { changed }: Standing): Promise<string> {
	const { head, branch } = await position(project);
	if (before.leftover !== null && before.branch !== null && before.branch !== branch)
		throw elsewhere(before.branch, branch);
	if (changed.length === 0) return branch;
	if (before.state === 'running') {
		// Killed between two attempts: what is no more than staged is in nobody's way.
		if (before.leftover !== null || (await changedInTree(project, changed)).length === 0) return branch;
	}
	const left = before.state === 'ended' ? before.treeAtEnd : null;
	const leaveOut = readUntracked(project);
	const tree = () => openPrivateIndex(project).treeOf(head, leaveOut, 'left out');
	if (left === null || (await againIfKilled(tree)) !== left) throw refuseChanges(changed);
	return branch;
}

function elsewhere(left: string, now: string): UserError {
	const name = left.replace('refs/heads/', '');
	return new UserError({
		what: `An attempt on ${name} is not finished, and ${now.replace('refs/heads/', '')} is checked out.`,
		why: 'Its changes lie in the work tree and belong to that branch.',
		fix: `git switch ${name}`,
	});
}

function warnings(project: Project, leaveOut: readonly string[]): string[] {
	const inside =
		!path.relative(project.root, packageRoot()).startsWith('..') &&
		process.env['NIGHTLOOP_ROLE'] === undefined;
	return [
		...(leaveOut.length > 0
			? [
					`${leaveOut.length === 1 ? '1 untracked file was' : `${leaveOut.length} untracked files were`} here before (${leaveOut.slice(0, 3).map(asText).join(', ')}): left out of what lands`,
				]
			: []),
		...(inside
			? ['nightloop is installed inside the repository that it runs on: an agent could change it']
			: []),
	];
}
