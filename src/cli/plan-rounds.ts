import { readVerdict } from '../core/gate/verdict.ts';
import { additionTo } from '../core/plan/addition.ts';
import { planOrder, planReviewOrder } from '../core/plan/orders.ts';
import type { Brief } from '../core/plan/orders.ts';
import { readPlan } from '../core/plan/plan.ts';
import type { Plan } from '../core/plan/plan.ts';
import { plainLine } from '../core/plain.ts';
import type { Finding, Prompt, SessionEnd, SessionReport, Todo, Verdict } from '../core/types.ts';
import type { Beside } from '../io/beside.ts';
import { orderLine } from './plan-desk.ts';

/** What a spec is planned with, and against which list. */
export interface Desk extends Pick<Beside, 'run' | 'session'> {
	readonly brief: Brief;
	readonly planner: Prompt;
	readonly reviewer: Prompt;
	readonly todo: Todo;
	/** The list as it was when the planning began. */
	readonly bytes: Uint8Array;
	/** Of the section that new tasks may come under. */
	readonly title: string;
}

/** How it came out. `answer`: what the last planner said. */
export type Planning =
	| { readonly kind: 'approved'; readonly plan: Plan; readonly answer: string }
	| { readonly kind: 'rejected'; readonly findings: readonly Finding[]; readonly answer: string }
	| { readonly kind: 'cut off'; readonly end: SessionEnd };

/** A planner, then a reviewer that never saw its words; a plan that is rejected goes to a fresh planner with the findings. */
export async function planInRounds(desk: Desk): Promise<Planning> {
	let last: Extract<Planning, { kind: 'rejected' }> = { kind: 'rejected', findings: [], answer: '' };
	for (let round = 1; round <= ROUNDS; round++) {
		const planning = await planOnce(desk, round, last.findings);
		if (planning.kind !== 'rejected') return planning;
		last = planning;
		for (const { what } of last.findings) console.log(`    - ${plainLine(what)}`);
	}
	return last;
}

export const ROUNDS = 3;

async function planOnce(desk: Desk, round: number, findings: readonly Finding[]): Promise<Planning> {
	const { brief, planner, todo, bytes, title } = desk;
	const order = planOrder(desk.run(), planner, brief, round, findings);
	console.log(orderLine(order));
	const proposed = await desk.session(order, ({ end, text }) => {
		const read = readPlan(text, todo);
		const refused =
			'refused' in read
				? read.refused
				: additionTo(bytes, read, title) || isEmpty(read)
					? null
					: [UNWRITABLE];
		const plan = 'refused' in read || refused ? null : read;
		return { end, text, plan, refused, told: refused ? `no plan: ${refused[0]}` : counted(plan) };
	});
	const { end, text: answer, plan, refused } = proposed;
	if (end.kind !== 'completed') return { kind: 'cut off', end };
	if (plan === null) return { kind: 'rejected', findings: (refused ?? []).map(byRule), answer };
	return isEmpty(plan) ? { kind: 'approved', plan, answer } : judge(desk, round, plan, answer);
}

/** One that gives no readable verdict is asked once more, as a fresh session. */
async function judge(desk: Desk, round: number, plan: Plan, answer: string): Promise<Planning> {
	const whys: string[] = [];
	while (whys.length < MOST_ASKED) {
		const order = planReviewOrder(desk.run(), desk.reviewer, desk.brief, round, plan);
		console.log(orderLine(order));
		const { end, verdict } = await desk.session(order, (report) => readReview(desk.reviewer, report));
		if (end.kind !== 'completed') return { kind: 'cut off', end };
		if (verdict.kind === 'approved') return { kind: 'approved', plan, answer };
		if (verdict.kind === 'rejected') return { kind: 'rejected', findings: verdict.findings, answer };
		whys.push(verdict.why);
	}
	const unread = byRule('the reviewer gave no readable verdict on this plan');
	return { kind: 'rejected', findings: [{ ...unread, evidence: whys.join('\n') }], answer };
}

const MOST_ASKED = 2;

function readReview({ name: reviewer }: Prompt, { end, text, nonce, roomChanges }: SessionReport) {
	const verdict = readVerdict({ end, text, nonce, roomChanges, reviewer });
	return { end, verdict, told: verdictWords(verdict) };
}

function verdictWords(verdict: Verdict): string {
	if (verdict.kind === 'unreadable') return `unreadable: ${verdict.why}`;
	return verdict.kind === 'approved' ? 'approves' : `rejects: ${verdict.findings[0]?.what ?? ''}`;
}

const UNWRITABLE =
	'the tasks cannot be written below the list as they are: indent what is below a task, and close every fence';

function isEmpty({ tasks }: Plan): boolean {
	return tasks.length === 0;
}

/** How many are to be worked on. */
export function counted(plan: Plan | null): string {
	const leaves = (plan?.tasks ?? []).filter(({ kind }) => kind === 'leaf').length;
	return `${leaves} task${leaves === 1 ? '' : 's'}`;
}

function byRule(what: string): Finding {
	return { what, evidence: '', blocking: true, by: 'nightloop' };
}
