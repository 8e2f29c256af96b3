import { describe, expect, test } from 'vitest';
import { commitMessage, undoMessage } from '../../../src/core/gate/commit-message.ts';
import type { CommitId, SessionId, TaskId, TreeId } from '../../../src/core/types.ts';
import { attempt, CANDIDATE, review, WORK } from '../../helpers/parts.ts';

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

describe('the message of an undo', () => {
	const of = {
		commit: 'c1' as CommitId,
		subject: 'Add a  door',
		task: '01' as TaskId,
		why: ' it\n\ncreaks\n',
	};

	test('says what was taken back, why, and the trailers last', () => {
		expect(undoMessage(of)).toBe(
			'Undo: Add a door\n\nit\n\ncreaks\n\nNightloop-Undo: c1\nNightloop-Task: 01\n',
		);
	});

	test('has no empty reason, and a subject that is cut at 72', () => {
		const [subject, ...rest] = undoMessage({ ...of, subject: 'very '.repeat(20), why: ' ' }).split('\n');
		expect(subject).toMatch(/^Undo: very .*…$/);
		expect(subject!.length).toBeLessThanOrEqual(72);
		expect(rest).toEqual(['', 'Nightloop-Undo: c1', 'Nightloop-Task: 01', '']);
	});
});

function message(more: Parameters<typeof attempt>[0], template = '{{task}}'): string {
	const work = { ...WORK, model: 'sonnet', agentSession: 'of-claude' };
	const base = { task: '00000000000001' as TaskId, number: 2, work, reviews: [review()] };
	return commitMessage(template, attempt({ ...base, ...more }), CANDIDATE);
}
