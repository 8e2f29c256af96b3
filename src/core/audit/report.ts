import type { Audit, RecordLine } from './audit.ts';
import type { BoxLine } from './boxes.ts';
import type { CommitLine } from './commits.ts';
import { plainLine } from '../plain.ts';

/** The audit for a person: commits in the order in which they landed, boxes in the order of the list, what adds up to. */
export function auditLines(audit: Audit): string[] {
	const { commits, boxes, records, notes, totals } = audit;
	const width = String(commits.length).length;
	return [
		...notes.map((note) => plainLine(note, LONGEST)),
		...commits.flatMap((line, index) => commitLines(line, String(index + 1).padStart(width))),
		...boxes.flatMap(boxLines),
		...records.map(recordLine),
		`${count(commits.length, 'commit')} of the loop’s, ${count(boxes.length, 'box', 'boxes')}: ${totals.consistent} consistent, ` +
			`${totals['by-hand']} by-hand, ${totals.BROKEN} BROKEN`,
	];
}

const LONGEST = 300;

function commitLines(line: CommitLine, number: string): string[] {
	const { about, state, commit, tree, attempt, worker, reviewers, text, undoes, why } = line;
	const sessions = [worker, ...reviewers].flatMap((session) =>
		session === null ? [] : [plainLine(session, 40)],
	);
	const parts = [
		`${number} ${state.padEnd(10)} ${short(commit)}`,
		...(tree === null ? [] : [`tree ${short(tree)}`]),
		...(attempt === null ? [] : [`attempt ${attempt}`]),
		...(undoes === null ? [] : [`undoes ${short(undoes)}`]),
		...(sessions.length > 0 ? [`${sessions[0]} → ${sessions.slice(1).join(', ')}`] : []),
		about === 'undo' ? `undo: ${plainLine(text, 80).replace(/^Undo: /, '')}` : plainLine(text, 80),
	];
	return [parts.join('  '), ...reasons(why, number.length)];
}

function boxLines({ state, line, text, commit, why }: BoxLine): string[] {
	const landed = commit === null ? '' : `  ${short(commit)}`;
	return [`box ${state.padEnd(10)} line ${line}${landed}  ${plainLine(text, 80)}`, ...reasons(why, 3)];
}

function recordLine({ line, why }: RecordLine): string {
	return `journal BROKEN ${line === null ? '' : `line ${line}: `}${plainLine(why.join(' · '), LONGEST)}`;
}

function reasons(why: readonly string[], indent: number): string[] {
	return why.map((each) => `${' '.repeat(indent)}   ${plainLine(each, LONGEST)}`);
}

function short(id: string): string {
	return plainLine(id).slice(0, 7);
}

function count(number: number, noun: string, nouns = `${noun}s`): string {
	return `${number} ${number === 1 ? noun : nouns}`;
}
