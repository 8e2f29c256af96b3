import { lastFence } from '../gate/fence.ts';
import { isObject, jsonObject } from '../json.ts';
import { cut } from '../plain.ts';

/** What a session said of one open task as it stands in the list. */
export interface Judged {
	/** From 1. */
	readonly line: number;
	readonly verdict: Judgement;
	readonly why: string;
	/** How it could be worded instead; '' where it is well as it is. */
	readonly wording: string;
}

type Judgement = (typeof JUDGEMENTS)[number] | 'not judged';

const JUDGEMENTS = ['ok', 'vague', 'too big', 'needs you'] as const;

/**
 * The judgements in the fence ` ```judged ` that ends a message, `{"tasks":[{"line","verdict","why","wording"}]}`: one for
 * each of the lines that were asked about, in their order. `refused`: lines that it spoke of and nobody asked about, or
 * again, or without a verdict that there is. null: no such fence, or one that cannot be read.
 */
export function readJudged(
	text: string,
	lines: readonly number[],
): { readonly judged: Judged[]; readonly refused: number } | null {
	const { tasks } = jsonObject(lastFence(text, 'judged') ?? '') ?? {};
	if (!Array.isArray(tasks)) return null;
	const byLine = new Map<number, Judged>();
	let refused = 0;
	for (const task of tasks) {
		const read = readOne(task);
		if (read === null || !lines.includes(read.line) || byLine.has(read.line)) refused++;
		else byLine.set(read.line, read);
	}
	return { judged: lines.map((line) => byLine.get(line) ?? notJudged(line)), refused };
}

/** Of a task that nobody spoke of. */
export function notJudged(line: number): Judged {
	return { line, verdict: 'not judged', why: '', wording: '' };
}

function readOne(task: unknown): Judged | null {
	const { line, verdict: said, why = '', wording = '' } = isObject(task) ? task : {};
	const verdict = JUDGEMENTS.find((each) => each === said);
	if (typeof line !== 'number' || verdict === undefined) return null;
	if (typeof why !== 'string' || typeof wording !== 'string') return null;
	return { line, verdict, why: cut(why.trim(), LONGEST), wording: cut(wording.trim(), LONGEST) };
}

const LONGEST = 4000;
