import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fillPrompt } from '../core/prompt-file.ts';
import type { SessionOrder } from '../core/types.ts';
import type { Project } from './project.ts';

/** Absolute paths. `stdin` holds the prompt as it is sent, and is to be removed after the session. */
export interface SessionFiles {
	readonly stdin: string;
	readonly stdout: string;
	readonly stderr: string;
}

/** Makes the folder of a session, with its prompt in it as far as people should read it: the nonce is covered. */
export function writeSessionFiles(
	project: Project,
	order: SessionOrder,
	memory: string,
	nonce: string,
): SessionFiles {
	const folder = path.join(project.logs, 'sessions', order.session);
	const prompt = fillPrompt(order.prompt.body, { ...order.holes, memory, nonce });
	const files = {
		stdin: path.join(project.state, `${order.session}.stdin`),
		stdout: path.join(folder, 'output.jsonl'),
		stderr: path.join(folder, 'stderr.log'),
	};
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	write(path.join(folder, 'prompt.md'), prompt.replaceAll(nonce, '#'.repeat(nonce.length)));
	write(files.stdin, prompt);
	write(files.stdout, '');
	write(files.stderr, '');
	return files;
}

function write(file: string, text: string): void {
	writeFileSync(file, text, { mode: 0o600 });
}
