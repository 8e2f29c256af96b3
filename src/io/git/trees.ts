import { idOf } from './objects.ts';
import type { Objects } from './objects.ts';

/** One line of a tree. Names are one character a byte. */
export interface TreeEntry {
	readonly mode: string;
	readonly name: string;
	/** In hex. */
	readonly id: string;
}

/** A tree that is not here to be read, as in a shallow or partial clone; or that is not what its name says. */
export class Unreadable extends Error {
	override readonly name = 'Unreadable';
	readonly state: 'missing' | 'changed';

	constructor(id: string, state: 'missing' | 'changed') {
		super(`object ${id} is ${state}`);
		this.state = state;
	}
}

/** Trees as values: read, compared and hashed without a git for each. Rejects with `Unreadable`. */
export interface Trees {
	/** The id of a tree as it is with one path as in another tree; as in none where that has no such path. */
	withPathOf(tree: string, other: string, path: string): Promise<string>;
	/** Paths of files that differ, with what is there in each. */
	difference(before: string, after: string): Promise<Map<string, Changed>>;
	/** What a path names. null: nothing. */
	at(tree: string, path: string): Promise<TreeEntry | null>;
	/** Reads what differs between the trees of each pair, as far down as is wanted, by few gits; leaves out what is not here. */
	prefetch(pairs: readonly Pair[], isWanted?: (folder: string) => boolean): Promise<void>;
}

/** Of the same folder, `''` or ending in a slash. */
type Pair = readonly [before: string | null, after: string | null, folder?: string];

export interface Changed {
	readonly before: TreeEntry | null;
	readonly after: TreeEntry | null;
}

export function openTrees(objects: Objects): Trees {
	const { parse, read } = openReader(objects);
	const differingFolders = ([before, after, folder = '']: Pair): Required<Pair>[] => {
		const [had, has] = [foldersOf(parse(before)), foldersOf(parse(after))];
		return [...new Set([...had.keys(), ...has.keys()])]
			.map((name) => [had.get(name) ?? null, has.get(name) ?? null, `${folder}${name}/`] as const)
			.filter(([one, other]) => one !== other);
	};

	return {
		async withPathOf(tree, other, path) {
			const entry = await replaced(read, tree, other, path.split('/'));
			return entry ?? idOf('tree', '', tree);
		},
		async difference(before, after) {
			const changes = new Map<string, Changed>();
			await compare(read, [before, after], changes);
			return changes;
		},
		async at(tree, path) {
			const names = path.split('/');
			const last = names.pop() ?? '';
			let folder: string | null = tree;
			for (const name of names) folder = folder === null ? null : folderIn(await read(folder), name);
			return folder === null ? null : ((await read(folder)).find(({ name }) => name === last) ?? null);
		},
		async prefetch(pairs, isWanted = () => true) {
			const below = (pair: Pair) => differingFolders(pair).filter(([, , folder]) => isWanted(folder));
			for (let level = pairs; level.length > 0; level = level.flatMap(below))
				await objects.load(level.flatMap(([before, after]) => [before, after].filter((id) => id !== null)));
		},
	};
}

/** Whether two trees have the same in a path. */
export function isSame(one: TreeEntry | null | undefined, other: TreeEntry | null | undefined): boolean {
	return one?.id === other?.id && one?.mode === other?.mode;
}

/** `parse` reads what was fetched; null: it is not here. */
function openReader(objects: Objects) {
	const parsed = new Map<string, readonly TreeEntry[]>();
	const parse = (id: string | null) => {
		const object = id === null ? null : objects.get(id);
		if (id === null || object?.type !== 'tree') return null;
		const entries = parsed.get(id) ?? entriesIn(object.content, id.length / 2);
		parsed.set(id, entries);
		return entries;
	};
	const read = async (id: string) => {
		await objects.load([id]);
		const entries = parse(id);
		if (!entries) throw new Unreadable(id, 'missing');
		if (objects.get(id)?.state === 'changed') throw new Unreadable(id, 'changed');
		return entries;
	};
	return { parse, read };
}

function foldersOf(entries: readonly TreeEntry[] | null): Map<string, string> {
	return new Map((entries ?? []).flatMap((entry) => (entry.mode === FOLDER ? [[entry.name, entry.id]] : [])));
}

type Read = (id: string) => Promise<readonly TreeEntry[]>;

/** null: nothing is left in it, so that git knows no such tree. */
async function replaced(
	read: Read,
	tree: string,
	other: string | null,
	[name = '', ...rest]: readonly string[],
): Promise<string | null> {
	if (tree === other) return tree;
	const entries = await read(tree);
	const theirs = other === null ? [] : await read(other);
	const entry =
		rest.length === 0
			? theirs.find((each) => each.name === name)
			: await replacedBelow(read, folderIn(entries, name), folderIn(theirs, name), name, rest);
	const left = entries.filter((each) => each.name !== name);
	const all = entry ? [...left, entry].toSorted(inOrder) : left;
	return all.length === 0 ? null : idOf('tree', all.map(asBytes).join(''), tree);
}

async function replacedBelow(
	read: Read,
	folder: string | null,
	other: string | null,
	name: string,
	rest: readonly string[],
): Promise<TreeEntry | undefined> {
	const id = folder === null ? other : await replaced(read, folder, other, rest);
	return id === null ? undefined : { mode: FOLDER, name, id };
}

async function compare(
	read: Read,
	[before, after, folder = '']: Pair,
	changes: Map<string, Changed>,
): Promise<void> {
	const old = await entriesOf(read, before);
	const now = await entriesOf(read, after);
	for (const name of new Set([...old.keys(), ...now.keys()])) {
		const [one, other] = [old.get(name), now.get(name)];
		if (isSame(one, other)) continue;
		const file = { before: fileOf(one), after: fileOf(other) };
		const below: Pair = [subtreeOf(one), subtreeOf(other), `${folder}${name}/`];
		if (below[0] !== null || below[1] !== null) await compare(read, below, changes);
		if (file.before || file.after) changes.set(`${folder}${name}`, file);
	}
}

async function entriesOf(read: Read, tree: string | null): Promise<Map<string, TreeEntry>> {
	return new Map((tree === null ? [] : await read(tree)).map((entry) => [entry.name, entry]));
}

function fileOf(entry: TreeEntry | undefined): TreeEntry | null {
	return entry && entry.mode !== FOLDER ? entry : null;
}

function subtreeOf(entry: TreeEntry | undefined): string | null {
	return entry?.mode === FOLDER ? entry.id : null;
}

const FOLDER = '40000';

function folderIn(entries: readonly TreeEntry[], wanted: string): string | null {
	return subtreeOf(entries.find(({ name }) => name === wanted));
}

/** `mode SP name NUL id`, the id as bytes. */
function entriesIn(content: string, idLength: number): TreeEntry[] {
	const entries: TreeEntry[] = [];
	for (let at = 0; at < content.length;) {
		const space = content.indexOf(' ', at);
		const end = content.indexOf('\0', space);
		const id = Buffer.from(content.slice(end + 1, end + 1 + idLength), 'latin1').toString('hex');
		entries.push({ mode: content.slice(at, space), name: content.slice(space + 1, end), id });
		at = end + 1 + idLength;
	}
	return entries;
}

function asBytes({ mode, name, id }: TreeEntry): string {
	return `${mode} ${name}\0${Buffer.from(id, 'hex').toString('latin1')}`;
}

/** By bytes, a folder as if its name ended in a slash. */
function inOrder(one: TreeEntry, other: TreeEntry): number {
	const [a, b] = [one, other].map(({ mode, name }) => (mode === FOLDER ? `${name}/` : name)) as [
		string,
		string,
	];
	return a < b ? -1 : a > b ? 1 : 0;
}
