import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readTrailers } from '../../../src/core/audit/trailers.ts';
import { commitMessage } from '../../../src/core/gate/commit-message.ts';
import type { CommitId, SessionId, TaskId, TreeId } from '../../../src/core/types.ts';
import { attempt, CANDIDATE, review, WORK } from '../../helpers/parts.ts';

const TREE = 'a'.repeat(40);
const lines = {
	Task: '0123456789abcd',
	Attempt: '1',
	Tree: TREE,
	Worker: 'a/default/0001-worker',
	Reviewer: 'a/default/0002-reviewer',
};
const message = (change: Readonly<Record<string, string | null>> = {}, more = '') => {
	const all = Object.entries({ ...lines, ...change }).filter(([, value]) => value !== null);
	return `Add\n\n${all.map(([key, value]) => `Nightloop-${key}: ${value}\n`).join('')}${more}`;
};
const why = (text: string) => {
	const signed = readTrailers(text);
	return signed.kind === 'malformed' ? signed.why.join('\n') : signed.kind;
};

describe('trailers', () => {
	test('are read as the loop writes them', () => {
		const tree = TREE as TreeId;
		const task = '0123456789abcd' as TaskId;
		const written = commitMessage(
			'{{task}}',
			attempt({
				task,
				text: `a task / of many words ${'x'.repeat(80)}`,
				work: { ...WORK, agent: 'sh /a/b', session: '0001-worker' as SessionId },
				reviews: [review({ tree }), review({ tree, session: '0003-reviewer' as SessionId })],
			}),
			{ ...CANDIDATE, tree },
		);
		expect(readTrailers(written)).toEqual({
			kind: 'landing',
			task,
			attempt: 1,
			tree,
			worker: 'sh ∕a∕b/default/0001-worker',
			reviewers: ['claude/default/0002-reviewer', 'claude/default/0003-reviewer'],
		});
	});

	test('say what the loop wrote, whatever the task and the agents are called', () => {
		const word = fc.string({ unit: 'binary', minLength: 1 }).filter((text) => text.trim() !== '');
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), word, word, (text, agent, model) => {
				const tree = TREE as TreeId;
				const task = '0123456789abcd' as TaskId;
				const work = { ...WORK, agent, model };
				const reviews = [review({ tree, agent, model })];
				const written = commitMessage('{{task}}', attempt({ task, text, work, reviews }), {
					...CANDIDATE,
					tree,
				});
				expect(readTrailers(written)).toMatchObject({ kind: 'landing', task, attempt: 1, tree });
			}),
		);
	});

	test('of an undo are read too', () => {
		const of = 'b'.repeat(40) as CommitId;
		expect(readTrailers(`Undo: Add\n\nNightloop-Undo: ${of}\nNightloop-Task: 0123456789abcd\n`)).toEqual({
			kind: 'undo',
			of,
			task: '0123456789abcd',
		});
	});

	test.each([
		'Add\n',
		'',
		`${message()}\nSigned-off-by: A\n`,
		'Nightloop-Task: x\n\nmore\n',
		'nightloop-settings: more\n',
		'Nightloop-Tasks: x\n',
	])('count only in the last paragraph, by their names: %j has none', (text) => {
		expect(readTrailers(text)).toEqual({ kind: 'none' });
	});

	test.each<readonly [string, RegExp]>([
		...Object.keys(lines).map(
			(key) => [message({ [key]: null }), new RegExp(`Nightloop-${key} is missing`)] as const,
		),
		...Object.keys(lines).map(
			(key) => [message({ [key]: 'x' }), new RegExp(`Nightloop-${key} is not as`)] as const,
		),
		...['Task', 'Attempt', 'Tree', 'Worker'].map(
			(key) =>
				[message({}, `Nightloop-${key}: y\n`), new RegExp(`Nightloop-${key} is there 2 times`)] as const,
		),
		[message({}, 'Signed-off-by: A\n'), /more among its trailers/],
		[message({}, 'nightloop-task: A\n'), /more among its trailers/],
		[message({ Attempt: '0' }), /Nightloop-Attempt is not as/],
		[message({ Reviewer: 'b/x/0001-worker' }), /one session has two parts/],
		[message({}, 'Nightloop-Reviewer: a/x/0002-reviewer\n'), /one session has two parts/],
		[message({ Undo: 'x' }), /Nightloop-Undo is not as/],
	])('%j are malformed', (text, flaw) => {
		expect(why(text)).toMatch(flaw);
	});
});
