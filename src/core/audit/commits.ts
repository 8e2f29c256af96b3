import { tellsOf, toldElsewhere } from './elsewhere.ts';
import type { Elsewhere } from './elsewhere.ts';
import type { History, LoopCommit } from './facts.ts';
import { sessionOf, readTrailers } from './trailers.ts';
import type { Signed } from './trailers.ts';
import type { Landing, Story, Undone } from './telling.ts';
import type { CommitId, TaskId, TreeId } from '../types.ts';

/** `by-hand`: a person did it, or brought it here; nothing is wrong with that. */
export type State = 'consistent' | 'by-hand' | 'BROKEN';

/** A commit of the loop's, and whether all that is known of it agrees. */
export interface CommitLine {
	readonly about: 'landing' | 'undo';
	readonly state: State;
	/** Why it is not consistent, or what could not be seen. */
	readonly why: readonly string[];
	/** What it was judged from. */
	readonly by: 'the journal' | 'another journal' | 'its trailers';
	readonly commit: CommitId;
	readonly tree: TreeId | null;
	readonly task: TaskId | null;
	readonly text: string;
	readonly attempt: number | null;
	readonly worker: string | null;
	readonly reviewers: readonly string[];
	/** Of an undo: the commit that it takes back. */
	readonly undoes: CommitId | null;
}

/**
 * A line for each commit of the loop's, oldest first, then those on record that are nowhere. `own` null: no journal. What that
 * says nothing of is judged by the one of `others` that does. Whether they are where they should be is not looked at yet.
 */
export function judgeCommits(
	history: History,
	own: Story | null,
	others: readonly Elsewhere[],
): CommitLine[] {
	const known = new Map(history.commits.map((commit) => [commit.id, readTrailers(commit.message)]));
	const seen = new Map<CommitId, Signed>();
	const stories = [own, ...others.map(({ story }) => story)].filter((story) => story !== null);
	const isOurs = ({ id, committer }: LoopCommit) =>
		known.get(id)!.kind !== 'none' || committer === COMMITTER || stories.some((story) => tellsOf(story, id));
	const lines = history.commits.filter(isOurs).map((commit) => {
		const signed = known.get(commit.id)!;
		const teller = toldElsewhere(commit.id, own, others);
		const line = lineOf({ history, story: teller?.story ?? own, teller, seen, commit, signed });
		seen.set(commit.id, signed);
		return line;
	});
	const lost = [...(own?.landings.values() ?? [])].filter(({ entry }) => history.missing.has(entry.commit));
	return [...lines, ...lost.map(lostLine)];
}

interface Case {
	readonly history: History;
	readonly story: Story | null;
	/** Whose story that is; null: this work tree's. */
	readonly teller: Elsewhere | null;
	/** The older ones. */
	readonly seen: ReadonlyMap<CommitId, Signed>;
	readonly commit: LoopCommit;
	readonly signed: Signed;
}

function lineOf(one: Case): CommitLine {
	const { story, teller, commit, signed } = one;
	const journal = teller ? 'another journal' : 'the journal';
	const landing = story?.landings.get(commit.id);
	const undo = story?.undos.get(commit.id);
	const isUndo = signed.kind === 'undo' || undo !== undefined;
	return {
		...(isUndo ? undoFields(signed) : landingFields(signed, landing)),
		...stateOf(one, landing, undo),
		by: landing || undo ? journal : 'its trailers',
		commit: commit.id,
		text: landing?.entry.text ?? (isUndo ? subjectOf(commit.message) : textOf(commit.message)),
	};
}

function stateOf(
	one: Case,
	landing: Landing | undefined,
	undo: Undone | undefined,
): Pick<CommitLine, 'state' | 'why'> {
	const { story, teller, commit } = one;
	const came = story && !landing && !undo ? cameFrom(one, story) : null;
	const flaws = allFlaws(one, landing, undo);
	const unseen = flaws.length === 0 && commit.difference.kind === 'unseen' ? [UNSEEN] : [];
	const whence = [...(came ? [came.why] : []), ...(teller ? [`by the journal of ${teller.of}`] : [])];
	return {
		state: flaws.length > 0 ? 'BROKEN' : (came?.state ?? 'consistent'),
		why: [...new Set([...flaws, ...unseen, ...whence])],
	};
}

function allFlaws(one: Case, landing: Landing | undefined, undo: Undone | undefined): string[] {
	const { story, commit, signed } = one;
	return [
		...flawsOf(commit, signed),
		...(signed.kind === 'undo' ? undoFlaws(one, signed) : []),
		...(story ? recordFlaws(one, landing, undo) : []),
	];
}

/** What is wrong with it by itself. */
function flawsOf({ objects, parents, committer, difference }: LoopCommit, signed: Signed): string[] {
	const rules: readonly (readonly [boolean, string])[] = [
		[objects === 'intact', 'an object of git’s that belongs to it is not what its name says'],
		[parents.length === 1, `it has ${parents.length} parents, and the loop makes commits with one`],
		[committer === COMMITTER, 'its committer is not nightloop: it was made, or made anew, by somebody else'],
		[signed.kind !== 'none', 'it has no trailers of the loop’s'],
		[difference.kind !== 'more', MORE[signed.kind === 'undo' ? 'undo' : 'landing']],
	];
	const malformed = signed.kind === 'malformed' ? signed.why : [];
	return [...malformed, ...rules.flatMap(([holds, why]) => (holds ? [] : [why]))];
}

const COMMITTER = 'nightloop <nightloop@localhost.invalid>';
const MORE = {
	landing: 'it differs from the tree that was judged in more than the list',
	undo: 'it changes more than what it takes back',
};
const UNSEEN = 'what it was made of is not here: its tree could not be compared';

function undoFlaws({ seen, history }: Case, { of, task }: Extract<Signed, { kind: 'undo' }>): string[] {
	const before = [...seen.values()].filter((other) => other.kind === 'undo' && other.of === of);
	const twice = before.length > 0 ? ['what it takes back was taken back before'] : [];
	const undone = seen.get(of);
	if (undone?.kind === 'landing')
		return [...twice, ...(undone.task === task ? [] : ['it takes back another task'])];
	return [
		...twice,
		...(history.unseen.length > 0 && !undone ? [] : ['what it takes back is no landed commit before it']),
	];
}

/** What the journal says of it otherwise. */
function recordFlaws(
	{ history, commit, signed }: Case,
	landing: Landing | undefined,
	undo: Undone | undefined,
): string[] {
	const isOlder =
		(landing ?? undo) && history.before.has(commit.id) ? ['it was there when the journal began'] : [];
	const says = landing ? landingFlaws(commit, signed, landing) : [];
	const differs = undo && !(signed.kind === 'undo' && signed.of === undo.of && signed.task === undo.task);
	return [...isOlder, ...says, ...(differs ? ['the journal says that it takes back something else'] : [])];
}

function landingFlaws({ parents, difference }: LoopCommit, signed: Signed, landing: Landing): string[] {
	const { entry, sealed, worker, reviewers, faults } = landing;
	if (signed.kind !== 'landing') return [...faults, 'the journal says that a task landed with it'];
	const rules: readonly (readonly [boolean, string])[] = [
		[signed.task === entry.task, 'task'],
		[signed.attempt === entry.attempt, 'attempt'],
		[signed.tree === entry.tree, 'tree'],
		[signed.worker === worker, 'worker'],
		[signed.reviewers.join('\n') === reviewers.join('\n'), 'reviewers'],
	];
	const others = rules.flatMap(([holds, what]) => (holds ? [] : [what]));
	const isElsewhere = sealed !== null && sealed.head !== parents[0];
	const isOther = sealed !== null && difference.kind === 'list' && difference.path !== sealed.list;
	return [
		...faults,
		...(others.length > 0 ? [`the journal names another ${others.join(', ')} than its trailers`] : []),
		...(isElsewhere ? ['it stands on another commit than the one it was made for'] : []),
		...(isOther ? ['it differs from what was judged in another file than the list'] : []),
	];
}

/** Where one comes from that is not on record as landed. */
function cameFrom({ history, commit }: Case, story: Story): { state: State; why: string } {
	const { id } = commit;
	if (story.pending === id) return { state: 'consistent', why: 'it is just landing: its record follows' };
	if (history.before.has(id))
		return { state: 'consistent', why: 'by its trailers alone: it is older than the journal' };
	if (history.fetched.has(id) && !story.sealed.has(id))
		return { state: 'by-hand', why: 'by its trailers alone: it was fetched from elsewhere' };
	return { state: 'BROKEN', why: 'no landing of it is on record' };
}

type Fields = Pick<CommitLine, 'about' | 'tree' | 'task' | 'attempt' | 'worker' | 'reviewers' | 'undoes'>;
const NO_FIELDS = { tree: null, task: null, attempt: null, worker: null, reviewers: [], undoes: null };

function landingFields(signed: Signed, landing: Landing | undefined): Fields {
	if (landing) {
		const { tree, task, attempt, worker, reviewers } = landing.entry;
		return { ...NO_FIELDS, about: 'landing', tree, task, attempt, worker, reviewers };
	}
	if (signed.kind !== 'landing') return { ...NO_FIELDS, about: 'landing' };
	const { tree, task, attempt, worker, reviewers } = signed;
	const sessions = { worker: sessionOf(worker), reviewers: reviewers.map(sessionOf) };
	return { ...NO_FIELDS, about: 'landing', tree, task, attempt, ...sessions };
}

function undoFields(signed: Signed): Fields {
	const undo = signed.kind === 'undo' ? { task: signed.task, undoes: signed.of } : {};
	return { ...NO_FIELDS, about: 'undo', ...undo };
}

function lostLine({ entry, faults }: Landing): CommitLine {
	return {
		...landingFields({ kind: 'none' }, undefined),
		tree: entry.tree,
		task: entry.task,
		attempt: entry.attempt,
		worker: entry.worker,
		reviewers: entry.reviewers,
		state: faults.length > 0 ? 'BROKEN' : 'consistent',
		why: ['it is on record as landed, and there is no such commit', ...faults],
		by: 'the journal',
		commit: entry.commit,
		text: entry.text,
	};
}

/** Below an undo's subject stands why. */
function subjectOf(message: string): string {
	return message.slice(0, message.indexOf('\n'));
}

/** The loop writes a text that its subject cuts in full below it. */
function textOf(message: string): string {
	const [subject = '', body = '', ...more] = message.trimEnd().split(/\n\n+/);
	return more.length > 0 ? body : subject;
}
