import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { memoryText } from '../../core/memory.ts';
import type { NoteFile } from '../../core/memory.ts';
import { MEMORY_CAP } from '../../core/notes.ts';
import type { CommitId, Role } from '../../core/types.ts';
import { list } from '../git/private-index.ts';
import type { Project } from '../project.ts';
import { isAbsence, namesIfThere } from '../steering/todo-file.ts';

/** The notes in memory/, as a session is given them. */
export interface Notes {
	/** As they lie in the work tree: what a worker is given. */
	onDisk(role: Role): Promise<string>;
	/** As of a commit: what a reviewer is given, as the author may have written to it in them. */
	at(commit: CommitId, role: Role): Promise<string>;
}

/** `tell` is told once of each note whose front matter cannot be read. */
export function openNotes(project: Project, tell: (flaw: string) => void): Notes {
	const told = new Set<string>();
	const textOf = (files: readonly NoteFile[], role: Role) => {
		const { text, flaws } = memoryText(files, role, MEMORY_CAP);
		for (const flaw of flaws.filter((each) => !told.has(each))) {
			told.add(flaw);
			tell(flaw);
		}
		return text;
	};
	return {
		onDisk: async (role) => textOf(notesOnDisk(project), role),
		at: async (commit, role) => textOf(await notesAt(project, commit), role),
	};
}

function notesOnDisk({ folder }: Project): NoteFile[] {
	const names = namesIfThere(path.join(folder, 'memory')).filter((name) => name.endsWith('.md'));
	const files: NoteFile[] = [];
	let left = MOST;
	for (const name of names.toSorted()) {
		const text = left > 0 ? readBeginning(path.join(folder, 'memory', name)) : null;
		if (text === null) continue;
		left -= text.length;
		files.push({ path: `memory/${name}`, text });
	}
	return files;
}

async function notesAt(project: Project, commit: CommitId): Promise<NoteFile[]> {
	const folder = `${project.prefix}memory/`;
	const names = list(await project.git(['ls-tree', '--name-only', '-z', commit, '--', folder]));
	const notes = names.filter((name) => name.endsWith('.md'));
	const files = notes.map(async (name) => ({
		path: name.slice(project.prefix.length),
		text: await project.git(['cat-file', 'blob', `${commit}:${name}`]),
	}));
	return Promise.all(files);
}

/** In bytes: more than the cap in any script, so that what is not read to its end is not shown whole. */
const LONGEST = 32 * MEMORY_CAP;
/** In characters, of all notes. What goes beyond it was left by a session that went wild, and is not read. */
const MOST = 64 * LONGEST;

/** A session may have left anything there: a link, a pipe, a file of gigabytes. null: no file that could be read. */
function readBeginning(file: string): string | null {
	const fd = openIfFile(file);
	if (fd === null) return null;
	try {
		if (!fstatSync(fd).isFile()) return null;
		const bytes = Buffer.alloc(LONGEST);
		return bytes.toString('utf8', 0, readSync(fd, bytes, 0, LONGEST, 0));
	} finally {
		closeSync(fd);
	}
}

function openIfFile(file: string): number | null {
	try {
		return openSync(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
	} catch (error) {
		if (isAbsence(error)) return null;
		throw error;
	}
}
