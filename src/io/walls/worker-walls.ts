import path from 'node:path';
import { enclose } from './enclosure.ts';
import type { Enclosure } from './enclosure.ts';
import { gitFolders, loopsOwn, steeringFiles } from './guarded.ts';
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
	const here = bound(project.root, project.root);
	const mounts = [here, ...gits, ...steering.map(readOnly), ...loopsOwn(project).map(masked), ownProcesses];
	return enclose(tools, folder, mounts, steering);
}
