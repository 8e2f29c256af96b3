import path from 'node:path';
import { isMachines } from '../mishap.ts';
import type { Project } from '../project.ts';

/**
 * Rings when the list, the settings or a prompt may have changed. Watches folders, as editors replace files; falls back
 * to polling where the system has no more watchers to give.
 */
export function watchSteering(project: Project, onChange: () => void): { close(): Promise<void> } {
	const folders = [
		...new Set([path.dirname(project.todo), project.folder, path.join(project.folder, 'prompts')]),
	];
	const open = async (usePolling: boolean) => {
		// Loaded late: the first session need not wait for it.
		const { watch } = await import('chokidar');
		return watch(folders, {
			depth: 0,
			ignoreInitial: true,
			usePolling,
			interval: POLL,
			ignored: isForeign(project),
		});
	};
	const watching = (async () => {
		let watcher = await open(false);
		let isPolling = false;
		const replace = async () => {
			if (isPolling) return;
			isPolling = true;
			await watcher.close();
			watcher = await open(true);
			watcher.on('all', onChange);
			watcher.on('error', onChange);
		};
		watcher.on('all', onChange);
		// What happened before it was ready went unseen.
		watcher.on('ready', onChange);
		watcher.on('error', () => void replace().catch(doWithout));
		return { close: () => watcher.close() };
	})().catch(doWithout);
	return { close: async () => (await watching)?.close() };
}

/** Whoever rests glances at the files as well: without a watcher an edit is seen a moment later. */
function doWithout(error: unknown): void {
	if (!isMachines(error)) throw error;
}

const POLL = 150;

/** Other files of the watched folders come and go with every session. */
function isForeign(project: Project): (file: string) => boolean {
	const folders = [path.dirname(project.todo), project.folder, path.join(project.folder, 'prompts')];
	const files = [project.todo, path.join(project.folder, 'todo.md')];
	return (file) =>
		!folders.includes(file) &&
		!files.includes(file) &&
		path.dirname(file) !== path.join(project.folder, 'prompts');
}
