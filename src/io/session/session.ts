import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { adapterFor } from '../../core/agents/agents.ts';
import { sessionEnvironment } from '../../core/environment.ts';
import { fillPrompt } from '../../core/rules/prompt-file.ts';
import type { SessionOrder, SessionReport } from '../../core/types.ts';
import type { Enclosure } from '../walls/enclosure.ts';
import { maskInFile } from './mask.ts';
import { findProgram } from '../find-program.ts';
import type { Project } from '../project.ts';
import { openClock } from './session-clock.ts';
import { marksWith } from './session-mark.ts';
import { writeSessionFiles } from './session-files.ts';
import { runTree } from './tree.ts';

/** To be told which tool a session uses, each 100 ms, for a person to see; files of its folder are named from there on. */
export type OnTool = (tool: string | null) => void;

/** What one session is given beyond its order. */
export interface SessionPlace {
	readonly project: Project;
	/** Its cwd: the `-C` folder, or the one that stands for it in a room. */
	readonly folder: string;
	/** The walls around it; null: none but a group of its own. */
	readonly enclosure: Enclosure | null;
	readonly memory: string;
	readonly mark: string;
	/** A reason to end it, asked every 100 ms. */
	readonly interrupted: () => Promise<string | null>;
	readonly onTool?: OnTool | undefined;
}

/**
 * Runs one agent to its end: prompt on stdin, output into files, the clock kept here and not by the agent, and its whole
 * process tree ended with it. Never rejects for what the agent does.
 */
export async function runSession(
	order: SessionOrder,
	place: SessionPlace,
): Promise<Omit<SessionReport, 'roomChanges'>> {
	const { agent, args } = order.prompt;
	const adapter = adapterFor(agent);
	const nonce = randomBytes(12).toString('hex');
	const stdin = fillPrompt(order.prompt.body, { ...order.holes, memory: place.memory, nonce });
	const files = writeSessionFiles(place.project, order, stdin, nonce);
	const launch = adapter.launch({
		role: order.role,
		model: order.model,
		args,
		line: agent,
		usd: order.left.usd,
	});
	const env = environment(order, launch.env, adapter.name, nonce, place.mark);
	const file = await findProgram(launch.file, env);
	const clock = openClock(order, adapter, files, nonce, place.interrupted);
	const ask = async (awake: number) => {
		const cause = await clock.ask(awake);
		place.onTool?.(clock.tool()?.replaceAll(`${place.folder}/`, '') ?? null);
		return cause;
	};
	const startedAt = performance.now();
	const tree = {
		file: file ?? '',
		args: launch.args,
		cwd: place.folder,
		env,
		mark: place.mark,
		grace: GRACE,
		enclosure: place.enclosure,
		stdin,
		...files,
	};
	const end = file
		? await runTree(tree, ask)
		: ({ kind: 'unstartable', message: `${launch.file} was not found` } as const);
	const ms = Math.round(performance.now() - startedAt);
	place.onTool?.(null);
	const outcome = clock.close(end);
	if (order.role === 'reviewer') [files.stdout, files.stderr].forEach((log) => maskInFile(log, nonce));
	return { ...outcome, model: outcome.model ?? order.model, nonce, ms };
}

/** From TERM to KILL, in ms: a stop is to be over within three seconds. */
const GRACE = 1500;

function environment(
	order: SessionOrder,
	adapterEnv: Readonly<Record<string, string | null>>,
	adapter: string,
	nonce: string,
	own: string,
): Record<string, string> {
	const mark = marksWith(own);
	return sessionEnvironment({
		inherited: process.env,
		order,
		adapterEnv,
		nonce,
		mark,
		named: adapter !== 'command',
	});
}
