import { statSync } from 'node:fs';
import path from 'node:path';
import { toldElsewhere } from '../../core/audit/elsewhere.ts';
import type { Elsewhere } from '../../core/audit/elsewhere.ts';
import type { History, LoopCommit } from '../../core/audit/facts.ts';
import type { Story } from '../../core/audit/telling.ts';
import type { CommitId, TreeId } from '../../core/types.ts';
import type { Project } from '../project.ts';
import { asBytes, asText, todoInTree } from '../steering/steering-files.ts';
import { differencesOf } from './differences.ts';
import type { RawCommit } from './differences.ts';
import type { Git } from './git.ts';
import { openObjects } from './objects.ts';
import type { Objects } from './objects.ts';
import { openTrees } from './trees.ts';

/**
 * What git holds of the loop's work: by some ten gits, however much it is. `story` null: there is no journal. `others`: of the
 * other work trees of the repository.
 */
export async function readHistory(
	project: Project,
	story: Story | null,
	others: readonly Elsewhere[],
): Promise<History> {
	const git = unfooled(project.git);
	const named = namedIn(story);
	const refs = await refsOf(git);
	const head = (await git(['rev-parse', '--verify', '--quiet', 'HEAD'], { answers: [0, 1] })).trim();
	const tips = [head, ...named.map(({ branch }) => refs.get(branch) ?? '')].filter((tip) => tip !== '');
	const found = await withTrailers(git, [...new Set(tips)]);
	const objects = openObjects(git);
	const ids = [...new Set([...found, ...named.map(({ id }) => id)])];
	const commits = await commitsOf(objects, ids);
	const there = ids.filter((id) => commits.has(id));
	return {
		commits: await withDifferences(
			objects,
			commits,
			there,
			listsOf(project, [story, ...others.map((other) => other.story)]),
		),
		missing: new Set(ids.filter((id) => !commits.has(id))),
		off: await offTheirBranch(git, named, { commits, refs, head }),
		before: await olderThanTold(git, there, (id) => toldElsewhere(id, story, others)?.story ?? story),
		fetched: await reachable(git, there, tipsBelow(refs, 'refs/remotes/')),
		refs: new Map([...refs].filter(([name]) => name.startsWith('refs/nightloop/'))),
		unseen: isShallow(project)
			? ['this is a shallow clone: what is older than it goes back cannot be seen']
			: [],
	};
}

interface Named {
	readonly id: CommitId;
	/** `''`: not on record. */
	readonly branch: string;
}

/** The commits that should be on a branch, as the journal has it. */
function namedIn(story: Story | null): Named[] {
	if (!story) return [];
	return [...story.landings, ...story.undos].map(([id, { sealed }]) => ({
		id,
		branch: sealed?.branch ?? '',
	}));
}

/** Neither by grafts nor by what git keeps beside the commits to be faster. What replaces objects is off everywhere. */
function unfooled(git: Git): Git {
	return (args, options) =>
		git(['-c', 'core.commitGraph=false', '-c', 'core.multiPackIndex=false', ...args], {
			...options,
			env: { GIT_GRAFT_FILE: '/dev/null' },
		});
}

async function refsOf(git: Git): Promise<Map<string, CommitId>> {
	const output = await git(['for-each-ref', '--format=%(objectname) %(refname)']);
	const lines = output.split('\n').filter((line) => line !== '');
	return new Map(lines.map((line) => [line.slice(line.indexOf(' ') + 1), line.split(' ')[0] as CommitId]));
}

function tipsBelow(refs: ReadonlyMap<string, CommitId>, folder: string): CommitId[] {
	return [...refs].flatMap(([name, id]) => (name.startsWith(folder) ? [id] : []));
}

/** All of which the message has a line like our trailers, oldest first. */
async function withTrailers(git: Git, tips: readonly string[]): Promise<CommitId[]> {
	if (tips.length === 0) return [];
	const which = ['--topo-order', '--reverse', '--regexp-ignore-case', '--grep=^nightloop-'];
	return idsIn(await git(['rev-list', ...which, ...tips, '--']));
}

/** Those of the commits that are not reachable from the branch that they landed on; where that is gone, from HEAD. */
async function offTheirBranch(
	git: Git,
	named: readonly Named[],
	{ commits, refs, head }: { commits: ReadonlyMap<CommitId, RawCommit>; refs: Refs; head: string },
): Promise<Map<CommitId, 'its branch is there' | 'its branch is gone'>> {
	const off = new Map<CommitId, 'its branch is there' | 'its branch is gone'>();
	const tipOf = ({ branch }: Named) => refs.get(branch) ?? head;
	for (const tip of new Set(named.map(tipOf))) {
		const wanted = named.filter((each) => tipOf(each) === tip);
		const there = wanted.map(({ id }) => id).filter((id) => commits.has(id));
		const on = await reachable(git, there, [tip]);
		for (const { id, branch } of wanted)
			if (!on.has(id)) off.set(id, refs.has(branch) ? 'its branch is there' : 'its branch is gone');
	}
	return off;
}

type Refs = ReadonlyMap<string, CommitId>;

/** Those of the commits that were there when the journal began that tells of them. */
async function olderThanTold(
	git: Git,
	ids: readonly CommitId[],
	storyOf: (id: CommitId) => Story | null,
): Promise<Set<CommitId>> {
	const older = new Set<CommitId>();
	for (const story of new Set(ids.map(storyOf))) {
		const told = ids.filter((id) => storyOf(id) === story);
		for (const id of await reachable(git, told, [story?.firstHead ?? ''])) older.add(id);
	}
	return older;
}

async function reachable(
	git: Git,
	ids: readonly CommitId[],
	tips: readonly string[],
): Promise<Set<CommitId>> {
	const from = tips.filter((tip) => tip !== '');
	if (ids.length === 0 || from.length === 0) return new Set();
	const input = [...ids, ...from.map((tip) => `^${tip}`), ''].join('\n');
	const outside = new Set(idsIn(await git(['rev-list', '--ignore-missing', '--stdin'], { input })));
	return new Set(ids.filter((id) => !outside.has(id)));
}

function idsIn(output: string): CommitId[] {
	return output.split('\n').filter((line) => line !== '') as CommitId[];
}

/** Those and their parents, as far as they are here. */
async function commitsOf(objects: Objects, ids: readonly CommitId[]): Promise<Map<CommitId, RawCommit>> {
	const commits = new Map<CommitId, RawCommit>();
	const take = async (wanted: readonly CommitId[]) => {
		await objects.load(wanted);
		for (const id of wanted) {
			const object = objects.get(id);
			if (object?.type === 'commit') commits.set(id, commitIn(id, object.content));
		}
	};
	await take(ids);
	await take([...commits.values()].flatMap(({ parents }) => parents));
	return commits;
}

function commitIn(id: CommitId, content: string): RawCommit {
	const end = content.indexOf('\n\n');
	const headers = content.slice(0, end === -1 ? content.length : end).split('\n');
	const all = (name: string) =>
		headers.flatMap((line) => (line.startsWith(`${name} `) ? [line.slice(name.length + 1)] : []));
	return {
		id,
		tree: (all('tree')[0] ?? '') as TreeId,
		parents: all('parent') as CommitId[],
		committer: asText(all('committer').join('\n')).replace(/ \d+ [+-]\d+$/, ''),
		message: end === -1 ? '' : asText(content.slice(end + 2)),
	};
}

async function withDifferences(
	objects: Objects,
	commits: ReadonlyMap<CommitId, RawCommit>,
	ids: readonly CommitId[],
	lists: readonly string[],
): Promise<LoopCommit[]> {
	const all = ids.map((id) => commits.get(id)!);
	const differences = await differencesOf({ objects, trees: openTrees(objects), commits, lists }, all);
	return all.map((commit) => ({
		...commit,
		difference: differences.get(commit.id)!,
		objects: [commit.id, commit.tree].every((id) => objects.get(id)?.state !== 'changed')
			? 'intact'
			: 'changed',
	}));
}

/** The list on disk first, then those on record. One character a byte. */
function listsOf(project: Project, stories: readonly (Story | null)[]): string[] {
	const told = stories.flatMap((story) =>
		story ? [...story.landings.values(), ...story.undos.values()] : [],
	);
	const recorded = told.map(({ sealed }) => sealed?.list);
	const names = [todoInTree(project), ...recorded].filter((name) => typeof name === 'string');
	return [...new Set(names.map(asBytes))];
}

function isShallow({ commonDir }: Project): boolean {
	return (statSync(path.join(commonDir, 'shallow'), { throwIfNoEntry: false })?.size ?? 0) > 0;
}
