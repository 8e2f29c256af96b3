import process from 'node:process';
import { adapterFor, AGENTS } from '../core/agents/agents.ts';
import type { AgentHere } from '../core/init/agents-here.ts';
import { plainLine } from '../core/plain.ts';
import { findProgram } from './find-program.ts';
import { ownEnvironment, runProgram } from './program.ts';

/** Which of the agents that are known by name are on the PATH, and whether each tells its version when it is asked. */
export async function agentsHere(folder: string): Promise<AgentHere[]> {
	return Promise.all(AGENTS.map((name) => agentHere(name, folder)));
}

async function agentHere(name: string, folder: string): Promise<AgentHere> {
	const { file } = adapterFor(name).launch({ role: 'worker', model: null, args: [], line: name });
	const program = await findProgram(file, process.env);
	if (!program) return { name, state: 'absent', said: '' };
	const env = ownEnvironment();
	const result = await runProgram(program, ['--version'], {
		cwd: folder,
		env,
		limit: LIMIT,
	});
	const said = plainLine(result.stdout.toString() || result.stderr, 60);
	return { name, state: result.code === 0 ? 'starts' : 'fails', said };
}

/** In ms. A node program that has never been read from this disk takes some seconds. */
const LIMIT = 15_000;
