/** What was found of one agent on this machine. */
export interface AgentHere {
	readonly name: string;
	/** `starts`: it tells its version; `fails`: it is there, and does not. */
	readonly state: 'starts' | 'fails' | 'absent';
	/** The first line of what it said; '' where it is absent. */
	readonly said: string;
}

/** Who works and who reviews, by what is here, in the order of the agents: a reviewer of another make where there is one. */
export function proposedAgents(
	agents: readonly AgentHere[],
): { readonly worker: string; readonly reviewer: string } | null {
	const [worker, reviewer] = agents.filter(({ state }) => state === 'starts').map(({ name }) => name);
	return worker === undefined ? null : { worker, reviewer: reviewer ?? worker };
}

/** The text of a prompt file with another agent in its front matter; what stands behind it on its line stays. */
export function withAgent(text: string, agent: string): string {
	return text.replace(/^(agent: *)[^\s#]+( *)/m, (_, key: string, gap: string) => `${key}${agent}${gap}`);
}
