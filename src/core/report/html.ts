/** A piece of a page: what stands in it was escaped, or written here. */
export interface Html {
	readonly html: string;
}

type Part = string | number | Html | null | readonly Html[];

/** A template of which every value is text, and stays text, unless it is a piece of a page itself. null is nothing. */
export function html(fixed: TemplateStringsArray, ...values: readonly Part[]): Html {
	return { html: fixed.map((text, index) => text + markup(values[index] ?? null)).join('') };
}

/** The pieces one after the other. */
function joined(pieces: readonly Html[]): Html {
	return { html: pieces.map((piece) => piece.html).join('') };
}

function markup(value: Part): string {
	if (value === null) return '';
	if (typeof value === 'string' || typeof value === 'number') return escaped(String(value));
	return 'html' in value ? value.html : joined(value).html;
}

/** Safe in text and in quoted attributes; what a terminal or a reader could be misled by is shown as a sign of its own. */
function escaped(text: string): string {
	return text
		.replaceAll(unprintable, '\uFFFD')
		.replaceAll(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Controls, bidirectional overrides, lone surrogates; tab and line feed are none. */
const unprintable = /(?![\t\n])\p{Cc}|[\u202A-\u202E\u2066-\u2069]|\p{Cs}/gu;
