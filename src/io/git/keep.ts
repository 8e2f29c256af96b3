import type { CommitId, Keep, TaskId, TreeId } from '../../core/types.ts';
import { commitTree } from './candidate.ts';
import { list } from './private-index.ts';
import type { PrivateIndex } from './private-index.ts';
import type { Project } from '../project.ts';
import { DURABLE } from './git.ts';
import { chmodSync } from 'node:fs';
import path from 'node:path';
import { putAside } from './aside.ts';
import { foldersAround, openFolders, ownAt, READ, WRITE } from './closed.ts';
import { asText, steeringPaths } from '../steering/steering-files.ts';

/**
 * Takes unlanded changes out of the work tree, back to HEAD, after they were written under a ref. Ignored files, steering
 * files and what was untracked when the loop started stay. Resolves to the ref and the command that brings it all back.
 */
export async function clear(
	project: Project,
	index: PrivateIndex,
	task: TaskId,
	keep: Keep,
	leaveOut: readonly string[],
): Promise<{ ref: string | null; restore: string | null }> {
	const { git } = project;
	const [head, headTree] = (await git(['rev-parse', 'HEAD', 'HEAD^{tree}'])).split('\n') as [
		CommitId,
		string,
	];
	openFolders(project, await namesOf(project, ['ls-tree', '-r', '-d', head]), READ);
	await putNestedAside(project, index, head, leaveOut);
	const tree = await wholeTree(project, index, head, leaveOut);
	if (tree === headTree) return { ref: null, restore: null };
	const commit = await commitTree(project, tree, [head], `unlanded work on ${task}`);
	const ref = `refs/nightloop/${keep}/${task}-${commit.slice(0, 8)}`;
	await git(['update-ref', ref, commit], { durable: DURABLE });
	const changed = await namesOf(project, ['diff-tree', '-r', tree, headTree]);
	openFolders(project, changed.flatMap(foldersAround), WRITE);
	await index.move(tree, headTree);
	return { ref, restore: `git restore --source=${ref} --worktree -- :/ ${sparing(project)}` };
}

/** With the files that a session closed to everybody: one of them would be in the way of all tasks to come. */
async function wholeTree(
	project: Project,
	index: PrivateIndex,
	head: CommitId,
	leaveOut: readonly string[],
): Promise<TreeId> {
	const tree = await index.treeOf(head, leaveOut, 'left out');
	const missing = (await index.drift(leaveOut)).map((name) => path.join(project.root, asText(name)));
	const closed = missing.filter(isClosed);
	for (const file of closed) chmodSync(file, 0o600);
	return closed.length === 0 ? tree : index.treeOf(head, leaveOut, 'left out');
}

function isClosed(file: string): boolean {
	const found = ownAt(file);
	return found?.isFile() === true && (found.mode & 0o400) === 0;
}

function namesOf(project: Project, [command, ...words]: readonly [string, ...string[]]): Promise<string[]> {
	return project.git([command, '-z', '--name-only', ...words], { encoding: 'latin1' }).then(list);
}

/** A repository inside the repository can neither be kept under a ref nor stay. */
async function putNestedAside(
	project: Project,
	index: PrivateIndex,
	head: CommitId,
	leaveOut: readonly string[],
): Promise<void> {
	const nested = (await index.untracked(head)).filter(
		(name) => name.endsWith('/') && !leaveOut.includes(name),
	);
	// A folder is only moved by who may write to it, and to where it is.
	openFolders(
		project,
		nested.flatMap((name) => foldersAround(`${name}.`)),
		WRITE,
	);
	for (const name of nested) putAside(project, path.join(project.root, asText(name)));
}

/** The steering files in a ref of ours are as of HEAD: a person's edits of them since then are not to be undone. */
function sparing(project: Project): string {
	const quoted = steeringPaths(project).map(
		(name) => `':(top,exclude)${name.replaceAll("'", String.raw`'\''`)}'`,
	);
	return quoted.join(' ');
}
