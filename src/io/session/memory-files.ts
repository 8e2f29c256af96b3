import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { memoryText } from '../../core/memory.ts';
import type { Candidate } from '../../core/types.ts';
import { list } from '../git/private-index.ts';
import type { Project } from '../project.ts';

/** The notes as they lie in the work tree: what a worker is given. */
export async function memoryOnDisk(project: Project): Promise<string> {
	const folder = path.join(project.folder, 'memory');
	const names = existsSync(folder)
		? (await readdir(folder, { withFileTypes: true })).flatMap((entry) =>
				entry.isFile() && entry.name.endsWith('.md') ? [entry.name] : [],
			)
		: [];
	const files = names.map(async (name) => ({
		path: `memory/${name}`,
		text: await readFile(path.join(folder, name), 'utf8'),
	}));
	return memoryText(await Promise.all(files), CAP);
}

/** The notes as of the candidate's base: what a reviewer is given, as the author may have written to it in them. */
export async function memoryAtBase(project: Project, { base }: Candidate): Promise<string> {
	const folder = `${project.prefix}memory/`;
	const names = list(await project.git(['ls-tree', '--name-only', '-z', base, '--', folder]));
	const notes = names.filter((name) => name.endsWith('.md'));
	const files = notes.map(async (name) => ({
		path: name.slice(project.prefix.length),
		text: await project.git(['cat-file', 'blob', `${base}:${name}`]),
	}));
	return memoryText(await Promise.all(files), CAP);
}

/** In tokens. */
const CAP = 8000;
