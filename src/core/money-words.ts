import { money, tokens } from './format.ts';
import { plainLine } from './plain.ts';
import type { AgentPayer, BudgetWarning, Payer, Spent } from './types.ts';

/** Who pays for an agent, for people. */
export const PAYERS: Readonly<Record<Payer, string>> = {
	key: 'API key, billed',
	subscription: 'subscription',
};

/** Behind what is known of a start: ` · claude: subscription · codex: payer not known`. */
export function payersWords(payers: readonly AgentPayer[]): string {
	return payers.map(({ agent, pays }) => ` · ${plainLine(agent)}: ${pays ? PAYERS[pays] : UNKNOWN}`).join('');
}

const UNKNOWN = 'payer not known';

/**
 * What was used, as far as agents told: `3 sessions, 12k tokens, $1.50`; `≈$1.50` where a subscription paid for some of it.
 */
export function spentWords(spent: Spent): string {
	const { sessions, usd, billed } = spent;
	const price = usd === 0 ? '' : `, ${money(usd, billed < usd ? 'subscription' : 'key')}`;
	const used = spent.tokens === 0 ? '' : `, ${tokens(spent.tokens)} tokens`;
	return `${sessions} ${sessions === 1 ? 'session' : 'sessions'}${used}${price}`;
}

/** `80 % of the budget is used: 20.02 of 25 usd`. */
export function budgetWords({ what, percent, spent, limit }: BudgetWarning): string {
	return `${percent} % of the budget is used: ${Math.round(spent * 100) / 100} of ${limit} ${what}`;
}
