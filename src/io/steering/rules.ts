import type { Overrides } from '../../core/rules/settings.ts';
import type { Event } from '../../core/types.ts';
import { hasRequest, objection, removeRequest } from './accept-request.ts';
import type { Project } from '../project.ts';
import type { Rules } from './parsed-rules.ts';
import { readTexts, statsOf } from './rule-files.ts';
import type { StartRules } from './rules-at-start.ts';
import { openSuspects } from './session-reach.ts';
import type { Reach } from '../walls/walls.ts';
import { openWord } from './word.ts';

export interface RuleBook {
	/**
	 * The rules to go by. A change counts when no session lived since the last look, or none could write to the file, or
	 * `nightloop accept` asks for it; else it is held, and told. Within an attempt only the pause, the deadline, the
	 * budget and `notify` change: all else is as it was when its session began.
	 */
	look(): Promise<Rules>;
	/** Whether there is something that was not looked at. */
	isStale(): boolean;
	/** While a session lives, and until the look after it, what changes within its reach may be its doing. */
	session(phase: 'begins' | 'ended', reach: Reach): void;
	/** From the opening of a session to the end of its attempt, or of a session that is cut off. */
	attempt(phase: 'begins' | 'over'): void;
}

/** Where it is written down what was found. */
export interface Records {
	readonly tell: (event: Event) => void;
	/** Resolves when all that was told is on disk. */
	readonly told: () => Promise<unknown>;
}

/** Keeps the rules of the start, and takes what a person changes in them later. */
export function openRuleBook(
	project: Project,
	overrides: Overrides,
	start: StartRules,
	{ tell, told }: Records,
): RuleBook {
	const suspects = openSuspects(project, start.orphans);
	const word = openWord(overrides, start, tell);
	let ofAttempt: Rules | null = null;
	let seen = '';
	const read = () => {
		const clear = suspects.look();
		seen = statsOf(project);
		word.hear(readTexts(project, word.texts()), suspects);
		clear();
	};
	const answer = async () => {
		const found = readTexts(project, word.texts());
		const why = objection(project, found);
		if (why === null) word.accept(found);
		else tell({ event: 'notice', text: `nightloop accept was asked for, and is left alone: ${why}` });
		// Whoever waits for the answer finds it in the journal.
		await told();
		removeRequest(project);
	};
	const look = async () => {
		if (suspects.haveEnded() || statsOf(project) !== seen) read();
		if (hasRequest(project)) await answer();
		return ofAttempt ? withNew(ofAttempt, word.rules()) : word.rules();
	};
	let last: Promise<unknown> = Promise.resolve();

	return {
		look() {
			const next = last.then(look, look);
			last = next;
			return next;
		},
		isStale: () => statsOf(project) !== seen || hasRequest(project),
		session: suspects.session,
		attempt(phase) {
			ofAttempt = phase === 'begins' ? (ofAttempt ?? word.rules()) : null;
		},
	};
}

/** What does not wait for the next attempt. */
function withNew(rules: Rules, { settings: { pause, until, budget, notify } }: Rules): Rules {
	return { ...rules, settings: { ...rules.settings, pause, until, budget, notify } };
}
