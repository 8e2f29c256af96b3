import type { Entry, SessionId, Time, Usage } from '../types.ts';

/** What was used up to a time. */
export interface Point extends Usage {
	readonly at: Time;
}

/** What the sessions of one role and agent used. */
export interface Share extends Usage {
	readonly who: string;
	readonly sessions: number;
	readonly ms: number;
}

/** What sessions used by their agents' own figures: added up as the night went on, and by who used it, most first. */
export function spending(entries: readonly Entry[]): { readonly points: Point[]; readonly shares: Share[] } {
	const who = new Map<SessionId, string>();
	const shares = new Map<string, Share>();
	const points: Point[] = [];
	for (const entry of entries) {
		if (entry.event === 'opened') who.set(entry.session, `${entry.role} · ${entry.agent}`);
		if (entry.event !== 'worked' && entry.event !== 'reviewed') continue;
		const name = who.get(entry.session) ?? 'unknown';
		const share = shares.get(name) ?? { who: name, sessions: 0, ms: 0, usd: 0, tokens: 0 };
		shares.set(name, { ...added(share, entry.usage), sessions: share.sessions + 1, ms: share.ms + entry.ms });
		points.push(added({ usd: 0, tokens: 0, ...points.at(-1), at: Date.parse(entry.at) }, entry.usage));
	}
	const sorted = [...shares.values()].toSorted(
		(one, other) => other.usd - one.usd || other.tokens - one.tokens || other.ms - one.ms,
	);
	return { points, shares: sorted };
}

function added<Sum extends Usage>(sum: Sum, { usd, tokens }: Usage): Sum {
	return { ...sum, usd: sum.usd + usd, tokens: sum.tokens + tokens };
}
