import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readJudged } from '../../../src/core/plan/judged.ts';

const said = (value: unknown) => `So:\n\`\`\`judged\n${JSON.stringify(value)}\n\`\`\`\n`;
const read = (tasks: unknown, lines = [3, 5]) => readJudged(said({ tasks }), lines);
const OK = { line: 3, verdict: 'ok', why: '', wording: '' };
const UNJUDGED = { line: 5, verdict: 'not judged', why: '', wording: '' };

describe('judgements', () => {
	test('are read by line, in the order asked', () =>
		expect(
			read([
				{ line: 5, verdict: 'needs you', why: ' a key ', wording: '- [ ] x\n' },
				{ line: 3, verdict: 'ok' },
			]),
		).toEqual({
			judged: [OK, { line: 5, verdict: 'needs you', why: 'a key', wording: '- [ ] x' }],
			refused: 0,
		}));

	test.each([
		['a line that nobody asked about', { line: 4, verdict: 'ok' }],
		['a line once more', { line: 3, verdict: 'vague' }],
		['a verdict that there is none of', { line: 5, verdict: 'fine' }],
		['no line', { verdict: 'ok' }],
		['no text', { line: 5, verdict: 'ok', why: 1 }],
		['no wording', { line: 5, verdict: 'ok', wording: [] }],
		['no object', 'ok'],
	])('refuse %s', (_what, task) =>
		expect(read([{ line: 3, verdict: 'ok' }, task])).toEqual({ judged: [OK, UNJUDGED], refused: 1 }),
	);

	test.each([
		'no fence',
		'```judged\n[]\n```',
		'```judged\n{"tasks":1}\n```',
		`${said({ tasks: [] })}and more`,
	])('cannot be read in %j', (text) => expect(readJudged(text, [3])).toBeNull());

	test('are for every line that was asked about, once, whatever is said', () =>
		fc.assert(
			fc.property(fc.array(fc.anything()), fc.uniqueArray(fc.nat()), (tasks, lines) => {
				const judged = readJudged(said({ tasks: JSON.parse(JSON.stringify(tasks) ?? '[]') }), lines);
				expect(judged?.judged.map(({ line }) => line)).toEqual(lines);
			}),
		));
});
