import { lstatSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { CommitId } from '../../core/types.ts';
import type { Git } from './git.ts';
import { asText } from '../steering/steering-files.ts';

/** A submodule of a tree: its path, one character a byte, and the commit that the tree has it at. */
interface Submodule {
	readonly name: string;
	readonly commit: string;
}

/** The submodules of a work tree, looked at without running a git in them. */
export interface Gitlinks {
	/** Those of a commit, as far as there is a folder in their place. The index must hold it. */
	of(head: CommitId): Promise<readonly Submodule[]>;
	/** Brings the index to where they are now. */
	take(submodules: readonly Submodule[]): Promise<void>;
}

/** `git`: with the index that is meant. Each commit is read once. */
export function openGitlinks(root: string, git: Git): Gitlinks {
	const at = (name: string) => gitlinkAt(path.join(root, asText(name)));
	let known: { head: CommitId; all: readonly Submodule[] } | null = null;
	return {
		async of(head) {
			if (known?.head !== head) known = { head, all: await listed(git) };
			return known.all.filter(({ name }) => at(name).kind !== 'no submodule');
		},
		async take(submodules) {
			const moved = submodules.flatMap(({ name, commit }) => {
				const now = at(name);
				return now.kind === 'at' && now.commit !== commit ? [`160000 ${now.commit}\t${name}\0`] : [];
			});
			if (moved.length === 0) return;
			await git(['update-index', '-z', '--index-info'], { input: moved.join(''), encoding: 'latin1' });
		},
	};
}

/** `mode id stage TAB path`, ended by a NUL. */
async function listed(git: Git): Promise<Submodule[]> {
	const output = await git(['ls-files', '--stage', '-z'], { encoding: 'latin1' });
	const entries = output.split('\0').filter((entry) => entry.startsWith('160000 '));
	return entries.map((entry) => ({
		name: entry.slice(entry.indexOf('\t') + 1),
		commit: entry.split(' ')[1] ?? '',
	}));
}

/** What stands where a tree has a submodule. `as it was`: nothing is known of where it is. */
type Gitlink =
	| { readonly kind: 'at'; readonly commit: string }
	| { readonly kind: 'as it was' }
	| { readonly kind: 'no submodule' };

/**
 * Where a submodule is, by reading its files (gitrepository-layout(5)). No git is run for it: that would go by the
 * submodule's own configuration, which a session may have written.
 */
function gitlinkAt(folder: string): Gitlink {
	if (!lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) return { kind: 'no submodule' };
	const gitDir = gitDirOf(folder);
	const head = textOf(path.join(gitDir, 'HEAD'));
	const [, ref] = /^ref: (refs\/.+)\n$/.exec(head) ?? [];
	const tip = ref === undefined ? head : textOf(path.join(gitDir, ref)) || packed(gitDir, ref);
	const [commit] = /^[0-9a-f]{40}(?:[0-9a-f]{24})?(?=\n$)/.exec(tip) ?? [];
	return commit === undefined ? { kind: 'as it was' } : { kind: 'at', commit };
}

function gitDirOf(folder: string): string {
	const git = path.join(folder, '.git');
	const [, elsewhere] = /^gitdir: (.+)\n$/.exec(textOf(git)) ?? [];
	return elsewhere === undefined ? git : path.resolve(folder, elsewhere);
}

function packed(gitDir: string, ref: string): string {
	const lines = textOf(path.join(gitDir, 'packed-refs')).split('\n');
	const line = lines.find((each) => each.slice(each.indexOf(' ') + 1) === ref);
	return line === undefined ? '' : `${line.slice(0, line.indexOf(' '))}\n`;
}

/** Of a file, and nothing else: a pipe would be waited for. */
function textOf(file: string): string {
	return lstatSync(file, { throwIfNoEntry: false })?.isFile() ? readFileSync(file, 'utf8') : '';
}
