import { describe, expect, test } from 'vitest';
import { checkLines, findingLines, proposalLines } from '../../../src/core/why/judged-lines.ts';
import type { Change, CheckResult, CommitId, TaskId } from '../../../src/core/types.ts';
import { CANDIDATE, NOW } from '../../helpers/parts.ts';

describe('a proposal is told', () => {
	test('by its size, with what it does to tests', () => {
		const changes = [change({ added: 3, deleted: 1 }), change({ added: null, deleted: null })];
		const weakened = [
			{ path: 'a.test.ts', how: 'skipped', line: 7, text: 'test.skip(' },
			{ path: 'b.test.ts', how: 'fewer tests', line: null, text: '14 in base, 3 now' },
		] as const;
		const candidate = { ...CANDIDATE, changes, weakened };
		expect(proposalLines({ kind: 'candidate', candidate })).toEqual([
			'  · candidate c1: 2 files, +3/-1',
			'    ! weakened test, skipped: test.skip(',
			'      a.test.ts:7',
			'    ! weakened test, fewer tests: 14 in',
			'      base, 3 now',
			'      b.test.ts',
		]);
		expect(proposalLines({ kind: 'candidate', candidate: { ...CANDIDATE, changes: [change({})] } })).toEqual([
			'  · candidate c1: 1 file, +1/-0',
		]);
	});

	test('where it is none', () => {
		expect(proposalLines({ kind: 'unchanged', candidate: CANDIDATE })).toEqual(['  · nothing changed']);
		expect(proposalLines({ kind: 'refused', what: 'too much', evidence: 'a\nb' })).toEqual([
			'  ✗ no candidate: too much',
			'    | a',
			'    | b',
		]);
	});
});

describe('checks are told', () => {
	test('on one line where it is wide enough; a longer command stays whole', () => {
		const command = 'npm run lint && npm test -- --coverage --bail';
		expect(checkLines(checked([result(), result({ command })]), logLines, [])).toEqual([
			'  ✓ green · 2s · npm test',
			'  ✓ green · 2s',
			`    ${command}`,
		]);
	});

	test('with the end of what they printed, and where the rest is', () => {
		const red = result({ result: 'red', exitCode: 1, tail: 'expected 1\n\n  got 2' });
		expect(checkLines(checked([red]), logLines, [])).toEqual([
			'  ✗ red · exit 1 · 2s · npm test',
			'    | expected 1',
			'    |   got 2',
			'    at .nightloop/checks/x.log',
		]);
	});

	test('once, where they say the same again, or on base', () => {
		const red = result({ result: 'red', exitCode: 1, tail: 'no', runs: 2 });
		const others = [result({ tail: 'no' }), red];
		const lines = ['  ✗ red · exit 1 · 2s · run 2 times', '    npm test', '    at .nightloop/checks/x.log'];
		expect(checkLines({ ...checked([red]), on: 'candidate again' }, logLines, others)).toEqual([
			'  once more:',
			...lines,
		]);
		expect(checkLines({ ...checked([red]), on: 'base' }, logLines, others)).toEqual([
			'  on base c0:',
			...lines,
		]);
		expect(checkLines(checked([red]), logLines, [result({ tail: 'no' })])).toContain('    | no');
	});

	test('that did not end, or are not to be trusted', () => {
		const over = result({ result: 'overtime', exitCode: null });
		const flaky = result({ result: 'flaky', exitCode: 1 });
		const [first, , second] = checkLines(checked([over, flaky]), logLines, []);
		expect([first, second]).toEqual(['  ✗ did not end · 2s · npm test', '  ! flaky · 2s · npm test']);
	});

	test('not at all where there are none', () => {
		expect(checkLines(checked([]), logLines, [])).toEqual([]);
	});
});

describe('a finding is told', () => {
	test('with its evidence, and by whom', () => {
		const finding = { what: 'no test', evidence: 'src/a.ts\nline 3', blocking: true, by: 'reviewer-tests' };
		expect(findingLines(finding, 'with evidence')).toEqual([
			'    - no test (by reviewer-tests)',
			'      src/a.ts',
			'      line 3',
		]);
		expect(findingLines({ ...finding, blocking: false }, 'without evidence')).toEqual([
			'    - no test (a remark) (by',
			'      reviewer-tests)',
		]);
		const red = { ...finding, what: '`npm test` failed', by: 'npm test' };
		expect(findingLines(red, 'without evidence')).toEqual(['    - `npm test` failed']);
	});
});

function change(more: Partial<Change>): Change {
	const modes = { oldMode: '100644', newMode: '100644' };
	return { path: 'a.ts', status: 'modified', ...modes, added: 1, deleted: 0, ...more };
}

function result(more: Partial<CheckResult> = {}): CheckResult {
	return {
		command: 'npm test',
		result: 'green',
		exitCode: 0,
		ms: 2000,
		tail: '',
		log: '.nightloop/checks/x.log',
		runs: 1,
		...more,
	};
}

function logLines(log: string): string[] {
	return [`    at ${log}`];
}

function checked(results: readonly CheckResult[]): Parameters<typeof checkLines>[0] {
	const at = new Date(NOW).toISOString();
	const of = { task: '01' as TaskId, commit: 'c0' as CommitId, tree: CANDIDATE.tree };
	return { at, event: 'checked', on: 'candidate', setup: null, installed: 'as before', ...of, results };
}
