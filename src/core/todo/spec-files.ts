/**
 * The files that may say what the tasks of a list are for, by the habits of Spec Kit, Kiro, cc-sdd, OpenSpec and BMAD. All
 * paths are relative like the list's own; folders end in a slash. Whoever asks looks which of them are there.
 */
export function specFilesFor(list: string): string[] {
	const folder = list.slice(0, list.lastIndexOf('/') + 1);
	const above = ABOVE.flatMap(([within, names]) => {
		const found = within.exec(list);
		return found ? names.map((name) => `${found[1] ?? ''}${name}`) : [];
	});
	return [...BESIDE.map((name) => `${folder}${name}`), ...above].filter((file) => file !== list);
}

/** Names them to a worker: they are not put into its prompt, as they may be long. '' where there is none. */
export function specWords(files: readonly string[]): string {
	return files.map((file) => `- ${file}`).join('\n');
}

/** Names them to a reviewer, as they were before the author came. '' where there is none. */
export function specWordsAtBase(files: readonly string[]): string {
	return files.map((file) => `- ${file} (as of base: \`git show 'HEAD:./${file}'\`)`).join('\n');
}

const BESIDE = [
	'spec.md',
	'plan.md',
	'requirements.md',
	'bugfix.md',
	'design.md',
	'research.md',
	'data-model.md',
	'quickstart.md',
	'contracts/',
	'proposal.md',
	'specs/',
	'PRD.md',
	'prd.md',
];

/** Beginning of a list's path, and what lies above it. */
const ABOVE: readonly (readonly [within: RegExp, names: readonly string[]])[] = [
	[/^(.*\/)?\.kiro\/specs\//, ['.kiro/steering/']],
	[/^(.*\/)?specs\/[^/]+\/[^/]+$/, ['.specify/memory/constitution.md']],
	[/^(.*\/)?openspec\/changes\//, ['openspec/project.md']],
	[/^(.*\/)?stories\/[^/]+$/, ['prd.md', 'architecture.md']],
];
