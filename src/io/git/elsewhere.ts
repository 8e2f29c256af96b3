import path from 'node:path';
import type { Project } from '../project.ts';
import { lastMover } from './reflog.ts';
import { textIfThere } from '../steering/todo-file.ts';

/**
 * What a person has checked out instead of the run's branch; null while it is that one, or where an agent switched, which
 * is put right after its session. Read from the files: no git runs while a session lives.
 */
export function elsewhere(project: Project, branch: string): string | null {
	const file = path.join(project.gitDir, 'HEAD');
	const head = textIfThere(file).trim();
	const now = head.startsWith('ref: ') ? head.slice('ref: '.length) : head;
	// Some other storage of refs keeps no branch in this file.
	const isUnknown = !/^(?:refs\/heads\/(?!\.invalid$)|[0-9a-f]{40,64}$)/.test(now);
	if (now === branch || isUnknown) return null;
	if (lastMover(path.join(project.gitDir, 'logs', 'HEAD')) === 'agent') return null;
	return now.replace('refs/heads/', '');
}
