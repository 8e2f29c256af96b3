import { rmSync } from 'node:fs';
import path from 'node:path';
import { HELD } from '../git/candidate.ts';
import { DURABLE, isGitError } from '../git/git.ts';
import { isShortage } from '../mishap.ts';
import { lookAt } from './git-mirror.ts';
import { isPersons, movesSince } from '../git/moves.ts';
import type { Position } from '../git/position.ts';
import { SEALED } from '../git/sealed.ts';
import type { Project } from '../project.ts';
import { shadowOf } from './shadow.ts';

/**
 * Puts branches, tags and all other refs back as a session must leave them, the run's branch and the stash aside: what it
 * deleted or moved is where it was, the branches it made are gone. What it let them point to is kept under a ref.
 * `changed`: files of the git directory. Resolves to one line for each kind of thing put back.
 */
export async function restoreRefs(
	project: Project,
	at: Position,
	changed: readonly string[],
): Promise<string[]> {
	if (!changed.some((name) => /^(?:refs|reftable)\/|^packed-refs$/.test(name))) return [];
	const [before, after] = await Promise.all([
		refsIn(project, shadowOf(project)),
		refsIn(project, project.commonDir),
	]);
	const own = [at.branch, 'refs/stash'];
	const others = [...new Set([...before.keys(), ...after.keys()])].filter((ref) => !own.includes(ref));
	const made = others.filter((ref) => !before.has(ref));
	const gone = others.filter((ref) => !after.has(ref));
	const isMoved = (ref: string) => before.get(ref) !== after.get(ref) && before.has(ref) && after.has(ref);
	const moved = others.filter((ref) => isMoved(ref) && !PASSING.includes(ref));
	return [
		...(await removeReplacements(project, made)),
		...(await removeBranches(project, made, after)),
		...(await putBackGone(project, gone, before)),
		...(await putBackMoved(project, moved, before, after)),
	];
}

/** A loop in another work tree moves them as well, and nothing is read from them: they keep objects from being collected. */
const PASSING = [HELD, SEALED];

/** A ref → the object it points to, or `ref: ` and the ref that it stands for. */
type Refs = ReadonlyMap<string, string>;

async function refsIn(project: Project, gitDir: string): Promise<Refs> {
	const format = '--format=%(refname) %(if)%(symref)%(then)ref: %(symref)%(else)%(objectname)%(end)';
	const lines = (await project.git(['for-each-ref', format], { gitDir }))
		.split('\n')
		.filter((line) => line !== '');
	return new Map(lines.map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]));
}

/** The loop does not look at them, but the person's git does. */
async function removeReplacements(project: Project, made: readonly string[]): Promise<string[]> {
	const replacing = made.filter((ref) => ref.startsWith('refs/replace/'));
	for (const ref of replacing) await project.git(['update-ref', '-d', ref]);
	return replacing.map((ref) => `the session replaced an object for git (${ref}): removed`);
}

async function removeBranches(project: Project, made: readonly string[], after: Refs): Promise<string[]> {
	const branches = made.filter((ref) => ref.startsWith('refs/heads/'));
	const agents = branches.filter((ref) => {
		const last = movesSince(project, ref)?.at(-1);
		return last !== undefined && !isPersons(last);
	});
	for (const ref of agents) {
		const kept = ref.replace('refs/heads/', 'refs/nightloop/snapshots/agent-');
		await project.git(['update-ref', kept, after.get(ref)!], { durable: DURABLE });
		await project.git(['update-ref', '--no-deref', '-d', ref]);
	}
	return agents.map(
		(ref) => `the session made the branch ${short(ref)}: removed (kept under refs/nightloop/snapshots)`,
	);
}

async function putBackGone(project: Project, gone: readonly string[], before: Refs): Promise<string[]> {
	// A file that is there all the same holds nothing that git can read.
	for (const ref of gone) {
		const file = path.join(project.commonDir, ref);
		if (lookAt(file)?.isDirectory() === false) rmSync(file);
	}
	return putBack(project, 'deleted', gone, before);
}

/** Where a person moved it meanwhile, it stays where they did. */
async function putBackMoved(
	project: Project,
	moved: readonly string[],
	before: Refs,
	after: Refs,
): Promise<string[]> {
	const theirs = (ref: string) =>
		(movesSince(project, ref) ?? []).findLast(isPersons)?.to ?? before.get(ref)!;
	const targets = new Map(moved.map((ref) => [ref, theirs(ref)]));
	const wrong = moved.filter((ref) => targets.get(ref) !== after.get(ref));
	const tips = wrong.map((ref) => after.get(ref)!).filter((tip) => !tip.startsWith('ref: '));
	const kept = new Map(tips.map((tip) => [`refs/nightloop/snapshots/agent-${tip.slice(0, 8)}`, tip]));
	if (kept.size > 0) await writeRefs(project, [...kept]);
	return putBack(project, 'moved', wrong, targets);
}

async function putBack(project: Project, how: string, refs: readonly string[], to: Refs): Promise<string[]> {
	const wanted = refs.map((ref) => [ref, to.get(ref)!] as const);
	if (wanted.length === 0 || (await writeRefs(project, wanted))) {
		return wanted.length === 0 ? [] : [`the session ${how} ${some(refs)}: put back`];
	}
	const lines = [];
	for (const [ref, value] of wanted) {
		const isBack = await writeRefs(project, [[ref, value]]);
		lines.push(
			`the session ${how} ${short(ref)}: ${isBack ? 'put back' : `git does not let it be put back at ${value}`}`,
		);
	}
	return lines;
}

/** All of them, or none: git refuses for instance a branch below another one. */
async function writeRefs(project: Project, refs: readonly (readonly [string, string])[]): Promise<boolean> {
	const links = refs.filter(([, value]) => value.startsWith('ref: '));
	const direct = refs.filter(([, value]) => !value.startsWith('ref: '));
	const input = direct.map(([ref, value]) => `option no-deref\nupdate ${ref} ${value}\n`).join('');
	try {
		if (input)
			await project.git(['update-ref', '-m', 'nightloop: back', '--stdin'], { input, durable: DURABLE });
		for (const [ref, value] of links) await project.git(['symbolic-ref', ref, value.slice('ref: '.length)]);
		return true;
	} catch (error) {
		if (isGitError(error) && !isShortage(error)) return false;
		throw error;
	}
}

function some(refs: readonly string[]): string {
	const named = refs.slice(0, 3).map(short).join(', ');
	return refs.length > 3 ? `${named} and ${refs.length - 3} more` : named;
}

function short(ref: string): string {
	return ref.replace(/^refs\/(?:heads|tags|remotes)\//, '');
}
