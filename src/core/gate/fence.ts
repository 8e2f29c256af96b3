/**
 * What stands in the fence ` ```INFO ` that ends a message: opened at the start of a line, closed on a line of its own,
 * followed by nothing but white space. Where several are open, the last one counts. null: no such fence.
 */
export function lastFence(text: string, info: string): string | null {
	const lines = text.replaceAll('\r\n', '\n').trimEnd().split('\n');
	const opening = lines.findLastIndex((line) => line.trimEnd() === `\`\`\`${info}`);
	const closing = lines.length - 1;
	return opening !== -1 && opening < closing && lines[closing] === '```'
		? lines.slice(opening + 1, closing).join('\n')
		: null;
}

/** How many lines of a text open, or seem to open, a fence ` ```INFO `: indented, quoted, longer ones and tildes too. */
export function countFences(text: string, info: string): number {
	const opens = /^[\s>]*(?:`{3,}|~{3,})\s*/;
	return text
		.split(/\r\n|\n|\r/)
		.filter((line) => opens.test(line) && words(line.replace(opens, '')).startsWith(`${info} `)).length;
}

function words(line: string): string {
	return `${line.trim().split(/\s+/).join(' ')} `;
}
