import type { Adapter, Outcome } from '../../core/agents/agents.ts';
import { failed } from '../../core/agents/failure.ts';
import type { SessionEnd, SessionOrder, Usage } from '../../core/types.ts';
import type { SessionFiles } from './session-files.ts';
import { openLastWords } from './last-words.ts';
import { openLog, SESSION_LIMITS } from './output-log.ts';
import type { TreeEnd } from './tree.ts';

/** Ends of a session that its own process did not choose. `lingered`: it had said its result and would not go away. */
type Cause = Extract<SessionEnd, { kind: 'idle' | 'overtime' | 'stopped' }> | { readonly kind: 'lingered' };

export interface SessionClock {
	/** Whether the session has to end, `awake` ms after its start. */
	ask(awake: number): Promise<Cause | null>;
	/** What tool it uses, as `Decoder.tool` tells it. */
	tool(): string | null;
	/** Reads the rest of the output, and tells what the session came to. */
	close(end: TreeEnd<Cause>): Outcome;
}

/** Follows the output of a session, and says when its time is over: an agent's own clock is not to be relied on. */
export function openClock(
	order: SessionOrder,
	adapter: Adapter,
	files: SessionFiles,
	nonce: string,
	interrupted: () => Promise<string | null>,
): SessionClock {
	const decoder = adapter.decoder();
	const [out, err] = [openLog(files.stdout, SESSION_LIMITS), openLog(files.stderr, SESSION_LIMITS)];
	let now = 0;
	let signs: Signs = { aliveAt: 0, result: 'none', tool: 'none' };
	const words = openLastWords(order, nonce);
	const hear = (line: string) => {
		signs = after(signs, decoder.line(line), now);
		if (decoder.said) words.hear(decoder.said(), out.losses());
	};
	const follow = () => {
		const said = err.follow(null);
		if (adapter.speaks === 'lines') out.follow(hear);
		else if (out.follow(null) + said > 0) signs = after(signs, 'progress', now);
	};
	const stopping = async () => (isUsedUp(order, decoder.used?.()) ? USED_UP : interrupted());
	return {
		async ask(awake) {
			now = awake;
			follow();
			return causeOf(signs, awake, order.prompt, await stopping());
		},
		tool: () => decoder.tool?.() ?? null,
		close(end) {
			if (adapter.speaks === 'lines') out.rest(hear);
			const exit = end.kind === 'exited' ? end : { code: null, signal: 'SIGKILL' };
			const last = out.last(LONGEST_TEXT);
			const isWhole = adapter.speaks === 'lines' ? words.areWhole(out.losses()) : last.state === 'whole';
			const outcome = decoder.finish(exit, last.text, err.last(LONGEST_ERROR).text, Date.now());
			out.close();
			err.close();
			const text = !isWhole ? UNKNOWN : words.areInDoubt(outcome.text) ? IN_DOUBT : outcome.text;
			return { ...outcome, text, end: orOfBudget(order, outcome.usage, firstCause(order, end, outcome)) };
		},
	};
}

/** Why a session has to end by now, if it has. `why`: what else wants it to. */
function causeOf(
	{ aliveAt, result, tool }: Signs,
	awake: number,
	{ idle, limit }: SessionOrder['prompt'],
	why: string | null,
): Cause | null {
	const quiet = awake - aliveAt;
	if (result === 'told') return why !== null || quiet >= LINGERING ? { kind: 'lingered' } : null;
	if (why !== null) return { kind: 'stopped', why };
	if (result === 'pending') return quiet >= idle || awake >= limit ? { kind: 'lingered' } : null;
	const patience = tool === 'open' ? 2 * idle : idle;
	if (awake >= limit) return { kind: 'overtime', ms: limit };
	return quiet >= patience ? { kind: 'idle', ms: patience } : null;
}

/** How long a session may stay after it has told its result, in ms. */
const LINGERING = 15_000;
/** In bytes. */
const LONGEST_TEXT = 1024 * 1024;
const LONGEST_ERROR = 4096;
/** Instead of a text in which something may be missing: it could be the half of what makes it no approval. */
const UNKNOWN =
	'[its last words are not known for certain: its output was too long, and was cut right there]';

const IN_DOUBT = '[it gave more than one verdict, and one of them was no approval]';

const USED_UP = 'the budget is used up';

function isUsedUp({ left }: SessionOrder, used: Usage | undefined): boolean {
	if (!used) return false;
	return (['usd', 'tokens'] as const).some((what) => left[what] !== null && used[what] >= left[what]);
}

/** An agent that was told what it may cost ends by itself, and calls that a failure. */
function orOfBudget(order: SessionOrder, used: Usage, end: SessionEnd): SessionEnd {
	return end.kind === 'failed' && isUsedUp(order, used) ? { kind: 'stopped', why: USED_UP } : end;
}

/** What the output has shown so far, in ms since the start. */
interface Signs {
	readonly aliveAt: number;
	/** `pending`: another turn may follow, when work of its own in the background ends. */
	readonly result: 'none' | 'told' | 'pending';
	readonly tool: 'open' | 'none';
}

function after(signs: Signs, sign: ReturnType<ReturnType<Adapter['decoder']>['line']>, now: number): Signs {
	switch (sign) {
		case 'retrying':
		case 'nothing':
			return signs;
		case 'result':
			return { ...signs, aliveAt: now, result: 'told' };
		case 'result-pending':
			return { ...signs, aliveAt: now, result: 'pending' };
		case 'tool-open':
			return { aliveAt: now, result: 'none', tool: 'open' };
		case 'tool-closed':
			return { aliveAt: now, result: 'none', tool: 'none' };
		case 'progress':
			return { ...signs, aliveAt: now, result: 'none' };
	}
}

/** What the loop did comes before what the agent says of it; but one that waits for its provider is not idle by itself. */
function firstCause({ role }: SessionOrder, end: TreeEnd<Cause>, outcome: Outcome): SessionEnd {
	if (end.kind === 'unstartable') return { kind: 'outage', message: end.message };
	// What a worker left is judged; nobody judges a reviewer that broke down after its last words.
	if (role === 'reviewer' && end.kind === 'exited' && end.code !== 0 && outcome.end.kind === 'completed')
		return failed(end, 'it broke down after it had said success');
	if (end.kind === 'exited' || end.cause.kind === 'lingered') return outcome.end;
	return end.cause.kind === 'idle' && PROVIDERS.has(outcome.end.kind) ? outcome.end : end.cause;
}

/** Ends that are the provider's. */
const PROVIDERS: ReadonlySet<SessionEnd['kind']> = new Set(['limited', 'outage', 'auth']);
