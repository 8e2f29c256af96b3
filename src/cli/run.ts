import { closeInheritedFolders } from '../io/inherited.ts';
import { refuseHeld, takeLock } from '../io/lock.ts';
import { findPlace } from '../io/place.ts';
import type { Options } from './options.ts';
import type { Narrator } from './telling.ts';

/**
 * Runs the loop until it ends. Resolves to the exit code. Rejects with a `UserError` (exit 5) where another loop is there:
 * found out by files alone, and what else a start needs is loaded after that, as one that is turned away should not pay for it.
 */
export async function run({ folder, flags }: Options, narrate?: Narrator): Promise<number> {
	closeInheritedFolders();
	await refuseHeld((await findPlace(folder, flags.todo)).gitDir);
	const { findProject } = await import('../io/project.ts');
	const project = await findProject(folder, flags.todo);
	const lock = await takeLock(project.gitDir);
	try {
		const { night } = await import('./night.ts');
		return await night(project, flags, narrate);
	} finally {
		await lock.release();
	}
}
