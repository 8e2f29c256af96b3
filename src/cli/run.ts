import { closeInheritedFolders } from '../io/inherited.ts';
import { takeLock } from '../io/lock.ts';
import { findProject } from '../io/project.ts';
import type { Options } from './options.ts';
import type { Narrator } from './telling.ts';

/** Runs the loop until it ends. Resolves to the exit code. Rejects with a `UserError` (exit 5) where another loop is there. */
export async function run({ folder, flags }: Options, narrate?: Narrator): Promise<number> {
	closeInheritedFolders();
	const project = await findProject(folder, flags.todo);
	const lock = await takeLock(project.gitDir);
	try {
		// Loaded only now: a start that is turned away should not pay for it.
		const { night } = await import('./night.ts');
		return await night(project, flags, narrate);
	} finally {
		await lock.release();
	}
}
