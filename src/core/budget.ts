import { isAuthor } from './notes.ts';
import type { BudgetPart, BudgetWarning, Prompt, Role, Run, Scene, SessionOrder, Step } from './types.ts';

/**
 * Ends the run where one part of its budget is used up, or where less is left than the next attempt may cost: a worker's
 * session and those that judge it, each as dear as the dearest of its role in this run. What is begun is judged.
 */
export function endOnBudget(run: Run, scene: Scene): Step | null {
	for (const what of PARTS) {
		const limit = scene.settings.budget[what];
		const spent = counted(run, what);
		if (limit !== null && (spent >= limit || spent + expected(run, scene, what) > limit))
			return { step: 'end', ending: { kind: 'budget', what, spent, limit } };
	}
	return null;
}

/** What a session may still use. Reviewers are not ended for it: a candidate is judged, whatever is left. */
export function leftFor(run: Run, scene: Scene, { role, agent }: Prompt): SessionOrder['left'] {
	if (!isAuthor(role)) return { usd: null, tokens: null };
	const isBilled = run.payers.get(agent)?.now !== 'subscription';
	return { usd: isBilled ? left(run, scene, 'usd') : null, tokens: left(run, scene, 'tokens') };
}

/** What a person should hear of money: who pays, where that is not what was told; and how far the budget is used up. */
export function tellMoney(run: Run, scene: Scene): Step | null {
	for (const [agent, { told, now }] of run.payers)
		if (!told.includes(now)) return { step: 'record', event: { event: 'pays', agent, pays: now } };
	const warning = PARTS.map((what) => warningOf(run, scene, what)).find((each) => each !== null);
	return warning ? { step: 'record', event: { event: 'warned', ...warning } } : null;
}

const PARTS: readonly BudgetPart[] = ['usd', 'tokens', 'sessions'];
const STEPS = [100, 80, 50] as const;

/** A subscription is paid anyway: its dollars are what the same would have cost on a key. */
function counted({ spent }: Run, what: BudgetPart): number {
	return what === 'usd' ? spent.billed : spent[what];
}

/** Sessions are not foreseen: the first one that is too many is not opened. */
function expected({ dearest }: Run, { reviewers }: Scene, what: BudgetPart): number {
	if (what === 'sessions') return 0;
	const cost = (role: Role) => dearest[role]?.[what] ?? 0;
	return cost('worker') + reviewers.length * cost('reviewer');
}

function left(run: Run, { settings }: Scene, what: BudgetPart): number | null {
	const limit = settings.budget[what];
	return limit === null ? null : Math.max(0, limit - counted(run, what));
}

/** The highest step that was reached, unless that one, or a higher one, was told. Another limit is another budget. */
function warningOf(run: Run, { settings }: Scene, what: BudgetPart): BudgetWarning | null {
	const limit = settings.budget[what];
	if (limit === null) return null;
	const spent = counted(run, what);
	const percent = STEPS.find((step) => spent * 100 >= step * limit && spent > 0);
	if (percent === undefined) return null;
	const isTold = (told: BudgetWarning) =>
		told.what === what && told.limit === limit && told.percent >= percent;
	return run.warned.some(isTold) ? null : { what, percent, spent, limit };
}
