import path from 'node:path';
import { enclose } from './enclosure.ts';
import type { Enclosure } from './enclosure.ts';
import { aliases, gitFolders, loopsOwn, steeringFiles } from './guarded.ts';
import { layersOf, makeLayers } from './layers.ts';
import { bound, masked, overlay, ownProcesses, readOnly } from './mounts.ts';
import type { Project } from '../project.ts';
import type { Tools } from './walls.ts';

/**
 * Walls for a session that works in the real work tree: its git directory is an overlay that is thrown away, the steering
 * files cannot be written, and what the loop keeps is not to be seen.
 */
export function workerWalls(project: Project, tools: Tools, name: string): Enclosure {
	const folder = layersOf(project, name);
	const gits = gitFolders(project).map((target, number) => {
		makeLayers(path.join(folder, String(number)), target);
		return overlay(target, ['lower'], String(number), tools);
	});
	const steering = steeringFiles(project);
	// What is mounted on cannot be moved away.
	const here = foldersDown(project).map((each) => bound(each, each));
	const mounts = [
		...here,
		...gits,
		...steering.map(readOnly),
		...[...aliases(project), ...loopsOwn(project)].map(masked),
		ownProcesses,
	];
	return enclose(tools, folder, mounts, steering);
}

/** The work tree, and each folder from it down to the one that sessions work in. */
function foldersDown({ root, prefix }: Project): string[] {
	const names = prefix.split('/').filter((name) => name !== '');
	return [root, ...names.map((_, depth) => path.join(root, ...names.slice(0, depth + 1)))];
}
