import process from 'node:process';
import { styleText } from 'node:util';

const COLOURS = { '✓': 'green', '✗': 'red', '!': 'yellow', dim: 'dim' } as const;

/** A line with the time of day before it, in the colour of its sign. */
export function stamped(at: number | string, words: string): string {
	const time = new Date(at).toTimeString().slice(0, 8);
	return `${coloured('dim', time)} ${coloured(words[0] ?? '', words)}`;
}

/** Words in the colour of their sign, where the terminal has colours and the person wants them (`NO_COLOR`). */
export function coloured(sign: string, words: string): string {
	const hasColours = process.stdout.isTTY && process.stdout.hasColors();
	return hasColours && sign in COLOURS ? styleText(COLOURS[sign as keyof typeof COLOURS], words) : words;
}
