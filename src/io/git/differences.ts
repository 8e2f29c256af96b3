import type { Difference, LoopCommit } from '../../core/audit/facts.ts';
import { isListWith } from '../../core/audit/list-of.ts';
import { readTrailers } from '../../core/audit/trailers.ts';
import type { Signed } from '../../core/audit/trailers.ts';
import type { CommitId, TaskState } from '../../core/types.ts';
import { asText } from '../steering/steering-files.ts';
import type { Objects } from './objects.ts';
import { isSame, Unreadable } from './trees.ts';
import type { Changed, TreeEntry, Trees } from './trees.ts';

/** A commit as its object has it. */
export type RawCommit = Omit<LoopCommit, 'difference' | 'objects'>;

/** What the comparison goes by. Paths are one character a byte. */
export interface Ground {
	readonly objects: Objects;
	readonly trees: Trees;
	readonly commits: ReadonlyMap<CommitId, RawCommit>;
	/** The list on disk, and those on record. */
	readonly lists: readonly string[];
}

/**
 * In what each commit of the loop's differs from what it says. No candidate has to be there for it: what was judged is the
 * commit's own tree with the list as in its parent, and that tree's id is computed.
 */
export async function differencesOf(
	ground: Ground,
	commits: readonly RawCommit[],
): Promise<Map<CommitId, Difference>> {
	const { trees, lists } = ground;
	const cases = commits.map((commit) => caseOf(ground, commit));
	const pairs = cases.map(({ commit, parent }) => [parent?.tree ?? null, commit.tree] as const);
	await trees.prefetch(pairs, (folder) => lists.some((list) => list.startsWith(folder)));
	const found = new Map<CommitId, Difference>();
	for (const each of cases) {
		const difference = await readable(() => inLists(ground, each));
		if (difference) found.set(each.commit.id, difference);
	}
	const left = cases.filter(({ commit }) => !found.has(commit.id));
	await trees.prefetch(left.map(({ commit, parent }) => [parent?.tree ?? null, commit.tree] as const));
	for (const each of left) found.set(each.commit.id, await readable(() => inAll(ground, each)));
	return found;
}

interface Case {
	readonly commit: RawCommit;
	readonly signed: Signed;
	readonly parent: RawCommit | null;
}

function caseOf({ commits }: Ground, commit: RawCommit): Case {
	const parent = commit.parents.length === 1 ? commits.get(commit.parents[0]!) : undefined;
	return { commit, signed: readTrailers(commit.message), parent: parent ?? null };
}

async function readable<Found>(look: () => Promise<Found>): Promise<Found | Difference> {
	try {
		return await look();
	} catch (error) {
		if (!(error instanceof Unreadable)) throw error;
		return { kind: error.state === 'missing' ? 'unseen' : 'more' };
	}
}

/** What can be told from the lists alone. null: more must be looked at. */
async function inLists(
	{ trees, lists }: Ground,
	{ commit, signed, parent }: Case,
): Promise<Difference | null> {
	if (signed.kind === 'none' || signed.kind === 'malformed' || commit.parents.length !== 1)
		return { kind: 'none' };
	if (signed.kind === 'landing' && commit.tree === signed.tree) return { kind: 'none' };
	if (!parent) return { kind: 'unseen' };
	if (signed.kind === 'undo') return null;
	for (const path of lists)
		if ((await trees.withPathOf(commit.tree, parent.tree, path)) === signed.tree)
			return { kind: 'list', path: asText(path) };
	return null;
}

async function inAll(ground: Ground, { commit, signed, parent }: Case): Promise<Difference> {
	if (signed.kind === 'undo')
		return (await undoesMore(ground, commit, parent!, signed)) ? { kind: 'more' } : { kind: 'none' };
	const { tree, task } = signed as Extract<Signed, { kind: 'landing' }>;
	// Another list, such as one that was named on the command line.
	for (const [path, { after }] of await ground.trees.difference(parent!.tree, commit.tree)) {
		const isAllButIt = (await ground.trees.withPathOf(commit.tree, parent!.tree, path)) === tree;
		if (isAllButIt && (await isList(ground, after, task, ['done'])))
			return { kind: 'list', path: asText(path) };
	}
	return { kind: 'more' };
}

/**
 * Whether a commit does anything else than to take another one back. Where something was changed since, that was merged, and
 * its result is not known; all else must be as it was before.
 */
async function undoesMore(
	ground: Ground,
	commit: RawCommit,
	parent: RawCommit,
	{ of, task }: Extract<Signed, { kind: 'undo' }>,
): Promise<boolean> {
	const [undone, before] = undoneBy(ground, of);
	const isOurs = async (path: string, { before: from, after }: Changed) =>
		ground.lists.includes(path) || (await isList(ground, after ?? from, task, ANY));
	const landed = await ground.trees.difference(before.tree, undone.tree);
	let isRenamed = false;
	for (const [path, change] of landed) {
		const now = await ground.trees.at(parent.tree, path);
		isRenamed ||= now === null && change.after !== null;
		const isLeft =
			isSame(now, change.after) && !isSame(await ground.trees.at(commit.tree, path), change.before);
		if (isLeft && !(await isOurs(path, change))) return true;
	}
	const changed = isRenamed ? [] : await ground.trees.difference(parent.tree, commit.tree);
	for (const [path, change] of changed) if (!landed.has(path) && !(await isOurs(path, change))) return true;
	return false;
}

/** What is taken back, and what was before it. */
function undoneBy({ commits }: Ground, of: CommitId): readonly [RawCommit, RawCommit] {
	const undone = commits.get(of);
	const before = undone?.parents[0] === undefined ? undefined : commits.get(undone.parents[0]);
	if (!undone || !before) throw new Unreadable(of, 'missing');
	return [undone, before];
}

const ANY: readonly TaskState[] = ['open', 'done', 'parked', 'dropped'];

async function isList(
	{ objects }: Ground,
	entry: TreeEntry | null,
	...[task, states]: [Parameters<typeof isListWith>[1], readonly TaskState[]]
): Promise<boolean> {
	if (!entry?.mode.startsWith('100')) return false;
	await objects.load([entry.id]);
	const object = objects.get(entry.id);
	if (!object) throw new Unreadable(entry.id, 'missing');
	return object.type === 'blob' && isListWith(Buffer.from(object.content, 'latin1'), task, states);
}
