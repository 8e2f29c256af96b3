import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Project } from '../project.ts';
import { bringBack, lostObjects, shadowOf } from './shadow.ts';

/**
 * Puts objects back that are not in the repository any more. One that a collection moved from one file to another is
 * there as well as before. Resolves to one line if so.
 */
export async function restoreObjects(project: Project): Promise<string[]> {
	const files = lostObjects(project);
	if (files.length === 0) return [];
	const isThere = (name: string) => existsSync(path.join(project.commonDir, name));
	const own = files.filter((name) => name.startsWith('objects/') && !isThere(name));
	const changed = files.filter((name) => !own.includes(name));
	// First: git stops at one that it cannot read.
	bringBack(project, changed);
	const loose = own.filter((name) => !name.startsWith('objects/pack/'));
	const lost = new Set(await missing(project, loose.map(idOf)));
	const back = [...loose.filter((name) => lost.has(idOf(name))), ...(await lostPacks(project, own))];
	bringBack(project, back);
	const all = changed.length + back.length;
	return all === 0 ? [] : [`${all} files of objects were removed or written to by the session: put back`];
}

/** The two folders and the name of a loose object are its id. */
function idOf(name: string): string {
	return name.split('/').slice(1).join('');
}

/** Which of them are no objects of the repository. */
export async function missing(project: Project, ids: readonly string[]): Promise<string[]> {
	if (ids.length === 0) return [];
	const input = ids.map((id) => `${id}\n`).join('');
	const answer = await project.git(['cat-file', '--batch-check=%(objectname)', '--buffer'], { input });
	return answer
		.split('\n')
		.flatMap((line) => (line.endsWith(' missing') ? [line.slice(0, line.indexOf(' '))] : []));
}

/** A pack goes with its index, and whatever else bears its name. */
async function lostPacks(project: Project, files: readonly string[]): Promise<string[]> {
	const parts = files.filter((name) => name.startsWith('objects/pack/'));
	const packs = new Set(parts.map((name) => name.slice(0, name.lastIndexOf('.'))));
	for (const pack of packs) {
		const input = readFileSync(path.join(shadowOf(project), `${pack}.idx`)).toString('latin1');
		const ids = (await project.git(['show-index'], { input, encoding: 'latin1' })).split('\n');
		const lost = await missing(
			project,
			ids.flatMap((line) => line.split(' ')[1] ?? []),
		);
		if (lost.length === 0) packs.delete(pack);
	}
	return parts.filter((name) => packs.has(name.slice(0, name.lastIndexOf('.'))));
}
