import type { Proposed } from './proposed-checks.ts';

/** A list to begin with: the settings that a folder speaks for, each with what it does, and what a task looks like. */
export function firstList({ checks, setup, languages }: Proposed): string {
	const found = languages.length === 0 ? '' : `  # for ${languages.join(', ')}: do they pass now?`;
	const settings = [
		...(checks.length === 0
			? ['checks: []          # commands that must exit 0 on every candidate, such as [npm test]']
			: [`checks:${found}`, ...checks.map((check) => `  - ${yaml(check)}`)]),
		...(setup === null
			? []
			: [`setup: ${yaml(setup)}  # in a copy where dependencies are missing, or were changed`]),
		'attempts: 3         # then a task is parked as [!] for you',
		"# until: '07:00'    # no attempt starts later",
		'# budget: {usd: 25} # nor once so much is used up',
	];
	return `---\n${settings.join('\n')}\n---\n\n${TASKS}`;
}

const TASKS = `# Tasks

<!-- One a line, and small. This one does not count, as it is in a comment:
- [ ] Describe one small task, in one line
  - indented under it: what must be true when it is done
-->
`;

/** As a value: as it is where YAML reads some words as they are, else in quotes. */
function yaml(text: string): string {
	return /^[A-Za-z./][\w./=@-]*(?: [\w./=@-]+)+$/.test(text) ? text : `'${text.replaceAll("'", "''")}'`;
}
