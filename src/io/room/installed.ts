import { lstatSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { CommitId, Installed } from '../../core/types.ts';
import { ignoredIn } from './instructions.ts';
import type { Project } from '../project.ts';
import { asText } from '../steering/steering-files.ts';
import { namesIfThere, readIfThere } from '../steering/todo-file.ts';

/**
 * Notes what is ignored in the work tree (dependencies, build output), once for each base: before the first session that
 * works on it. Rooms hold it as the last session left it, and what is red there may be so for that reason.
 */
export async function noteInstalled(project: Project, base: CommitId): Promise<void> {
	if (noted(project)[0] === base) return;
	writeFileSync(noteOf(project), [base, ...(await installedIn(project))].join('\0'), {
		encoding: 'latin1',
		mode: 0o600,
	});
}

/** Whether any of it was changed, added or removed since. A file's time of change cannot be set by hand. */
export async function installedSince(project: Project, base: CommitId): Promise<Installed> {
	const note = lstatSync(noteOf(project), { bigint: true, throwIfNoEntry: false });
	const [of, ...before] = noted(project);
	if (!note || of !== base) return 'changed';
	const now = await installedIn(project);
	const isTouched = (name: string) => touchedSince(path.join(project.root, asText(name)), note.ctimeNs);
	return before.some((name) => !now.includes(name)) || now.some(isTouched) ? 'changed' : 'as before';
}

function noteOf({ state }: Project): string {
	return path.join(state, 'installed');
}

function noted(project: Project): string[] {
	return Buffer.from(readIfThere(noteOf(project)) ?? '')
		.toString('latin1')
		.split('\0');
}

/** The loop's own logs are nothing that is installed. */
async function installedIn(project: Project): Promise<string[]> {
	return (await ignoredIn(project)).filter((name) => !/(?:^|\/)\.nightloop$/.test(name));
}

function touchedSince(file: string, time: bigint): boolean {
	const found = lstatSync(file, { bigint: true, throwIfNoEntry: false });
	if (!found) return true;
	if (found.ctimeNs >= time) return true;
	// What cannot be read was not read by a check either.
	return found.isDirectory() && namesIfThere(file).some((name) => touchedSince(path.join(file, name), time));
}
