import type { CommitId } from '../../core/types.ts';
import type { Project } from '../project.ts';
import { isGitError } from './git.ts';
import { againIfKilled } from './killed.ts';

/**
 * Leaves a ref that says where the branch was at a start, and lets go of old ones: of those older than 14 days all but
 * the last 20. Never rejects for what old ones are like.
 */
export async function noteStart({ git }: Project, head: CommitId, now: Date): Promise<void> {
	await againIfKilled(() => git(['update-ref', `${STARTS}${timeName(now)}`, head]));
	try {
		const refs = (await git(['for-each-ref', '--format=%(refname)', STARTS])).split('\n').filter(Boolean);
		const oldest = `${STARTS}${timeName(new Date(now.getTime() - KEPT_FOR))}`;
		const old = refs
			.toSorted()
			.slice(0, -KEPT)
			.filter((ref) => ref < oldest);
		if (old.length > 0)
			await git(['update-ref', '--stdin'], { input: old.map((ref) => `delete ${ref}\n`).join('') });
	} catch (error) {
		// A damaged one, a lock: it is tried again with the next start.
		if (!isGitError(error)) throw error;
	}
}

const STARTS = 'refs/nightloop/start/';
const KEPT = 20;
/** In ms. */
const KEPT_FOR = 14 * 24 * 3_600_000;

/** As part of a ref: without what git forbids in one. In the order of time. */
function timeName(time: Date): string {
	return time.toISOString().replaceAll(/[:.]/g, '-');
}
