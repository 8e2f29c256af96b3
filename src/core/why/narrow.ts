import { plainLine } from '../plain.ts';
import { charactersOf, isWide, widthOf } from '../width.ts';

/** What is read on a telephone, or beside an editor: columns. */
export const COLUMNS = 40;

/**
 * One printable line of text as lines of at most `COLUMNS`, broken between words. The first begins with `lead`, the
 * others with as much blank. A path, command or hash that is longer stays whole on a line of its own, to be copied.
 */
export function narrow(text: string, lead = ''): string[] {
	const blank = ' '.repeat(widthOf(lead));
	const room = COLUMNS - blank.length;
	const rows: string[] = [];
	for (const word of plainLine(text, LONGEST)
		.split(BETWEEN_WORDS)
		.flatMap((word) => pieces(word, room))) {
		const row = rows.at(-1);
		if (row !== undefined && widthOf(row) + 1 + widthOf(word) <= room)
			rows[rows.length - 1] = `${row} ${word}`;
		else rows.push(word);
	}
	return rows.map((row, index) => `${index === 0 ? lead : blank}${row}`);
}

/** Lines of an output or a quotation, each as `narrow` breaks it; the last `most` that hold anything. */
export function narrowBlock(text: string, lead: string, most: number): string[] {
	const lines = text.split(/\r\n|[\r\n\u2028\u2029]/).filter((line) => plainLine(line) !== '');
	const left = lines.length > most ? [`${lead}…`] : [];
	return [...left, ...lines.slice(-most).flatMap((line) => narrow(line, `${lead}${indentOf(line)}`))];
}

/** A command, path or hash: printable, and on one line however long it is. */
export function whole(text: string, lead = ''): string {
	return `${lead}${plainLine(text, LONGEST)}`;
}

/** An empty box is a word. */
const BETWEEN_WORDS = /(?<!\[)\s+|\s+(?!\])/;

/** In characters; what an agent prints on one line has no end of its own. */
const LONGEST = 2000;
const DEEPEST = 8;

function indentOf(line: string): string {
	return ' '.repeat(Math.min(DEEPEST, /^[ \t]*/.exec(line)![0].replaceAll('\t', '  ').length));
}

/** Where words are not told apart by blanks, a line may end anywhere in them; never within a path. */
function pieces(word: string, room: number): string[] {
	if (widthOf(word) <= room || word.includes('/') || !isWide(word)) return [word];
	const rows: string[] = [];
	for (const character of charactersOf(word)) {
		const row = rows.at(-1);
		if (row !== undefined && widthOf(row + character) <= room) rows[rows.length - 1] = row + character;
		else rows.push(character);
	}
	return rows;
}
