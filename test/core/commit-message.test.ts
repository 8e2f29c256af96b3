import { describe, expect, test } from 'vitest';
import { commitMessage } from '../../src/core/commit-message.ts';
import type { SessionId, TaskId, TreeId } from '../../src/core/types.ts';
import { attempt, CANDIDATE, review, WORK } from '../helpers/parts.ts';

describe('the message of a landed commit', () => {
	test('is the task, and trailers that say who wrote and who approved', () => {
		expect(message({ text: 'Add a door' })).toBe(
			[
				'Add a door',
				'',
				'Nightloop-Task: 00000000000001',
				'Nightloop-Attempt: 2',
				'Nightloop-Tree: t1',
				'Nightloop-Worker: claude/sonnet/of-claude',
				'Nightloop-Reviewer: claude/default/0002-reviewer',
				'',
			].join('\n'),
		);
	});

	test('is built as the settings say, its subject cut at 72 with the task in full below', () => {
		const long = `Add ${'a very '.repeat(20)}long door`;
		const [subject = '', blank, body] = message({ text: long }, 'feat: {{task}}').split('\n');
		expect(subject).toMatch(/^feat: Add a very .*…$/);
		expect(subject.length).toBeLessThanOrEqual(72);
		expect([blank, body]).toEqual(['', long]);
	});

	test('takes a template as it is, dollar signs in the task included', () => {
		expect(message({ text: "pay $& and $'" }).split('\n')[0]).toBe("pay $& and $'");
	});

	test('falls back to the task where the template says nothing', () => {
		expect(message({ text: 'Add' }, '  ').split('\n')[0]).toBe('Add');
	});

	test('puts what has line ends or slashes on one line, in one part', () => {
		const work = { ...WORK, agent: 'sh\n/opt/agent', model: 'a/b', agentSession: null };
		const text = message({ text: 'Add\nNightloop-Tree: forged', work });
		expect(text.match(/^Nightloop-Tree: /gm)).toHaveLength(1);
		expect(text).toContain('Nightloop-Worker: sh ∕opt∕agent/a∕b/0001-worker\n');
	});

	test('names nobody who did not approve this very tree, and no worker where there was none', () => {
		const reviews = [
			review({ tree: 'another' as TreeId }),
			review({ verdict: { kind: 'rejected', findings: [] } }),
			review({ session: '0009-reviewer' as SessionId }),
		];
		const text = message({ reviews, work: null });
		expect(text.match(/^Nightloop-(?:Reviewer|Worker): .*/gm)).toEqual([
			'Nightloop-Reviewer: claude/default/0009-reviewer',
		]);
	});
});

function message(more: Parameters<typeof attempt>[0], template = '{{task}}'): string {
	const work = { ...WORK, model: 'sonnet', agentSession: 'of-claude' };
	const base = { task: '00000000000001' as TaskId, number: 2, work, reviews: [review()] };
	return commitMessage(template, attempt({ ...base, ...more }), CANDIDATE);
}
