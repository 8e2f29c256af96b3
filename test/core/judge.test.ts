import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judge } from '../../src/core/judge.ts';
import type { Attempt, CheckResult, Review, Scene, Step, TreeId, Verdict } from '../../src/core/types.ts';
import { prompt } from '../helpers/fake-world.ts';
import { attempt, CANDIDATE, review, runOf, scene, SETTINGS, started, WORK } from '../helpers/parts.ts';

const LIST = '- [ ] Add\n';
const proposal = { kind: 'candidate', candidate: CANDIDATE } as const;

describe('an attempt is judged by the first thing that is missing in it:', () => {
	test.each<[string, Partial<Attempt>, Step['step']]>([
		['a session', {}, 'open'],
		['a candidate', { work: WORK }, 'propose'],
		['a review', { work: WORK, proposal }, 'open'],
		['the seal', { work: WORK, proposal, reviews: [review()] }, 'seal'],
	])('%s', (_name, more, step) => {
		expect(judged(more).step).toBe(step);
	});

	test('a check, none left out', () => {
		const of = (checks: string[], results: CheckResult[] | null) =>
			judged({ work: WORK, proposal, checks: results }, { settings: { ...SETTINGS, checks } }).step;
		expect(of(['lint', 'test'], null)).toBe('check');
		expect(of(['lint', 'test'], [green('lint')])).toBe('check');
		expect(of(['lint', 'test'], [green('lint'), green('test')])).toBe('open');
	});
});

describe('an approval', () => {
	test('of another tree is none, however often it is given', () => {
		const other = review({ tree: 'another' as TreeId });
		expect(judged({ work: WORK, proposal, reviews: [other] }).step).toBe('open');
		expect(judged({ work: WORK, proposal, reviews: [other, other] })).toMatchObject({
			step: 'reject',
			findings: [{ what: 'reviewer gave no readable verdict on this candidate', evidence: '' }],
		});
	});

	test('of one reviewer does not stand for another', () => {
		const reviewers = [prompt('reviewer'), prompt('reviewer-security')];
		const step = judged({ work: WORK, proposal, reviews: [review(), review()] }, { reviewers });
		expect(step).toMatchObject({ step: 'open', order: { prompt: { name: 'reviewer-security' } } });
	});

	test('is needed of every reviewer, of this tree, in a session that ended well: whatever else there is', () => {
		const verdict = fc.constantFrom<Verdict>(
			{ kind: 'approved', findings: [], red: null },
			{ kind: 'rejected', findings: [{ what: 'no', evidence: '', blocking: true, by: 'x' }] },
			{ kind: 'unreadable', why: 'empty' },
		);
		const end = fc.constantFrom<Review['end']>(
			{ kind: 'completed' },
			{ kind: 'idle', ms: 1 },
			{ kind: 'limited', until: null, message: '' },
			{ kind: 'vanished' },
		);
		const name = fc.constantFrom('reviewer', 'reviewer-b');
		const tree = fc.constantFrom(CANDIDATE.tree, 'another' as TreeId);
		const reviews = fc.array(fc.record({ verdict, end, reviewer: name, tree }), { maxLength: 5 });
		const reviewers = [prompt('reviewer'), prompt('reviewer-b')];
		fc.assert(
			fc.property(reviews, (some) => {
				const step = judged({ work: WORK, proposal, reviews: some.map(review) }, { reviewers });
				const approved = (reviewer: string) =>
					some.some(
						(one) =>
							one.reviewer === reviewer &&
							one.verdict.kind === 'approved' &&
							one.end.kind === 'completed' &&
							one.tree === CANDIDATE.tree,
					);
				expect(step.step === 'seal' && !reviewers.every(({ name }) => approved(name))).toBe(false);
				expect(step.step).not.toBe('land');
			}),
		);
	});
});

function judged(more: Partial<Attempt>, at: Partial<Scene> = {}): Step {
	const inHand = attempt(more);
	return judge({ ...runOf(started), attempt: inHand }, inHand, scene(LIST, at));
}

function green(command: string): CheckResult {
	return { command, result: 'green', exitCode: 0, ms: 1, tail: '', log: '', runs: 1 };
}
