import { findingWords, sessionId } from '../orders.ts';
import type { Finding, Prompt, Run, SessionOrder, Task, TaskId } from '../types.ts';
import { planLines, type Plan } from './plan.ts';

/** What all sessions on one spec are told. */
export interface Brief {
	/** The name of the spec, for people. */
	readonly about: string;
	readonly spec: string;
	/** The list as text. */
	readonly todo: string;
}

type Beside = Pick<SessionOrder, 'text' | 'attempt' | 'prompt' | 'holes'>;

/** The planner's session of a round, from 1 on; `findings` are against the plan of the round before. */
export function planOrder(
	run: Run,
	prompt: Prompt,
	{ about, spec, todo }: Brief,
	round: number,
	findings: readonly Finding[],
): SessionOrder {
	const holes = { task: about, details: '', spec, todo, findings: findings.map(findingWords).join('\n') };
	return order(run, { text: `plan ${about}`, attempt: round, prompt, holes });
}

/** The session that judges a plan against its spec. Nothing that the planner said is in it but the tasks. */
export function planReviewOrder(
	run: Run,
	prompt: Prompt,
	{ about, spec, todo }: Brief,
	round: number,
	plan: Plan,
): SessionOrder {
	const holes = { task: about, details: '', spec, todo, changes: planLines(plan).join('\n') };
	return order(run, { text: `judge the plan of ${about}`, attempt: round, prompt, holes });
}

/** The session that judges open tasks as they are; `about`: the name of the list. */
export function judgeOrder(
	run: Run,
	prompt: Prompt,
	about: string,
	todo: string,
	tasks: readonly Task[],
): SessionOrder {
	const holes = { task: tasks.map(numbered).join('\n'), details: '', todo };
	return order(run, { text: `judge the tasks of ${about}`, attempt: 1, prompt, holes });
}

function numbered({ line, text, details, breadcrumb }: Task): string {
	const under = breadcrumb.length === 0 ? '' : ` (under: ${breadcrumb.join(' › ')})`;
	const below = details === '' ? '' : `\n${details.replaceAll(/^(?=.)/gm, '  ')}`;
	return `- line ${line}: ${text}${under}${below}`;
}

/** It is no attempt at a task. `base` and `candidate` are filled by whoever makes its room. */
function order(run: Run, beside: Beside): SessionOrder {
	const { role, model } = beside.prompt;
	return {
		session: sessionId(run.sessions + 1, role),
		role,
		task: '' as TaskId,
		model: model[Math.min(beside.attempt, model.length) - 1] ?? null,
		base: null,
		candidate: null,
		instead: null,
		left: { usd: null, tokens: null },
		cutOff: null,
		setup: null,
		push: false,
		...beside,
	};
}
