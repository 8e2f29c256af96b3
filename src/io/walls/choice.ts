import type { Settings } from '../../core/types.ts';
import type { Project } from '../project.ts';
import { probeWalls } from './walls.ts';
import type { Walls } from './walls.ts';

/** The walls by the settings; whether there can be any is tried once. */
export function openChoice(project: Project, wanted: () => Promise<Settings['walls']>) {
	let walls: Walls = { level: 'groups', why: null };
	let probed: Walls | null = null;
	return {
		inForce: () => walls,
		async choose() {
			const isPlain = (await wanted()) === 'groups';
			walls = isPlain ? { level: 'groups', why: null } : (probed ??= await probeWalls(project));
			return walls;
		},
	};
}
