import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parsePrompt } from '../../core/rules/prompt-file.ts';
import { layOver, parseSettings } from '../../core/rules/settings.ts';
import type { Overrides } from '../../core/rules/settings.ts';
import type { Prompt, Role, RuleTexts, Settings } from '../../core/types.ts';
import { shippedPrompts } from '../shipped.ts';

/** Settings and prompts: what a person has laid down, and no session may change. */
export interface Rules {
	readonly settings: Settings;
	readonly worker: Prompt;
	/** At least one. */
	readonly reviewers: readonly Prompt[];
	/** Without a prompt of its own in the repository the shipped one, run as the worker is. */
	readonly consolidator: Prompt;
	/** Of sessions beside the loop. */
	readonly planner: Prompt;
	/** What a person should know of how they were read. */
	readonly notices: readonly string[];
}

/**
 * The rules that texts lay down, with the shipped prompts where a role has none of its own. Throws a `UserError` for the
 * first thing that cannot be taken.
 */
export function parseRules({ settings, prompts }: RuleTexts, overrides: Overrides): Rules {
	const { settings: parsed, notices } = parseSettings(settings.file, settings.text);
	const all = withShipped(prompts).map(({ name, file, text }) => parsePrompt(name, file, text));
	const theOnly = (role: Role) => all.find((prompt) => prompt.role === role)!;
	const withAgent = (prompt: Prompt, agent: string | undefined): Prompt =>
		agent === undefined ? prompt : { ...prompt, agent };
	const worker = withAgent(theOnly('worker'), overrides.agent);
	const consolidator = theOnly('consolidator');
	const isOwn = prompts.some(({ name }) => name === consolidator.name);
	const { name, role, body } = consolidator;
	return {
		settings: layOver(parsed, overrides),
		notices,
		worker,
		consolidator: isOwn ? withAgent(consolidator, overrides.agent) : { ...worker, name, role, body },
		planner: withAgent(theOnly('planner'), overrides.agent),
		reviewers: all
			.filter(({ role }) => role === 'reviewer')
			.map((prompt) => withAgent(prompt, overrides.reviewer)),
	};
}

function withShipped(own: RuleTexts['prompts']): RuleTexts['prompts'] {
	const missing = ['worker', 'reviewer', 'planner', 'consolidator'].filter(
		(role) => !own.some(({ name }) => name.startsWith(role)),
	);
	const shipped = missing.map((name) => {
		const text = readFileSync(path.join(shippedPrompts(), `${name}.md`), 'utf8');
		return { name, file: `${name}.md`, text };
	});
	return [...own, ...shipped];
}
