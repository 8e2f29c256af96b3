/** Where lines and brackets of a code begin and end. Positions count from 0. */
export interface Layout {
	/** Position of each line's first character. */
	readonly lines: readonly number[];
	/** Position of the bracket that closes the one at a position; -1 where there is none. */
	closing(position: number): number;
	/** Where the block ends that the line of a position begins: before the next line that is not indented more. */
	endOfBlock(position: number): number;
}

/** The layout of a text without comments and literals; what is asked for is only computed then. */
export function layoutOf(code: string): Layout {
	const lines = [0];
	for (let at = code.indexOf('\n'); at !== -1; at = code.indexOf('\n', at + 1)) lines.push(at + 1);
	const pairs = once(() => pairsOf(code));
	const blocks = once(() => blocksOf(code, lines));
	return {
		lines,
		closing: (position) => pairs()[position]! - 1,
		endOfBlock: (position) => blocks()[upTo(lines, position) - 1]!,
	};
}

/** How many of some ascending positions are not after the given one. */
export function upTo(positions: readonly number[], position: number): number {
	let [low, high] = [0, positions.length];
	while (low < high) {
		const middle = (low + high) >>> 1;
		if (positions[middle]! <= position) low = middle + 1;
		else high = middle;
	}
	return low;
}

function once<Value>(make: () => Value): () => Value {
	let made: { readonly value: Value } | null = null;
	return () => (made ??= { value: make() }).value;
}

/** One more than the position of the closing bracket for each opening one, so that 0 is none. */
function pairsOf(code: string): Uint32Array {
	const pairs = new Uint32Array(code.length);
	const open: Readonly<Record<string, number[]>> = { '(': [], '{': [] };
	for (let at = 0; at < code.length; at++) {
		const bracket = code[at]!;
		open[bracket]?.push(at);
		const from = open[opening[bracket] ?? '']?.pop();
		if (from !== undefined) pairs[from] = at + 1;
	}
	return pairs;
}

const opening: Readonly<Record<string, string>> = { ')': '(', '}': '{' };

/** For each line the end of its block. Going backwards, `below` are the lines that can still end one, the nearest last. */
function blocksOf(code: string, lines: readonly number[]): readonly number[] {
	const below = [{ indent: -1, start: code.length }];
	const ends = lines.map(() => code.length);
	for (let i = lines.length - 1; i >= 0; i--) {
		const start = lines[i]!;
		const indent = code.slice(start, lines[i + 1]).search(/\S/);
		if (indent === -1) continue;
		while (below.at(-1)!.indent > indent) below.pop();
		ends[i] = below.at(-1)!.start;
		below.push({ indent, start });
	}
	return ends;
}
