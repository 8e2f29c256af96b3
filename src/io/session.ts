import { randomBytes } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { adapterFor } from '../core/agents.ts';
import type { Adapter, Decoder, Outcome } from '../core/agents.ts';
import { sessionEnvironment } from '../core/environment.ts';
import { fillPrompt } from '../core/prompt-file.ts';
import type { SessionEnd, SessionOrder, SessionReport } from '../core/types.ts';
import { maskInFile } from './mask.ts';
import { findProgram } from './project.ts';
import type { Project } from './project.ts';
import { openTail } from './tail.ts';
import type { Tail } from './tail.ts';
import { runTree } from './tree.ts';
import type { TreeEnd } from './tree.ts';

/** What one session is given beyond its order. */
export interface SessionPlace {
	readonly project: Project;
	/** Its cwd: the `-C` folder, or the one that stands for it in a room. */
	readonly folder: string;
	readonly memory: string;
	readonly mark: string;
	/** A reason to end it, asked every 100 ms. */
	readonly interrupted: () => Promise<string | null>;
}

/**
 * Runs one agent to its end: prompt on stdin, output into files, the clock kept here and not by the agent, and its whole
 * process tree ended with it. Never rejects for what the agent does.
 */
export async function runSession(order: SessionOrder, place: SessionPlace): Promise<Omit<SessionReport, 'roomChanges'>> {
	const adapter = adapterFor(order.prompt.agent);
	const nonce = randomBytes(12).toString('hex');
	const files = await sessionFiles(order, place, nonce);
	const { file, args, env: adapterEnv } = adapter.launch({ ...order, role: order.role, args: order.prompt.args, line: order.prompt.agent });
	const inherited = nested(process.env, place.mark);
	const env = sessionEnvironment({ inherited, order, adapterEnv, nonce, mark: inherited['NIGHTLOOP_MARK']!, named: adapter.name !== 'command' });
	const program = await findProgram(file, env);
	const decoder = adapter.decoder();
	const tail = openTail(files.stdout);
	const startedAt = performance.now();
	const clock = openClock(order, adapter, decoder, tail, openTail(files.stderr), place.interrupted);
	const end = program
		? await runTree({ file: program, args, cwd: place.folder, env, ...files, mark: place.mark, grace: GRACE }, clock.ask)
		: ({ kind: 'unstartable', message: `${file} was not found` } as const);
	const outcome = clock.close(end);
	await rm(files.stdin, { force: true });
	if (order.role === 'reviewer') [files.stdout, files.stderr].forEach((log) => maskInFile(log, nonce));
	return { ...outcome, model: outcome.model ?? order.model, nonce, ms: Math.round(performance.now() - startedAt) };
}

/** Ends of a session that its own process did not choose. `lingered`: it had said its result and would not go away. */
type Cause = Extract<SessionEnd, { kind: 'idle' | 'overtime' | 'stopped' }> | { readonly kind: 'lingered' };

/** From TERM to KILL, in ms: a stop is to be over within three seconds. */
const GRACE = 1500;
/** How long a session may stay after it has told its result, in ms. */
const LINGERING = 15_000;
const LONGEST_TEXT = 1024 * 1024;
const LONGEST_ERROR = 4096;

/** A loop inside a session of another loop: its sessions belong to both, and are found by either mark. */
function nested(inherited: NodeJS.ProcessEnv, mark: string): NodeJS.ProcessEnv {
	const outer = inherited['NIGHTLOOP_MARK'];
	return { ...inherited, NIGHTLOOP_MARK: outer ? `${outer},${mark}` : mark };
}

async function sessionFiles(order: SessionOrder, { project, memory }: SessionPlace, nonce: string) {
	const folder = path.join(project.logs, 'sessions', order.session);
	const prompt = fillPrompt(order.prompt.body, { ...order.holes, memory, nonce });
	await rm(folder, { recursive: true, force: true });
	await mkdir(folder, { recursive: true, mode: 0o700 });
	const files = {
		stdin: path.join(project.state, `${order.session}.stdin`),
		stdout: path.join(folder, 'output.jsonl'),
		stderr: path.join(folder, 'stderr.log'),
	};
	await writeFile(path.join(folder, 'prompt.md'), prompt.replaceAll(nonce, '#'.repeat(nonce.length)), { mode: 0o600 });
	await writeFile(files.stdin, prompt, { mode: 0o600 });
	await Promise.all([files.stdout, files.stderr].map((file) => writeFile(file, '', { mode: 0o600 })));
	return files;
}

/** Follows the output, and says when the session has to end. */
function openClock(order: SessionOrder, adapter: Adapter, decoder: Decoder, out: Tail, err: Tail, interrupted: SessionPlace['interrupted']) {
	const { idle, limit } = order.prompt;
	let quietSince = 0;
	let resultAt: number | null = null;
	let openTools = 0;
	let awakeNow = 0;
	const progress = () => {
		quietSince = awakeNow;
	};
	const onLine = (line: string) => {
		const sign = decoder.line(line);
		if (sign === 'tool-open') openTools += 1;
		if (sign === 'tool-closed') openTools = Math.max(0, openTools - 1);
		if (sign === 'result') resultAt ??= awakeNow;
		if (sign !== 'retrying' && sign !== 'nothing') progress();
	};
	const follow = () => {
		if (adapter.speaks === 'lines') return void out.read(onLine);
		if (out.read(null) + err.read(null) > 0) progress();
	};
	return {
		async ask(awake: number): Promise<Cause | null> {
			awakeNow = awake;
			follow();
			if (awake >= limit) return { kind: 'overtime', ms: limit };
			if (resultAt !== null) return awake - resultAt >= LINGERING ? { kind: 'lingered' } : null;
			const patience = openTools > 0 ? 2 * idle : idle;
			if (awake - quietSince >= patience) return { kind: 'idle', ms: patience };
			const why = await interrupted();
			return why === null ? null : { kind: 'stopped', why };
		},
		close(end: TreeEnd<Cause>): Outcome {
			follow();
			const outcome = decoder.finish(exitOf(end), out.last(LONGEST_TEXT), err.last(LONGEST_ERROR), Date.now());
			[out, err].forEach((tail) => tail.close());
			return { ...outcome, end: firstCause(end, outcome) };
		},
	};
}

function exitOf(end: TreeEnd<Cause>): { code: number | null; signal: string | null } {
	return end.kind === 'exited' ? end : { code: null, signal: 'SIGKILL' };
}

/** What the loop did comes before what the agent says of it. */
function firstCause(end: TreeEnd<Cause>, outcome: Outcome): SessionEnd {
	if (end.kind === 'unstartable') return { kind: 'failed', exitCode: null, signal: null, message: end.message };
	return end.kind === 'exited' || end.cause.kind === 'lingered' ? outcome.end : end.cause;
}
