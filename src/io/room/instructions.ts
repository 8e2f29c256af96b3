import { lstatSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { isInstructions } from '../../core/gate/changes.ts';
import type { Candidate, CommitId } from '../../core/types.ts';
import { list } from '../git/private-index.ts';
import type { Project } from '../project.ts';
import { asBytes, asText } from '../steering/steering-files.ts';

/** Files that instruct agents, where a candidate is not as its base. */
export interface Instructions {
	/** What the candidate changed. */
	readonly tracked: readonly string[];
	/** Of these, what base has too, one character a byte. */
	readonly ofBase: readonly string[];
	/** What base does not have: added by the candidate, or not tracked at all. One character a byte. */
	readonly foreign: readonly string[];
}

/** Which files must not be as the author left them where its reviewer works. */
export async function instructionsOf(project: Project, { changes }: Candidate): Promise<Instructions> {
	const changed = changes.filter((change) => isInstructions(change.path));
	const ignored = await ignoredIn(project);
	const added = changed.filter(({ status }) => status === 'added').map((change) => asBytes(change.path));
	return {
		tracked: changed.map((change) => change.path),
		ofBase: changed
			.filter(({ status, path: name }) => status !== 'added' && hasItsFolder(project, name))
			.map((change) => asBytes(change.path)),
		foreign: [...added, ...ignored.filter((name) => isInstructions(asText(name)))],
	};
}

/** Below what is no folder in the candidate, such as a link, base's file would hide it all. */
function hasItsFolder({ root }: Project, name: string): boolean {
	const above = name.split('/').slice(0, -1);
	const folders = above.map((_, depth) => path.join(root, ...above.slice(0, depth + 1)));
	return folders.every((folder) => lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? true);
}

/** Writes them below a folder as they are in a commit. */
export async function checkOutInstructions(
	project: Project,
	commit: CommitId,
	names: readonly string[],
	folder: string,
): Promise<void> {
	if (names.length === 0) return;
	const index = path.join(project.state, 'instructions.index');
	await Promise.all([index, `${index}.lock`].map((file) => rm(file, { force: true })));
	await project.git(['read-tree', commit], { index });
	const args = ['checkout-index', '--force', '-z', '--stdin', `--prefix=${folder}/`];
	await project.git(args, { index, input: names.join('\0'), encoding: 'latin1' });
}

/** What git ignores, one character a byte. A folder of which nothing is tracked stands for all that is in it. */
export async function ignoredIn(project: Project): Promise<string[]> {
	const args = ['ls-files', '-o', '-i', '--exclude-standard', '--directory', '-z'];
	return list(await project.git(args, { encoding: 'latin1' })).map((name) => name.replace(/\/$/, ''));
}
