import { duration } from '../format.ts';
import { COLUMNS, narrow, narrowBlock, whole } from './narrow.ts';
import type { EntryOf } from '../run/parts.ts';
import type { CheckResult, Finding, Proposal, WeakenedTest } from '../types.ts';

/** What a worker left, in narrow lines. */
export function proposalLines(proposal: Proposal): string[] {
	switch (proposal.kind) {
		case 'candidate':
			return [
				...narrow(`candidate ${proposal.candidate.commit.slice(0, 12)}: ${size(proposal)}`, '  · '),
				...proposal.candidate.weakened.flatMap(weakenedLines),
			];
		case 'unchanged':
			return ['  · nothing changed'];
		case 'refused':
			return [
				...narrow(`no candidate: ${proposal.what}`, '  ✗ '),
				...narrowBlock(proposal.evidence, QUOTED, MOST_LINES),
			];
	}
}

/**
 * The results of checks; of those that are not green its last lines, unless a check that ran before in the same chapter
 * said the same, and where the output is (`logLines`).
 */
export function checkLines(
	{ on, commit, results }: EntryOf<'checked'>,
	logLines: (log: string) => string[],
	before: readonly CheckResult[],
): string[] {
	const where = {
		candidate: [],
		'candidate again': ['  once more:'],
		base: [`  on base ${commit.slice(0, 12)}:`],
	};
	const isTold = ({ tail }: CheckResult) => before.some((result) => !isGreen(result) && result.tail === tail);
	return results.length === 0
		? []
		: [
				...where[on],
				...results.flatMap((result) => [
					...resultLines(result),
					...(isGreen(result)
						? []
						: [...tailLines(result, isTold(result) ? 0 : MOST_LINES), ...logLines(result.log)]),
				]),
			];
}

/** One reason against a candidate, marked by who found it. */
export function findingLines(
	{ what, evidence, blocking, by }: Finding,
	how: 'with evidence' | 'without evidence',
): string[] {
	return [
		...narrow(`${what}${blocking ? '' : ' (a remark)'}${what.includes(by) ? '' : ` (by ${by})`}`, '    - '),
		...(how === 'with evidence' ? narrowBlock(evidence, '      ', MOST_EVIDENCE) : []),
	];
}

const QUOTED = '    | ';
/** Of an output the end says most; a reviewer's evidence is at most 4,000 characters. */
const MOST_LINES = 15;
const MOST_EVIDENCE = 60;

function size({ candidate: { changes } }: Extract<Proposal, { kind: 'candidate' }>): string {
	const sum = (counts: readonly (number | null)[]) =>
		counts.reduce<number>((all, count) => all + (count ?? 0), 0);
	const files = `${changes.length} file${changes.length === 1 ? '' : 's'}`;
	return `${files}, +${sum(changes.map(({ added }) => added))}/-${sum(changes.map(({ deleted }) => deleted))}`;
}

function weakenedLines({ path, how, line, text }: WeakenedTest): string[] {
	return [
		...narrow(`weakened test, ${how}: ${text}`, '    ! '),
		whole(line === null ? path : `${path}:${line}`, '      '),
	];
}

const SIGNS = { green: '✓', red: '✗', overtime: '✗', flaky: '!' } as const;

function isGreen({ result }: CheckResult): boolean {
	return result === 'green';
}

function resultLines({ command, result, exitCode, ms, runs }: CheckResult): string[] {
	const exit = exitCode === null || result !== 'red' ? '' : ` · exit ${exitCode}`;
	const often = runs > 1 ? ` · run ${runs} times` : '';
	const how = `${SIGNS[result]} ${WORDS[result]}${exit} · ${duration(ms)}${often}`;
	const short = whole(command, `  ${how} · `);
	return short.length <= COLUMNS ? [short] : [`  ${how}`, whole(command, '    ')];
}

function tailLines({ tail }: CheckResult, most: number): string[] {
	return most === 0 ? [] : narrowBlock(tail, QUOTED, most);
}

const WORDS = { green: 'green', red: 'red', overtime: 'did not end', flaky: 'flaky' } as const;
