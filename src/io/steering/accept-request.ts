import { createHash } from 'node:crypto';
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { jsonObject } from '../../core/json.ts';
import type { RuleTexts } from '../../core/types.ts';
import type { Project } from '../project.ts';
import { textIfThere } from './todo-file.ts';
import { isSomebodyElse, isWithinSession } from './within-session.ts';

/** Asks the loop that runs to take these very texts as the person's word. Good as long as this process waits for it. */
export function leaveRequest(project: Project, texts: RuleTexts): void {
	const file = fileOf(project);
	const request: Request = { pid: process.pid, digest: digest(texts) };
	writeFileSync(`${file}.new`, JSON.stringify(request), { mode: 0o600 });
	renameSync(`${file}.new`, file);
}

export function hasRequest(project: Project): boolean {
	return existsSync(fileOf(project));
}

export function removeRequest(project: Project): void {
	rmSync(fileOf(project), { recursive: true, force: true });
}

/** Why the request that is there does not make these texts the person's word; null: it does. */
export function objection(project: Project, texts: RuleTexts): string | null {
	const request = readRequest(project);
	if (request === null) return 'it cannot be read';
	if (!isSomebodyElse(request.pid) || isWithinSession(project, request.pid))
		return 'whoever asked for it is gone, or a session';
	return request.digest === digest(texts) ? null : 'the files are not what they were when it was asked for';
}

interface Request {
	readonly pid: number;
	readonly digest: string;
}

function fileOf(project: Project): string {
	return path.join(project.state, 'accept.json');
}

function readRequest(project: Project): Request | null {
	const { pid, digest } = (jsonObject(textIfThere(fileOf(project))) ?? {}) as Partial<Request>;
	return Number.isSafeInteger(pid) && pid! > 0 && typeof digest === 'string' ? { pid: pid!, digest } : null;
}

function digest({ settings, prompts }: RuleTexts): string {
	return createHash('sha256')
		.update(JSON.stringify([settings, prompts]))
		.digest('hex');
}
