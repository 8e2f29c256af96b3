import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../../src/core/errors.ts';
import { fillPrompt, parsePrompt } from '../../../src/core/rules/prompt-file.ts';

const parse = (text: string, name = 'worker') => parsePrompt(name, `prompts/${name}.md`, text);
const refusal = (text: string, name?: string): string => {
	try {
		parse(text, name);
	} catch (error) {
		if (error instanceof UserError) return `${error.what} ${error.why} ${error.fix}`;
		throw error;
	}
	throw new Error('nothing was thrown');
};

describe('parsePrompt', () => {
	test('gives the defaults for a prompt without front matter', () =>
		expect(parse('Do {{task}}.\n')).toEqual({
			name: 'worker',
			role: 'worker',
			agent: 'claude',
			model: [],
			fallback: [],
			idle: 900_000,
			limit: 5_400_000,
			args: [],
			env: {},
			body: 'Do {{task}}.\n',
		}));

	test('reads who runs it, and how', () => {
		const front = [
			'agent: node my-agent.js --fast',
			'model: [sonnet, opus]',
			'fallback: codex',
			'idle: 20m',
			'limit: 1h30m',
			'args: [--max-turns, 50, true]',
			'env: {ANTHROPIC_API_KEY: null, VERSION: 1.10, MODE: 010, ON: true, DAY: 2026-11-22, NAME: "x"}',
		];
		expect(parse(`---\n${front.join('\n')}\n---\nDo it.\n`)).toMatchObject({
			agent: 'node my-agent.js --fast',
			model: ['sonnet', 'opus'],
			fallback: ['codex'],
			idle: 1_200_000,
			limit: 5_400_000,
			args: ['--max-turns', '50', 'true'],
			env: {
				ANTHROPIC_API_KEY: null,
				VERSION: '1.10',
				MODE: '010',
				ON: 'true',
				DAY: '2026-11-22',
				NAME: 'x',
			},
			body: 'Do it.\n',
		});
		expect(parse('---\nargs: 7\nenv:\n  A:\n    5\n---\n')).toMatchObject({ args: ['7'], env: { A: '5' } });
	});

	test.each([
		['worker', 'worker'],
		['reviewer', 'reviewer'],
		['reviewer-security', 'reviewer'],
		['planner', 'planner'],
		['consolidator', 'consolidator'],
	])('gives %s the role of a %s', (name, role) =>
		expect(parse('Do it.', name)).toMatchObject({ name, role }),
	);

	test('refuses a name without a role', () => {
		expect(refusal('x', 'reviwer')).toContain(
			'prompts/reviwer.md: there is no prompt of this name. The nearest one is reviewer.md.',
		);
		expect(refusal('x', 'reviewers')).toContain('The nearest one is reviewer.md.');
	});

	test.each([
		[
			'---\nagent: x\n---\n\nDo {{tsk}}.',
			'prompts/worker.md:5: there is nothing to put into {{tsk}}. The nearest hole is {{task}}.',
		],
		[
			'{{task}}\r\n{{ detail }}',
			'prompts/worker.md:2: there is nothing to put into {{ detail }}. The nearest hole is {{details}}.',
		],
		['{{constructor}}', 'there is nothing to put into {{constructor}}.'],
		[
			'---\nmodels: opus\n---\n',
			'prompts/worker.md:2: there is no key of a prompt "models". The nearest one is "model".',
		],
		['---\nagent: 5\n---\n', 'prompts/worker.md:2: agent is 5. Expected a text.'],
		['---\nlimit: 90\n---\n', 'prompts/worker.md:2: limit is 90. Expected a length of time'],
		['---\nargs: [[a]]\n---\n', 'args is a list. Expected a text or a list of texts.'],
		['---\nenv: [A]\n---\n', 'env is a list. Expected keys and values.'],
		[
			'---\nenv: {A: [b]}\n---\n',
			'prompts/worker.md:2: env.A is a list. Expected a text, or null to remove it.',
		],
		['---\nagent: x\n', 'prompts/worker.md:1: the front matter is never closed.'],
	])('refuses %j', (text, message) => expect(refusal(text)).toContain(message));

	test.each(['{{ color: "red" }}', '{{}}', '{task}', '{{task}'])(
		'leaves %s alone, as it is no hole',
		(body) => expect(fillPrompt(parse(body).body, { task: 'x' })).toBe(body),
	);
});

describe('fillPrompt', () => {
	test('fills each hole, and leaves out what has no value', () =>
		expect(fillPrompt('{{task}}: {{ details }}[{{findings}}] {{task}}', { task: 'A', details: 'B' })).toBe(
			'A: B[] A',
		));

	test('leaves unknown holes as they are', () =>
		expect(fillPrompt('{{tsk}} {{toString}}', {})).toBe('{{tsk}} {{toString}}'));

	test('never looks for holes in what it puts in, nor reads patterns in it', () =>
		fc.assert(
			fc.property(fc.string(), fc.constantFrom('{{task}}', '{{nonce}}', '$&', '$1', '$$'), (text, trap) => {
				expect(fillPrompt('a {{task}} b', { task: text + trap, nonce: 'secret' })).toBe(`a ${text}${trap} b`);
			}),
		));
});
