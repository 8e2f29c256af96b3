import { changedFiles, changedLines, withHeld } from '../../core/rules/rule-texts.ts';
import type { Overrides } from '../../core/rules/settings.ts';
import type { AcceptedBy, Run, RuleTexts } from '../../core/types.ts';
import type { Project } from '../project.ts';
import { parseRules } from './parsed-rules.ts';
import type { Rules } from './parsed-rules.ts';
import { heldAway, readTexts } from './rule-files.ts';
import type { FoundTexts } from './rule-files.ts';
import { isWalledOff, notedReach } from './session-reach.ts';

/** The rules that a start goes by, and whose word they are. */
export interface StartRules extends Rules {
	readonly texts: RuleTexts;
	readonly onDisk: FoundTexts;
	/** Files that stay as last accepted; and those that did when the loop was last heard of. */
	readonly held: readonly string[];
	readonly heldBefore: readonly string[];
	/** Whether a session of a dead loop may live still. */
	readonly orphans: boolean;
	/** What there is to record. null: it is what was accepted last. */
	readonly accepted: { readonly by: AcceptedBy; readonly lines: readonly string[] } | null;
}

/** A person sits at the terminal of a start, or nobody does. */
export type StartedFrom = 'terminal' | 'nowhere';

/**
 * Reads settings and prompts for a start. The first one takes what it finds, and one from a terminal does. Any other takes
 * what changed while no session lived, or where the last one could not write to; the rest it holds as last accepted.
 * Rejects with a `UserError` for the first thing that cannot be taken.
 */
export async function rulesAtStart(
	project: Project,
	overrides: Overrides,
	before: Run,
	from: StartedFrom,
): Promise<StartRules> {
	const { accepted, held: heldBefore } = before;
	const onDisk = readTexts(project, accepted);
	const orphans = before.state === 'running';
	const read = (texts: RuleTexts) => ({
		...parseRules(texts, overrides),
		texts,
		onDisk,
		heldBefore,
		orphans,
	});
	if (accepted === null)
		return {
			...read({ settings: onDisk.settings, prompts: onDisk.prompts }),
			held: [],
			accepted: { by: 'first start', lines: [] },
		};
	const suspect = changedFiles(accepted, onDisk).filter(mayBeAnAgents(project, before));
	const held = from === 'terminal' ? [] : [...heldAway(heldBefore, onDisk), ...suspect];
	const texts = withHeld(accepted, onDisk, held);
	const lines = changedLines(accepted, texts);
	const by = from === 'terminal' ? from : before.state === 'ended' ? 'no session lived' : 'walled off';
	return { ...read(texts), held, accepted: lines.length === 0 ? null : { by, lines } };
}

/** What was held stays so. After an orderly end no session lived; one that a dead loop left may have. */
function mayBeAnAgents(project: Project, before: Run): (file: string) => boolean {
	const since = before.walls === 'namespaces' ? notedReach(project) : null;
	return (file) => {
		if (before.held.includes(file)) return true;
		return before.state === 'running' && (since === null || !isWalledOff(project, file, since));
	};
}
