import type { Entry, Role, SessionId, Time } from '../types.ts';

/** What a stretch of the time went into. `stopped`: no loop was there. `loop`: its own doing. */
export type Use = 'work' | 'checks' | 'review' | 'wait' | 'idle' | 'sleep' | 'stopped' | 'loop';

/** From one time to another, never empty. */
export interface Span {
	readonly use: Use;
	readonly from: Time;
	readonly to: Time;
}

/**
 * Where the time between the first entry and `now` went, without gaps, neighbours of one kind put together. What a session
 * took less than the clock says while it ran, the machine slept, and where in it is not known: it is put at its end.
 */
export function timeSpent(entries: readonly Entry[], now: Time, holder: 'alive' | 'nobody'): Span[] {
	const first = entries[0];
	if (!first) return [];
	const spans: Span[] = [];
	let state: State = { at: Date.parse(first.at), doing: 'loop', session: null };
	for (const entry of entries) {
		const at = Math.max(state.at, Date.parse(entry.at));
		const doing = entry.event === 'checked' ? 'checks' : entry.event === 'started' ? 'stopped' : state.doing;
		for (const span of withSleep({ use: doing, from: state.at, to: at }, entry, state)) add(spans, span);
		state = after(state, entry, at);
	}
	add(spans, {
		use: holder === 'alive' ? state.doing : 'stopped',
		from: state.at,
		to: Math.max(state.at, now),
	});
	return spans;
}

/** How long each use was, in ms, longest first. */
export function totals(spans: readonly Span[]): { readonly use: Use; readonly ms: number }[] {
	const sums = new Map<Use, number>();
	for (const { use, from, to } of spans) sums.set(use, (sums.get(use) ?? 0) + to - from);
	return [...sums].map(([use, ms]) => ({ use, ms })).toSorted((one, other) => other.ms - one.ms);
}

interface State {
	readonly at: Time;
	readonly doing: Use;
	/** The session that runs, since when. */
	readonly session: { readonly id: SessionId; readonly since: Time } | null;
}

const ROLES: Readonly<Record<Role, Use>> = {
	worker: 'work',
	reviewer: 'review',
	planner: 'work',
	consolidator: 'work',
};

function after(state: State, entry: Entry, at: Time): State {
	if (ASIDE.includes(entry.event)) return { ...state, at };
	if (entry.event === 'opened')
		return { at, doing: ROLES[entry.role], session: { id: entry.session, since: at } };
	if (entry.event === 'waiting')
		return { at, doing: YOURS.includes(entry.for.kind) ? 'idle' : 'wait', session: null };
	return { at, doing: entry.event === 'ended' ? 'stopped' : 'loop', session: null };
}

/** What is recorded while something goes on, and does not end it. */
const ASIDE: readonly Entry['event'][] = [
	'edited',
	'notice',
	'held',
	'accepted',
	'summed',
	'recalled',
	'warned',
	'pays',
];
const YOURS: readonly string[] = ['edits', 'pause'];

/** Less is the clock of another process, or a scheduler. */
const SLEPT = 120_000;

function withSleep(span: Span, entry: Entry, { session }: State): Span[] {
	if (!session || !('ms' in entry) || entry.session !== session.id) return [span];
	const slept = span.to - session.since - entry.ms;
	if (slept < SLEPT) return [span];
	const from = Math.max(span.from, span.to - slept);
	return [
		{ ...span, to: from },
		{ use: 'sleep', from, to: span.to },
	];
}

function add(spans: Span[], span: Span): void {
	if (span.to <= span.from) return;
	const last = spans.at(-1);
	if (last?.use === span.use) spans[spans.length - 1] = { ...last, to: span.to };
	else spans.push(span);
}
