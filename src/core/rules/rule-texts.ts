import type { RuleTexts } from '../types.ts';

/** The files that do not say the same in both. Settings are the same file wherever they stand. */
export function changedFiles(before: RuleTexts, after: RuleTexts): string[] {
	const files = new Set([...before.prompts, ...after.prompts].map(({ file }) => file));
	const prompts = [...files].filter((file) => promptIn(before, file) !== promptIn(after, file)).toSorted();
	return before.settings.text === after.settings.text ? prompts : [after.settings.file, ...prompts];
}

/** All as it is found, but for the files that are held: these as they were before. */
export function withHeld(before: RuleTexts, found: RuleTexts, held: readonly string[]): RuleTexts {
	const isHeld = ({ file }: { readonly file: string }) => held.includes(file);
	const kept = before.prompts.filter(isHeld);
	const taken = found.prompts.filter((prompt) => !isHeld(prompt));
	const prompts = [...kept, ...taken].toSorted((a, b) => (a.name < b.name ? -1 : 1));
	return { settings: isHeld(found.settings) ? before.settings : found.settings, prompts };
}

/** What a person should see of a change: the lines taken away and added in each file, twenty at most. */
export function changedLines(before: RuleTexts, after: RuleTexts): string[] {
	const lines = changedFiles(before, after).flatMap((file) =>
		file === after.settings.file
			? linesOf(file, before.settings.text, after.settings.text)
			: linesOf(file, promptIn(before, file), promptIn(after, file)),
	);
	const more = lines.length - MOST_LINES;
	return more > 0 ? [...lines.slice(0, MOST_LINES), `and ${more} more lines`] : lines;
}

const MOST_LINES = 20;

function promptIn({ prompts }: RuleTexts, file: string): string | null {
	return prompts.find((prompt) => prompt.file === file)?.text ?? null;
}

function linesOf(file: string, before: string | null, after: string | null): string[] {
	if (after === null) return [`${file} is gone`];
	if (before === null) return [`${file} is new`, ...changed(file, '', after)];
	return changed(file, before, after);
}

/** What lies between the lines that both begin with, and those that both end with. */
function changed(file: string, before: string, after: string): string[] {
	const [was, is] = [before, after].map((text) => text.split('\n')) as [string[], string[]];
	const shorter = Math.min(was.length, is.length);
	const head = sameUpTo(shorter, (index) => was[index] === is[index]);
	const tail = sameUpTo(shorter - head, (index) => was.at(-1 - index) === is.at(-1 - index));
	return [
		...was.slice(head, was.length - tail).map((line) => `${file}: - ${line}`),
		...is.slice(head, is.length - tail).map((line) => `${file}: + ${line}`),
	];
}

function sameUpTo(most: number, isSame: (index: number) => boolean): number {
	let count = 0;
	while (count < most && isSame(count)) count++;
	return count;
}
