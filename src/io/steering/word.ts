import { UserError } from '../../core/errors.ts';
import { changedFiles, changedLines, withHeld } from '../../core/rules/rule-texts.ts';
import type { Overrides } from '../../core/rules/settings.ts';
import type { AcceptedBy, Event, RuleTexts } from '../../core/types.ts';
import { parseRules } from './parsed-rules.ts';
import type { Rules } from './parsed-rules.ts';
import { heldAway } from './rule-files.ts';
import type { FoundTexts } from './rule-files.ts';
import type { StartRules } from './rules-at-start.ts';
import type { Suspects } from './session-reach.ts';

/** What counts as the person's word in settings and prompts, on record each time that it changes. */
export interface Word {
	rules(): Rules;
	/** It, whether it can be read or not. */
	texts(): RuleTexts;
	/** Takes what is found on disk, but for what one of the suspects may have written, or what is held already. */
	hear(found: FoundTexts, suspects: Suspects): void;
	/** Takes all of it: the person said so. */
	accept(found: FoundTexts): void;
}

/** Begins with that of the start, and tells of it. */
export function openWord(overrides: Overrides, start: StartRules, tell: (event: Event) => void): Word {
	let { onDisk, held, texts } = start;
	let inForce: Rules = start;
	/** What is in force was read from these. */
	let accepted = texts;
	const note = (text: string) => tell({ event: 'notice', text });
	const record = (by: AcceptedBy, lines: readonly string[]) => {
		tell({ event: 'accepted', by, ...accepted });
		lines.forEach(note);
	};
	const hold = (files: readonly string[]) => {
		held = files;
		tell({ event: 'held', files });
	};
	const take = (found: RuleTexts, by: AcceptedBy) => {
		texts = found;
		const lines = changedLines(accepted, found);
		const rules = lines.length === 0 ? inForce : tryRules(found, overrides);
		if (typeof rules === 'string') return note(`${rules} The last good settings stay in force.`);
		[inForce, accepted] = [rules, found];
		if (lines.length > 0) record(by, [...lines, ...rules.notices]);
	};
	if (held.length + start.heldBefore.length > 0) hold(held);
	if (start.accepted) record(start.accepted.by, start.accepted.lines);

	return {
		rules: () => paused(inForce, onDisk),
		texts: () => texts,
		hear(found, suspects) {
			const changed = changedFiles(texts, found);
			const isHeld = (file: string) => held.includes(file) || suspects.isDoubtful(file);
			const nowHeld = [...heldAway(held, found), ...changed.filter(isHeld)];
			const isTheirs = suspects.by() === 'no session lived';
			const isEdited = isTheirs && changedFiles(onDisk, found).some((file) => nowHeld.includes(file));
			onDisk = found;
			if (isEdited || nowHeld.join('\n') !== held.join('\n')) hold(nowHeld);
			if (changed.some((file) => !nowHeld.includes(file)))
				take(withHeld(texts, found, nowHeld), suspects.by());
		},
		accept(found) {
			onDisk = found;
			if (held.length > 0) hold([]);
			take({ settings: found.settings, prompts: found.prompts }, 'accept');
		},
	};
}

/** Whoever wants it paused gets it paused: that cannot help anybody past the gate. */
function paused(rules: Rules, onDisk: RuleTexts): Rules {
	if (rules.settings.pause || !/^pause:\s*true\b/m.test(onDisk.settings.text)) return rules;
	return { ...rules, settings: { ...rules.settings, pause: true } };
}

/** The rules, or what is wrong with them. */
function tryRules(texts: RuleTexts, overrides: Overrides): Rules | string {
	try {
		return parseRules(texts, overrides);
	} catch (error) {
		if (error instanceof UserError) return `${error.what} ${error.why}`;
		throw error;
	}
}
