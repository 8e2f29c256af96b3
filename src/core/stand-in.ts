import { waitStep } from './waits.ts';
import type { Absence, Prompt, Run, Scene, Step, WaitingFor } from './types.ts';

/**
 * Who runs a prompt now: its agent, or while that cannot be used the first of its fallbacks that can. null: none of them.
 * A limit is what fallbacks are for in the first place; that nobody is logged in, or a service cannot be reached, would cost
 * the night as well.
 */
export function onDuty({ away }: Run, { agent, fallback }: Prompt, { now, setBack }: Clock): string | null {
	const isThere = (name: string) => (away.get(name)?.until ?? now) <= now + setBack;
	return [agent, ...fallback].find(isThere) ?? null;
}

/** A clock that is set back makes no absence longer. */
type Clock = Pick<Scene, 'now' | 'setBack'>;

/** The prompt as that agent runs it: a model and arguments are meant for the prompt's own. */
export function runBy(prompt: Prompt, agent: string): Prompt {
	return agent === prompt.agent ? prompt : { ...prompt, agent, model: [], args: [] };
}

/** For a person: `claude, which is at its limit`. A reviewer may be run by the worker's agent: it is another session all the same. */
export function insteadOf({ away, attempt }: Run, prompt: Prompt, agent: string): string | null {
	if (agent === prompt.agent) return null;
	const why = away.get(prompt.agent)?.why;
	const so = why === undefined ? prompt.agent : `${prompt.agent}, which ${ABSENT[why]}`;
	const isWorkers = prompt.role === 'reviewer' && attempt?.work?.agent === agent;
	return isWorkers ? `${so}; the worker’s agent, in a session of its own` : so;
}

/** What a person reads behind an agent's name. */
export const ABSENT: Readonly<Record<Absence['why'], string>> = {
	limit: 'is at its limit',
	outage: 'cannot reach its service',
	auth: 'is not logged in',
};

/** The wait for the first of a prompt's agents to come back. null: one of them is there. */
export function awaitAgent(run: Run, scene: Scene, prompt: Prompt): Step | null {
	if (onDuty(run, prompt, scene) !== null) return null;
	const absences = [prompt.agent, ...prompt.fallback].map((agent) => ({ agent, ...run.away.get(agent)! }));
	const first = absences.reduce((one, other) => (other.until < one.until ? other : one));
	const { agent, why, message, until } = first;
	return waitStep({ kind: why, agent, prompt: prompt.name, message }, until);
}

/** Whether somebody can run by now what is waited with: a person may have named another agent, or one more. */
export function isReplaced(run: Run, scene: Scene, what: WaitingFor): boolean {
	if (!('prompt' in what)) return false;
	const prompt = [scene.worker, ...scene.reviewers].find(({ name }) => name === what.prompt);
	return !prompt || onDuty(run, prompt, scene) !== null;
}
