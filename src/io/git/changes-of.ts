import type { DetailedChange } from '../../core/gate/changes.ts';
import { packageKeys } from '../../core/gate/package-keys.ts';
import { parseRawDiff } from '../../core/gate/raw-diff.ts';
import type { RawChange } from '../../core/gate/raw-diff.ts';
import { holdsTests } from '../../core/weakened/holds-tests.ts';
import { weakenedTests } from '../../core/weakened/weakened.ts';
import type { Candidate, CommitId, TreeId } from '../../core/types.ts';
import type { Project } from '../project.ts';
import { openObjects } from './objects.ts';

/**
 * What differs between a commit and a tree, path by path, and what of it weakens tests. Renames are shown as what they
 * are: a deletion and an addition. Only where a test, a package.json or a binary file changed is more than one git run.
 */
export async function changesOf(
	project: Project,
	base: CommitId,
	candidate: TreeId,
): Promise<Pick<Candidate, 'changes' | 'weakened'>> {
	const changes = parseRawDiff(
		await project.git([
			'diff-tree',
			'-r',
			'-z',
			'--ignore-submodules=none',
			'--raw',
			'--numstat',
			'--no-renames',
			base,
			candidate,
		]),
	);
	const looked = changes.filter(isLookedInto);
	const sizes = await sizesOf(project, [...looked, ...changes.filter(isBinary)].flatMap(idsOf));
	const short = new Set(shortOnes(looked, sizes));
	const text = await textsOf(project, [...short].flatMap(idsOf));
	const tests = looked.filter(({ path, status }) => holdsTests(path) && status !== 'deleted');
	const unread = new Set(tests.filter((change) => !short.has(change)));
	const files = looked
		.filter((change) => holdsTests(change.path) && idsOf(change).every((id) => text(id) !== null))
		.map(({ path, oldId, newId }) => ({ path, before: text(oldId), after: text(newId) }));
	const added = new Map(
		changes.flatMap((each) => (each.status === 'added' ? [[each.newId, each.path] as const] : [])),
	);
	return {
		changes: changes.map((change) => ({
			...detailed(change, added.get(change.oldId), sizes, text),
			...(unread.has(change) && { unread: 'too large' as const }),
		})),
		weakened: weakenedTests(files),
	};
}

const MOST_OF_A_FILE = 1_000_000; // bytes
const MOST_OF_ALL = 32_000_000; // bytes

function isLookedInto({ path, oldMode, newMode }: RawChange): boolean {
	return [oldMode, newMode].every((mode) => FILE.test(mode)) && (holdsTests(path) || isPackage(path));
}

function isBinary({ added, oldMode, newMode }: RawChange): boolean {
	return added === null && [oldMode, newMode].every((mode) => FILE.test(mode));
}

/** None, or one that is no link and no repository. */
const FILE = /^(?:0|100)/;

function isPackage(path: string): boolean {
	return /(?:^|\/)package\.json$/.test(path);
}

function idsOf({ oldId, newId }: RawChange): string[] {
	return [oldId, newId].filter((id) => !/^0+$/.test(id));
}

/** How large the objects are, in bytes; those that are not there are left out. */
async function sizesOf(project: Project, ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
	if (ids.length === 0) return new Map();
	const output = await project.git(['cat-file', '--batch-check'], { input: `${ids.join('\n')}\n` });
	const lines = output.split('\n').map((line) => line.split(' '));
	return new Map(lines.flatMap(([id, , size]) => (size === undefined ? [] : [[id!, Number(size)]])));
}

/** Those that do not take long to read: what is larger is told by its size. */
function shortOnes(changes: readonly RawChange[], sizes: ReadonlyMap<string, number>): RawChange[] {
	let all = 0;
	return changes.filter((change) => {
		const each = idsOf(change).map((id) => sizes.get(id) ?? Infinity);
		if (each.some((size) => size > MOST_OF_A_FILE)) return false;
		all += each.reduce((sum, size) => sum + size, 0);
		return all <= MOST_OF_ALL;
	});
}

async function textsOf(project: Project, ids: readonly string[]): Promise<(id: string) => string | null> {
	const objects = openObjects(project.git);
	await objects.load(ids);
	return (id) => {
		const object = objects.get(id);
		return object && Buffer.from(object.content, 'latin1').toString();
	};
}

function detailed(
	{ oldId, newId, ...change }: RawChange,
	moved: string | undefined,
	sizes: ReadonlyMap<string, number>,
	text: (id: string) => string | null,
): DetailedChange {
	const bytes = sizes.get(newId) ?? sizes.get(oldId);
	const [before, after] = [text(oldId), text(newId)];
	const keys = isPackage(change.path) && before && after ? packageKeys(before, after) : null;
	return {
		...change,
		...(change.status === 'deleted' && moved && { movedTo: moved }),
		...(change.added === null && bytes !== undefined && { bytes }),
		...(keys && { keys: keys.slice(0, 20) }),
	};
}
