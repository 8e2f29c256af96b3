import { withPayer, withTask } from './parts.ts';
import type { EntryOf } from './parts.ts';
import type { Attempt, Role, Run, Spent, Usage } from '../types.ts';

/** One more session: it counts when it is opened, also where it never tells what it used. */
export function opening(spent: Spent): Spent {
	return { ...spent, sessions: spent.sessions + 1 };
}

/** Books what a session used, on the run and on its task. */
export function account(
	run: Run,
	{ agent, role }: NonNullable<Attempt['open']>,
	{ task, usage, pays = null }: EntryOf<'worked' | 'reviewed'>,
): Run {
	const billed = pays === 'subscription' ? 0 : usage.usd;
	const added = (spent: Spent): Spent => ({
		...spent,
		usd: spent.usd + usage.usd,
		billed: spent.billed + billed,
		tokens: spent.tokens + usage.tokens,
	});
	const booked: Run = {
		...run,
		spent: added(run.spent),
		dearest: withCost(run.dearest, role, { usd: billed, tokens: usage.tokens }),
		payers: pays === null ? run.payers : withPayer(run.payers, agent, pays, 'seen'),
	};
	return withTask(booked, task, ({ spent }) => ({ spent: added(spent) }));
}

function withCost(dearest: Run['dearest'], role: Role, { usd, tokens }: Usage): Run['dearest'] {
	const before = dearest[role] ?? { usd: 0, tokens: 0 };
	const most = { usd: Math.max(before.usd, usd), tokens: Math.max(before.tokens, tokens) };
	return { ...dearest, [role]: most };
}
