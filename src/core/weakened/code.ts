import type { Language } from './language.ts';

/** The text with comments and literals blanked: as long as it was, with every line and all other code where it was. */
export function codeOf(text: string, { hidden }: Language): string {
	const within = new RegExp(`${hidden.source}|[{}]`, 'gm');
	const code: string[] = [];
	// One for each template literal that we are in the code of: how many braces are open there.
	const open: number[] = [];
	let shown = 0;
	for (;;) {
		const token = open.length === 0 ? hidden : within;
		token.lastIndex = shown;
		const match = token.exec(text);
		if (match === null) break;
		const [found] = match;
		const from = match.index + found.length;
		const end = resumesTemplate(found, open) ? endOfTemplate(text, from, open) : from;
		const hides = end > from || !/^[{}]$/.test(found);
		const part = text.slice(match.index, end);
		code.push(text.slice(shown, match.index), hides ? blank(part) : part);
		shown = end;
	}
	code.push(text.slice(shown));
	return code.join('');
}

/** Whether the text of a template literal begins, or goes on, after a token. Keeps count of the braces in its code. */
function resumesTemplate(token: string, open: number[]): boolean {
	const depth = open.length - 1;
	if (token === '`') return true;
	if (token === '{') open[depth]!++;
	if (token !== '}') return false;
	if (open[depth]! > 0) {
		open[depth]!--;
		return false;
	}
	open.pop();
	return true;
}

/** The end of a stretch of a template literal: after its closing quote, or after the `${` of code in it. */
function endOfTemplate(text: string, from: number, open: number[]): number {
	stretch.lastIndex = from;
	const [part] = stretch.exec(text)!;
	if (part.endsWith('${')) open.push(0);
	return from + part.length;
}

const stretch = /(?:[^`\\$]+|\\[^]?|\$(?!\{))*(?:`|\$\{)?/y;

function blank(text: string): string {
	return text.includes('\n') ? text.replaceAll(/[^\n]/g, ' ') : ' '.repeat(text.length);
}
