import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Hole } from '../src/core/types.ts';
import { readVerdict } from '../src/core/gate/verdict.ts';
import { readStatus } from '../src/core/gate/worker-status.ts';

const values: Record<Hole, string> = {
	task: 'Add login',
	details: 'With a password.',
	breadcrumb: 'Accounts',
	todo: '- [ ] Add login',
	memory: '',
	findings: '',
	checks: '- `npm test`: green',
	base: 'b'.repeat(40),
	candidate: 'c'.repeat(40),
	diffstat: ' a.ts | 1 +',
	changes: '',
	nonce: '5f2c9a',
	spec: '',
};

const read = (name: string) => readFileSync(new URL(`../prompts/${name}.md`, import.meta.url), 'utf8');
const holes = (name: string) =>
	Array.from(read(name).matchAll(/\{\{(.*?)\}\}/g), ([, hole = '']) => hole).toSorted();
const filled = (name: string) =>
	Object.entries(values).reduce((text, [hole, value]) => text.replaceAll(`{{${hole}}}`, value), read(name));
const said = (text: string) =>
	readVerdict({
		text,
		nonce: values.nonce,
		end: { kind: 'completed' },
		roomChanges: [],
		reviewer: 'reviewer',
	});

test('the worker gets the task, what is around it and what was found before', () =>
	expect(holes('worker')).toEqual([
		'breadcrumb',
		'checks',
		'details',
		'findings',
		'memory',
		'spec',
		'task',
		'todo',
	]));

test('a reviewer gets the task and the candidate, and nothing of the worker’s', () =>
	expect(holes('reviewer')).toEqual([
		'base',
		'breadcrumb',
		'candidate',
		'changes',
		'checks',
		'details',
		'diffstat',
		'memory',
		'nonce',
		'spec',
		'task',
	]));

test('a consolidator gets what must hold and what was found before, and reads the notes itself', () =>
	expect(holes('consolidator')).toEqual(['checks', 'details', 'findings', 'task']));

describe('a reviewer that echoes its prompt approves nothing', () => {
	const prompt = filled('reviewer');
	const lines = prompt.split('\n');

	test('all of it', () => expect(said(prompt).kind).toBe('unreadable'));

	test('any part of it', () => {
		fc.assert(
			fc.property(fc.nat(lines.length), fc.nat(lines.length), (from, to) => {
				expect(said(lines.slice(from, to).join('\n')).kind).toBe('unreadable');
			}),
			{ numRuns: 2000 },
		);
	});

	test('all of it and then a verdict', () =>
		expect(
			said(`${prompt}\n\`\`\`verdict ${values.nonce}\n{"verdict":"approve","findings":[]}\n\`\`\``).kind,
		).toBe('unreadable'));
});

describe('a reviewer that does as its prompt says is understood', () => {
	const prompt = filled('reviewer');
	const fence = /^```verdict .*?^```$/ms.exec(prompt)?.[0] ?? '';
	const forms = Array.from(prompt.matchAll(/^ {4}(\{"verdict".*)$/gm), ([, json = '']) =>
		fence.replace('JSON', json),
	);

	test('when it approves', () =>
		expect(forms.map((form) => said(`Fine.\n\n${form}`).kind)[0]).toBe('approved'));
	test('when it approves red checks', () =>
		expect(said(`Fine.\n\n${forms[2]}`)).toMatchObject({ kind: 'approved', red: 'expected' }));
	test('when it rejects', () => expect(forms.map((form) => said(`No.\n\n${form}`).kind)[1]).toBe('rejected'));
});

test('a worker that does as its prompt says is understood', () => {
	const fences = read('worker').match(/^```status$.*?^```$/gms) ?? [];
	const all = fences.map((fence) => readStatus(`Text.\n\n${fence}`));
	expect(all.map((status) => status?.status)).toEqual(['blocked', 'already-done', 'done']);
	expect(all.map((status) => status?.red ?? null)).toEqual([
		null,
		null,
		expect.stringContaining('which tests'),
	]);
});

test('a worker that echoes its prompt has said nothing', () =>
	expect(readStatus(filled('worker'))).toBeNull());
