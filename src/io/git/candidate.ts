import { changesOf } from './changes-of.ts';
import { onceMore, seeWhole } from './collected.ts';
import { DURABLE, isGitError } from './git.ts';
import type { Attempt, Change, CommitId, Proposal, TreeId } from '../../core/types.ts';
import { isNotes, notesFlaw } from '../../core/notes.ts';
import { memoryTokens } from './memory-size.ts';
import { isShortage } from '../mishap.ts';
import { position } from './position.ts';
import type { PrivateIndex } from './private-index.ts';
import type { Project } from '../project.ts';
import { asText } from '../steering/steering-files.ts';
import { entriesBetween } from './tree-entries.ts';

/**
 * Makes a commit object of the work tree as the worker left it, on the attempt's base. Moves no branch and touches no
 * index but our own. What would be reckless to hash is refused, with the finding to give back.
 */
export function propose(
	project: Project,
	index: PrivateIndex,
	attempt: Attempt,
	leaveOut: readonly string[],
): Promise<Proposal> {
	return onceMore(async () => {
		const { head } = await position(project);
		const refusal = tooMuch((await index.untracked(head)).filter((name) => !leaveOut.includes(name)));
		if (refusal) return refusal;
		// Steering files are as of HEAD, so that a person's own commit of them is not undone by the landing.
		const tree = await hash(index, head, leaveOut);
		if (typeof tree !== 'string') return tree;
		const undone = await undoneSince(project, attempt.base, head, tree);
		if (undone) return undone;
		const kept = await keptFromNotes(project, attempt, tree);
		if (kept) return kept;
		const message = `candidate of attempt ${attempt.number}: ${attempt.text}`;
		const [{ changes, weakened }, commit] = await Promise.all([
			changesOf(project, attempt.base, tree),
			commitTree(project, tree, [attempt.base], message),
		]);
		await project.git(['update-ref', HELD, commit]);
		await seeWhole(project, commit, attempt.base);
		return {
			kind: changes.length === 0 ? 'unchanged' : 'candidate',
			candidate: { commit, tree, base: attempt.base, head, changes, weakened },
		};
	});
}

/** How the work tree differs from a commit, as a candidate of it would; null where none would be made of it. */
export async function changesLeft(
	project: Project,
	index: PrivateIndex,
	base: CommitId,
	leaveOut: readonly string[],
): Promise<readonly Change[] | null> {
	const { head } = await position(project);
	if (tooMuch((await index.untracked(head)).filter((name) => !leaveOut.includes(name)))) return null;
	const tree = await hash(index, head, leaveOut);
	return typeof tree === 'string' ? (await changesOf(project, base, tree)).changes : null;
}

/** A commit object that nobody but the loop has written; no hook, no signature, no ref. */
export async function commitTree(
	project: Project,
	tree: TreeId,
	parents: readonly CommitId[],
	message: string,
): Promise<CommitId> {
	const from = parents.flatMap((parent) => ['-p', parent]);
	const commit = await project.git(['-c', 'commit.gpgSign=false', 'commit-tree', tree, ...from, '-F', '-'], {
		// What a commit message cannot hold.
		input: message.replaceAll('\0', ''),
		env: COMMITTER,
		durable: DURABLE,
	});
	return commit.trim() as CommitId;
}

/** Held until the next one is made: what no ref holds could be collected while it is judged. */
export const HELD = 'refs/nightloop/candidate';

const COMMITTER = { GIT_COMMITTER_NAME: 'nightloop', GIT_COMMITTER_EMAIL: 'nightloop@localhost.invalid' };
const MOST_NEW_FILES = 5000;
const DEPENDENCIES =
	/(?:^|\/)(?:node_modules|bower_components|\.venv|venv|site-packages|__pycache__|\.gradle|\.tox)\//;

function tooMuch(untracked: readonly string[]): Proposal | null {
	const dependencies = untracked.filter((name) => DEPENDENCIES.test(name));
	if (dependencies.length > 0)
		return refused(
			'installed dependencies lie in the work tree and are not ignored: add them to .gitignore or remove them',
			dependencies,
		);
	const nested = untracked.filter((name) => name.endsWith('/'));
	if (nested.length > 0)
		return refused('a git repository was made inside the repository: remove it or its .git', nested);
	if (untracked.length <= MOST_NEW_FILES) return null;
	return refused(
		`${untracked.length} new files, more than ${MOST_NEW_FILES}: generated files belong into .gitignore`,
		untracked,
	);
}

/** What was committed since base is in no diff to base: were it taken back, no reviewer would see that it is. */
async function undoneSince(
	project: Project,
	base: CommitId,
	head: CommitId,
	tree: TreeId,
): Promise<Proposal | null> {
	if (head === base) return null;
	const [since, shown] = await Promise.all([
		entriesBetween(project, head, tree),
		entriesBetween(project, base, tree),
	]);
	const seen = new Set(shown.map(({ file }) => file));
	const undone = since.map(({ file }) => file).filter((file) => !seen.has(file));
	if (undone.length === 0) return null;
	return refused(
		'it takes back what was committed since the first attempt began: put it back as it is in HEAD',
		undone,
	);
}

/** What may not land of the notes' task, judged by rule: no reviewer is spent on it. */
async function keptFromNotes(
	project: Project,
	{ task, base }: Attempt,
	tree: TreeId,
): Promise<Proposal | null> {
	if (!isNotes(task)) return null;
	const [{ changes }, before, after] = await Promise.all([
		changesOf(project, base, tree),
		memoryTokens(project, base),
		memoryTokens(project, tree),
	]);
	const flaw = notesFlaw(changes, `${project.prefix}memory/`, before, after);
	return flaw && { kind: 'refused', ...flaw };
}

function refused(what: string, names: readonly string[]): Proposal {
	return { kind: 'refused', what, evidence: names.slice(0, 20).map(asText).join('\n') };
}

async function hash(
	index: PrivateIndex,
	head: CommitId,
	leaveOut: readonly string[],
): Promise<TreeId | Proposal> {
	try {
		return await onceMore(() => index.treeOf(head, leaveOut));
	} catch (error) {
		if (!isGitError(error) || isShortage(error)) throw error;
		return { kind: 'refused', what: 'git could not read the work tree', evidence: error.stderr };
	}
}
