import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Project } from './project.ts';

/** Untracked files that were there before the loop began to work: a person's, and never part of a candidate. */
export function readUntracked(project: Project): readonly string[] {
	const file = fileOf(project);
	return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as string[]) : [];
}

/** Notes them, for as long as unlanded work of sessions may lie in the tree beside them. */
export async function noteUntracked(project: Project, untracked: readonly string[]): Promise<void> {
	await writeFile(fileOf(project), JSON.stringify(untracked), { mode: 0o600 });
}

function fileOf(project: Project): string {
	return path.join(project.state, 'untracked.json');
}
