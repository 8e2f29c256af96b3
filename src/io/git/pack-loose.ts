import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Project } from '../project.ts';
import { DURABLE, isGitError } from './git.ts';

/**
 * Puts loose objects into a pack where there are many: each landing leaves some six, and a night may have thousands. All of
 * them, whatever refers to them: a candidate has no ref while it is judged. To be called while no session lives. Never
 * rejects for what the objects are like.
 */
export async function packLoose(
	{ git, commonDir }: Project,
	most: number = MOST,
): Promise<'packed' | 'as it was'> {
	const objects = path.join(commonDir, 'objects');
	// As git itself guesses (`gc --auto`): names are hashes, and one folder is as full as the other.
	if (looseIn(path.join(objects, '17')).length * FOLDERS <= most) return 'as it was';
	const prefixes = readdirSync(objects).filter((name) => /^[0-9a-f]{2}$/.test(name));
	const ids = prefixes.flatMap((prefix) =>
		looseIn(path.join(objects, prefix)).map((name) => `${prefix}${name}\n`),
	);
	try {
		await git(['pack-objects', '-q', path.join(objects, 'pack/pack')], {
			input: ids.join(''),
			durable: DURABLE,
		});
		await git(['prune-packed', '-q']);
		return 'packed';
	} catch (error) {
		// One that is damaged, or gone meanwhile: they can stay as they are.
		if (isGitError(error)) return 'as it was';
		throw error;
	}
}

const MOST = 6000;
const FOLDERS = 256;

/** What is no object there was left by a git that was killed. */
function looseIn(folder: string): string[] {
	return existsSync(folder)
		? readdirSync(folder).filter((name) => /^(?:[0-9a-f]{38}|[0-9a-f]{62})$/.test(name))
		: [];
}
