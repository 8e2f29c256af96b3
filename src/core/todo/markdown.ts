import { isInside, rowOf, under, type Block, type Item, type Row } from './block.ts';
import { boxAt } from './box.ts';
import { bulletIn, fenceRun, headingIn, isRule, leavesComment, withoutCode } from './line-syntax.ts';
import type { Line } from './lines.ts';

/** What makes a file unreadable as a list; `line` from 1. */
export interface Broken {
	readonly kind: 'broken';
	readonly line: number;
	readonly why: string;
}

/**
 * Says of every line from `first` on what it is, as CommonMark 0.31 reads it where that matters to a list of tasks, and
 * as its writer meant it where that costs no task: two columns make a child, comments may start in the middle of a line.
 * `shut` lines hold nothing that counts. Each is handed to `visit` and forgotten: a list may be long. Broken: a fence or
 * comment is never closed, or a merge not resolved, which is known only when all lines were visited.
 */
export function outline(lines: readonly Line[], first: number, visit: (block: Block) => void): Broken | null {
	const lastClose = lines.findLastIndex(({ text }) => text.includes('-->'));
	const scan: Scan = {
		item: null,
		fence: null,
		comment: null,
		conflict: null,
		gap: true,
		code: false,
		paragraph: null,
		lastClose,
	};
	for (let index = first; index < lines.length; index++) {
		const row = rowOf(lines[index]!, index);
		if (escapes(scan.fence, row)) {
			break;
		}
		const block = read(scan, row);
		visit(block);
		follow(scan, block);
	}
	return brokenBy(scan);
}

interface Fence {
	readonly line: number;
	readonly column: number;
	readonly run: string;
	readonly within: Item | null;
}

interface Scan {
	/** The innermost open item. */
	item: Item | null;
	fence: Fence | null;
	/** The line that the open comment starts on. */
	comment: number | null;
	/** The line of the first mark of a merge that was not brought to its end. */
	conflict: number | null;
	/** Whether the line above ends a paragraph, so that indented code may start. */
	gap: boolean;
	/** Whether the line above is indented code. */
	code: boolean;
	/** The line above, if it is a paragraph outside of lists: an underline makes it a heading. */
	paragraph: string | null;
	/** The last line with a `-->`. */
	readonly lastClose: number;
}

function brokenBy({ fence, comment, conflict }: Scan): Broken | null {
	if (conflict !== null) {
		return { kind: 'broken', line: conflict + 1, why: 'the merge conflict that starts here is not resolved' };
	}
	if (fence !== null) {
		return { kind: 'broken', line: fence.line + 1, why: 'the code fence that opens here is never closed' };
	}
	return comment === null
		? null
		: { kind: 'broken', line: comment + 1, why: 'the comment that opens here is never closed' };
}

type Reader = (scan: Scan, row: Row) => Block | null;

function read(scan: Scan, row: Row): Block {
	for (const reader of readers) {
		const block = reader(scan, row);
		if (block !== null) {
			return block;
		}
	}
	return prose(scan, row);
}

function follow(scan: Scan, block: Block): void {
	scan.gap = block.kind !== 'text' && block.kind !== 'item';
	scan.code = block.kind === 'shut' ? block.why === CODE : scan.code && block.kind === 'blank';
	scan.paragraph = block.kind === 'text' && scan.item === null ? block.row.body.trimEnd() : null;
}

/** A box left of the item that a fence was opened in: the fence was forgotten there, whatever closes it further down. */
function escapes(fence: Fence | null, row: Row): boolean {
	return (
		fence !== null && fence.within !== null && row.column <= fence.within.column && startsWithBox(row.body)
	);
}

const inFence: Reader = (scan, row) => {
	const { fence } = scan;
	if (fence === null) {
		return null;
	}
	const run = row.body.trimEnd();
	const closes = run.length >= fence.run.length && run === fence.run.charAt(0).repeat(run.length);
	if (closes && row.column < fence.column + 4) {
		scan.fence = null;
	}
	return { row, kind: 'shut', within: fence.within, why: 'in fenced code' };
};

const inComment: Reader = (scan, row) => {
	if (scan.comment === null) {
		return null;
	}
	scan.comment = leavesComment(row.text, true) ? scan.comment : null;
	return { row, kind: 'shut', within: under(scan.item, row.column), why: COMMENT };
};

const conflict: Reader = (scan, row) => {
	if (!/^<{7}(?: |$)/.test(row.text)) {
		return null;
	}
	scan.conflict ??= row.index;
	return { row, kind: 'rule', within: null };
};

const blank: Reader = (scan, row) =>
	row.body.trim() === '' ? { row, kind: 'blank', within: scan.item } : null;

const code: Reader = (scan, row) => {
	const beside = under(scan.item, row.column + 1);
	const margin = beside === null ? 4 : beside.content + 4;
	if (row.column < margin || !(scan.gap || scan.code)) {
		return null;
	}
	return { row, kind: 'shut', within: beside, why: CODE };
};

const comment: Reader = (scan, row) => {
	if (!row.body.startsWith('<!--')) {
		return null;
	}
	scan.comment = leavesComment(row.text, false) ? row.index : null;
	return { row, kind: 'shut', within: under(scan.item, row.column), why: COMMENT };
};

const quote: Reader = (scan, row) => {
	if (!row.body.startsWith('>')) {
		return null;
	}
	scan.item = under(scan.item, row.column);
	return { row, kind: 'shut', within: scan.item, why: 'in a block quote' };
};

const heading: Reader = (scan, row) => {
	const found =
		row.column < 4 && !isInside(scan.item, row.column) ? headingIn(row.body, scan.paragraph) : null;
	if (found === null) {
		return null;
	}
	scan.item = null;
	return { row, kind: 'heading', within: null, level: found.level, title: found.title };
};

const rule: Reader = (scan, row) => {
	if (!isRule(row.body)) {
		return null;
	}
	scan.item = under(scan.item, row.column);
	return { row, kind: 'rule', within: scan.item };
};

const fence: Reader = (scan, row) => {
	const run = fenceRun(row.body);
	if (run === null) {
		return null;
	}
	scan.item = under(scan.item, row.column);
	scan.fence = { line: row.index, column: row.column, run, within: scan.item };
	return { row, kind: 'shut', within: scan.item, why: 'in fenced code' };
};

const item: Reader = (scan, row) => {
	const found = bulletIn(row.body, row.column);
	if (found === null) {
		return null;
	}
	const parent = under(scan.item, row.column - 1);
	scan.item = { column: row.column, content: found.content, parent };
	const run = fenceRun(row.body.slice(found.length));
	scan.fence = run === null ? null : { line: row.index, column: found.content, run, within: scan.item };
	scan.comment = run === null ? commentFrom(scan, row) : null;
	const at = row.text.length - row.body.length + found.length;
	return { row, kind: 'item', within: parent, item: scan.item, at };
};

const readers: readonly Reader[] = [
	inFence,
	inComment,
	conflict,
	blank,
	code,
	comment,
	quote,
	heading,
	rule,
	fence,
	item,
];

function prose(scan: Scan, row: Row): Block {
	const within = under(scan.item, row.column);
	scan.item = scan.gap ? within : scan.item;
	scan.comment = commentFrom(scan, row);
	return { row, kind: 'text', within };
}

function startsWithBox(text: string): boolean {
	const bullet = bulletIn(text, 0);
	return bullet !== null && boxAt(text, bullet.length) !== null;
}

/** A comment that starts in the middle of a line and is closed further down; one that is not is plain text. */
function commentFrom(scan: Scan, row: Row): number | null {
	const opens =
		row.index < scan.lastClose && row.text.includes('<!--') && leavesComment(withoutCode(row.text), false);
	return opens ? row.index : null;
}

const CODE = 'in indented code';
const COMMENT = 'in a comment';
