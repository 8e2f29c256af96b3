import { withPayer, withTask } from './parts.ts';
import type { EntryOf } from './parts.ts';
import type { Attempt, Payer, Role, Run, Spent, Usage } from '../types.ts';

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
	const after: Run = {
		...run,
		spent: booked(run.spent, usage, pays),
		dearest: withCost(run.dearest, role, { ...usage, usd: billed(usage, pays) }),
		payers: pays === null ? run.payers : withPayer(run.payers, agent, pays, 'seen'),
	};
	return withTask(after, task, ({ spent }) => ({ spent: booked(spent, usage, pays) }));
}

/** What was spent, with what one session used. What a subscription pays is not billed. */
export function booked(spent: Spent, usage: Usage, pays: Payer | null): Spent {
	return {
		...spent,
		usd: spent.usd + usage.usd,
		billed: spent.billed + billed(usage, pays),
		tokens: spent.tokens + usage.tokens,
	};
}

function billed({ usd }: Usage, pays: Payer | null): number {
	return pays === 'subscription' ? 0 : usd;
}

function withCost(dearest: Run['dearest'], role: Role, { usd, tokens }: Usage): Run['dearest'] {
	const before = dearest[role] ?? { usd: 0, tokens: 0 };
	const most = { usd: Math.max(before.usd, usd), tokens: Math.max(before.tokens, tokens) };
	return { ...dearest, [role]: most };
}
