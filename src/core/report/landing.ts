import { changesReport } from '../gate/changes.ts';
import { plainLine } from '../plain.ts';
import type { EntryOf } from '../run/parts.ts';
import type { Candidate, Change, Entry, Finding, Proposal, Review } from '../types.ts';
import type { Told } from './told.ts';

/** A task that landed, with all that speaks for it and against it. */
export interface Landing extends Told {
	readonly commit: string;
	readonly attempts: number;
	readonly changes: readonly Change[];
	readonly reviews: readonly (Pick<Review, 'reviewer' | 'session'> & {
		readonly findings: readonly Finding[];
	})[];
	/** From its first session until it landed, in ms; and what its sessions used. */
	readonly ms: number;
	readonly usd: number;
	readonly tokens: number;
	readonly undo: string;
	/** Why a person should look twice; none where nothing was odd. */
	readonly odd: readonly string[];
}

/** What is known of a landing: `all` are the entries of its task. `self` is how nightloop is called. */
export function landing(about: Told, entry: EntryOf<'landed'>, all: readonly Entry[], self: string): Landing {
	const before = all.slice(0, all.indexOf(entry));
	const since = before.slice(
		before.findLastIndex((each) => each.event === 'landed' || each.event === 'undone') + 1,
	);
	// What an earlier run made and judged is not in this night.
	const candidate = since
		.flatMap((each) => (each.event === 'proposed' ? candidateOf(each.proposal) : []))
		.at(-1);
	const sessions = since.filter((each) => each.event === 'worked' || each.event === 'reviewed');
	const reviews = sessions.flatMap((each) =>
		each.event === 'reviewed' && each.tree === entry.tree && each.verdict.kind === 'approved'
			? [{ reviewer: each.reviewer, session: each.session, findings: each.verdict.findings }]
			: [],
	);
	return {
		...about,
		commit: entry.commit,
		attempts: entry.attempt,
		changes: candidate?.changes ?? [],
		reviews,
		ms: Date.parse(entry.at) - Date.parse((since.find(({ event }) => event === 'opened') ?? entry).at),
		usd: sessions.reduce((sum, { usage }) => sum + usage.usd, 0),
		tokens: sessions.reduce((sum, { usage }) => sum + usage.tokens, 0),
		undo: `${self} undo ${entry.task}`,
		odd: [...oddities(since), ...touched(candidate)],
	};
}

function candidateOf(proposal: Proposal): Candidate[] {
	return proposal.kind === 'refused' ? [] : [proposal.candidate];
}

function oddities(since: readonly Entry[]): string[] {
	const rejected = since.filter((each) => each.event === 'rejected');
	const why = rejected.flatMap(({ findings }) => findings).at(-1);
	const checks =
		since.flatMap((each) => (each.event === 'checked' && each.on !== 'base' ? [each.results] : [])).at(-1) ??
		[];
	const times = rejected.length === 1 ? 'once' : `${rejected.length} times`;
	return [
		...(rejected.length === 0 ? [] : [`rejected ${times} before${why ? `: ${plainLine(why.what)}` : ''}`]),
		...checks
			.filter(({ result }) => result !== 'green')
			.map(({ command, result }) => `landed with a check that was ${result}: ${plainLine(command)}`),
	];
}

/** What it did beyond code: to tests, rules, scripts and settings of agents. */
function touched(candidate: Candidate | undefined): string[] {
	const facts = candidate ? changesReport(candidate.changes, candidate.weakened) : '';
	return facts
		.split('\n')
		.filter((fact) => fact !== '')
		.map((fact) => fact.replace(/^- /, ''));
}
