import { copyFile, rename, rm, writeFile } from 'node:fs/promises';
import { existsSync, lstatSync } from 'node:fs';
import path from 'node:path';
import { applyMark, findTask, parseTodo, ticksFor } from '../../core/todo.ts';
import type { Attempt, Candidate, CommitId, Sealed, TreeId } from '../../core/types.ts';
import { commitTree } from './candidate.ts';
import { DURABLE, isGitError } from './git.ts';
import { lockIndex } from './index-lock.ts';
import { position } from './position.ts';
import { list } from './private-index.ts';
import type { Project } from '../project.ts';
import { todoInTree } from '../steering/steering-files.ts';
import { stableRead } from '../steering/todo-file.ts';

export type Seal =
	{ readonly kind: 'sealed'; readonly sealed: Sealed } | { readonly kind: 'stale'; readonly why: string };
export type Landing =
	| { readonly kind: 'landed' }
	| { readonly kind: 'stale'; readonly why: string }
	| { readonly kind: 'busy'; readonly why: string };

/** Makes the commit that may land: exactly the candidate's tree, the list with its tick aside. Moves nothing. */
export async function seal(
	project: Project,
	attempt: Attempt,
	candidate: Candidate,
	message: string,
	optional: boolean,
): Promise<Seal> {
	const { head, branch } = await position(project);
	if (head !== candidate.head)
		return { kind: 'stale', why: `the branch moved to ${head.slice(0, 9)} since the candidate was made` };
	if (branch !== attempt.branch) return { kind: 'stale', why: `${branch} is checked out now` };
	const landing = await withTickedTodo(project, attempt, candidate, optional);
	if (landing === 'gone') return { kind: 'stale', why: 'the task is not in the list any more' };
	const commit = await commitTree(project, landing, [head], message);
	return { kind: 'sealed', sealed: { commit, head, branch } };
}

/**
 * Moves the branch to the sealed commit, only if it is still where it was; then lets the person's index follow, path by
 * path, where it held what HEAD held. Asked again after a crash, it finds what is done and does the rest.
 */
export async function land(project: Project, candidate: Candidate, sealed: Sealed): Promise<Landing> {
	const lock = await lockIndex(project);
	if (lock.kind === 'busy') return lock;
	try {
		const [there, more, next] = await Promise.all([
			whereIs(project, sealed),
			holdsMore(project, candidate, sealed),
			followingIndex(project, sealed),
		]);
		if (there.kind !== 'before' && there.kind !== 'landed') return there;
		if (more) return { kind: 'stale', why: 'the sealed commit holds more than what was judged' };
		const move = there.kind === 'before' ? await moveBranch(project, sealed) : 'done';
		if (move === 'locked') return { kind: 'busy', why: 'another git holds the branch' };
		if (move === 'moved') return { kind: 'stale', why: 'the branch moved at the last moment' };
		if (next) await rename(next, path.join(project.gitDir, 'index'));
		return { kind: 'landed' };
	} finally {
		await lock.release();
	}
}

/** The candidate's tree with the list as it is on disk, ticked; unchanged where the list is ignored, linked or outside. */
async function withTickedTodo(
	project: Project,
	attempt: Attempt,
	candidate: Candidate,
	optional: boolean,
): Promise<TreeId | 'gone'> {
	const { git } = project;
	const inTree = todoInTree(project);
	const onDisk = await stableRead(project.todo);
	if (onDisk.kind === 'absent') return 'gone';
	const parsed = parseTodo(onDisk.bytes, { optional });
	if (parsed.kind !== 'list' || !findTask(parsed.todo, attempt.task)) return 'gone';
	if (inTree === null || lstatSync(project.todo).isSymbolicLink()) return candidate.tree;
	const ticked = ticksFor(parsed.todo, attempt.task).reduce(
		(bytes, task) => applyMark(bytes, task, 'x'),
		onDisk.bytes,
	);
	const file = path.join(project.state, 'todo.ticked');
	const index = path.join(project.state, 'landing.index');
	await Promise.all([
		writeFile(file, ticked),
		...[index, `${index}.lock`].map((each) => rm(each, { force: true })),
	]);
	const [ignored, blob] = await Promise.all([
		isIgnored(project, inTree),
		git(['hash-object', '-w', `--path=${inTree}`, file], { durable: DURABLE }),
		git(['read-tree', candidate.tree], { index }),
	]);
	if (ignored) return candidate.tree;
	const mode = lstatSync(project.todo).mode & 0o100 ? '100755' : '100644';
	await git(['update-index', '-z', '--index-info'], { index, input: `${mode} ${blob.trim()}\t${inTree}\0` });
	return (await git(['write-tree'], { index, durable: DURABLE })).trim() as TreeId;
}

async function isIgnored(project: Project, file: string): Promise<boolean> {
	const answer = await project.git(['check-ignore', '-z', '--stdin'], {
		input: `${file}\0`,
		answers: [0, 1],
	});
	return answer !== '';
}

/** The commit may differ from the candidate in the list, and in nothing else. */
async function holdsMore(project: Project, candidate: Candidate, { commit }: Sealed): Promise<boolean> {
	const differing = list(await project.git([...DIFF, '--name-only', candidate.tree, commit]));
	return differing.some((name) => name !== todoInTree(project));
}

const DIFF = ['diff-tree', '-r', '-z', '--no-renames', '--ignore-submodules=none'];

async function whereIs(project: Project, sealed: Sealed): Promise<Landing | { kind: 'before' }> {
	const { head, branch } = await position(project);
	const tip =
		branch === sealed.branch ? head : ((await project.git(['rev-parse', sealed.branch])).trim() as CommitId);
	if (tip === sealed.commit) return { kind: 'landed' };
	if (tip === sealed.head)
		return branch === sealed.branch
			? { kind: 'before' }
			: { kind: 'stale', why: `${branch} is checked out now` };
	const missing = await project.git(['rev-list', '--max-count=1', sealed.commit, `^${tip}`]);
	return missing === ''
		? { kind: 'landed' }
		: { kind: 'stale', why: `the branch moved to ${tip.slice(0, 9)} while it was judged` };
}

async function moveBranch(project: Project, sealed: Sealed): Promise<'done' | 'locked' | 'moved'> {
	try {
		await project.git(['update-ref', '-m', 'nightloop: land', sealed.branch, sealed.commit, sealed.head], {
			durable: DURABLE,
		});
		return 'done';
	} catch (error) {
		if (!isGitError(error)) throw error;
		return /\.lock'/.test(error.stderr) ? 'locked' : 'moved';
	}
}

/** The person's index with every path brought to the sealed commit that held what its parent held. null: nothing to do. */
async function followingIndex(project: Project, sealed: Sealed): Promise<string | null> {
	const { git } = project;
	const theirs = path.join(project.gitDir, 'index');
	if (!existsSync(theirs)) return null;
	const ours = path.join(project.state, 'following.index');
	await rm(`${ours}.lock`, { force: true });
	await copyFile(theirs, ours);
	const [staged, raw] = await Promise.all([
		git(['diff-index', '--cached', '--name-only', '-z', '--no-renames', sealed.head], {
			index: ours,
			encoding: 'latin1',
		}),
		git([...DIFF, '--raw', sealed.head, sealed.commit], { encoding: 'latin1' }),
	]);
	const kept = new Set(list(staged));
	const entries = rawEntries(raw).filter(({ file }) => !kept.has(file));
	if (entries.length === 0) return null;
	const input = entries.map(({ mode, id, file }) => `${mode} ${id}\t${file}\0`).join('');
	await git(['update-index', '-z', '--index-info'], {
		index: ours,
		input,
		encoding: 'latin1',
		durable: DURABLE,
	});
	return ours;
}

/** `:oldmode newmode oldid newid status NUL path NUL`, as diff-tree prints it with `-z --raw`. */
function rawEntries(raw: string): { mode: string; id: string; file: string }[] {
	const fields = raw.split('\0');
	const entries = [];
	for (let at = 0; at + 1 < fields.length; at += 2) {
		const [, mode = '', , id = ''] = fields[at]!.split(' ');
		entries.push({ mode: mode === '000000' ? '0' : mode, id, file: fields[at + 1]! });
	}
	return entries;
}
