import { judgeBoxes } from './boxes.ts';
import type { BoxLine } from './boxes.ts';
import { judgeCommits } from './commits.ts';
import type { CommitLine, State } from './commits.ts';
import type { Elsewhere } from './elsewhere.ts';
import type { History } from './facts.ts';
import { judgePlace, standingOf } from './place.ts';
import { judgeRefs } from './refs.ts';
import type { Story } from './telling.ts';
import type { Time, Todo } from '../types.ts';

/** What the audit goes by. */
export interface Evidence {
	readonly history: History;
	/** What the journal tells, that there is none, or why it cannot be read. */
	readonly journal:
		| { readonly kind: 'story'; readonly story: Story }
		| { readonly kind: 'none' }
		| { readonly kind: 'damaged'; readonly why: string };
	/** The other work trees of the repository that have a journal, by its name in words. */
	readonly elsewhere: readonly (
		| (Elsewhere & { readonly kind: 'story' })
		| { readonly kind: 'damaged'; readonly of: string; readonly why: string }
	)[];
	/** null: there is no list that could be read. */
	readonly todo: Todo | null;
	readonly now: Time;
}

/** A line of the journal that makes no sense where it stands; `line` null: the journal itself. */
export interface RecordLine {
	readonly about: 'record';
	readonly state: 'BROKEN';
	readonly why: readonly string[];
	readonly line: number | null;
}

export interface Audit {
	readonly commits: readonly CommitLine[];
	readonly boxes: readonly BoxLine[];
	readonly records: readonly RecordLine[];
	/** What was not there to be seen. */
	readonly notes: readonly string[];
	readonly totals: Readonly<Record<State, number>>;
}

/** Whether every commit of the loop's, and every tick, had an approval of that very tree by another session. */
export function audit({ history, journal, elsewhere, todo, now }: Evidence): Audit {
	const story = journal.kind === 'story' ? journal.story : null;
	const others = elsewhere.filter((other) => other.kind === 'story');
	const found = judgeCommits(history, story, others);
	const standing = standingOf(found, history, story);
	const commits = found.map((line) => judgePlace(line, history, standing, todo));
	const boxes = todo ? judgeBoxes(todo, commits, standing, story) : [];
	const faults = story ? [...story.faults, ...judgeRefs(story.refs, history, now)] : [];
	const damage = journal.kind === 'damaged' ? [record(null, journal.why)] : [];
	const damageElsewhere = elsewhere.flatMap((other) =>
		other.kind === 'damaged' ? [record(null, `in ${other.of}: ${other.why}`)] : [],
	);
	const records = [...damage, ...damageElsewhere, ...faults.map(({ line, why }) => record(line, why))];
	const all = [...commits, ...boxes, ...records];
	const count = (state: State) => all.filter((each) => each.state === state).length;
	return {
		commits,
		boxes,
		records,
		notes: [
			...(journal.kind === 'none' ? ['by trailers alone: there is no journal here'] : []),
			...(journal.kind === 'damaged' ? ['by trailers alone: the journal cannot be read'] : []),
			...(todo ? [] : ['there is no list here that could be read: ticks were not looked at']),
			...history.unseen,
		],
		totals: { consistent: count('consistent'), 'by-hand': count('by-hand'), BROKEN: count('BROKEN') },
	};
}

function record(line: number | null, why: string): RecordLine {
	return { about: 'record', state: 'BROKEN', why: [why], line };
}
