/**
 * The story of `nightloop demo`, as data: a small repository, a list of two tasks, and what the scripted agent does in it.
 * The bug of the first attempt is real, and so is the evidence against it: both can be run.
 */

/**
 * The files of the demo's repository, by path, its todo.md and prompts included. `agentCommand` is the command line that
 * runs the scripted agent with `demoScript`, which does not belong into the repository.
 */
export function demoFiles(agentCommand: string): Record<string, string> {
	const run = `---\nagent: ${JSON.stringify(agentCommand)}\n---\n`;
	return {
		'package.json': '{ "name": "tea-timer", "private": true, "type": "module" }\n',
		'README.md': '# Tea timer\n\nTells how long your tea still needs.\n',
		'duration.js': moduleAtBase,
		'check.js': checkAtBase,
		'todo.md': todo,
		'prompts/worker.md': `${run}Findings of an earlier attempt:\n{{findings}}\n\nYour task: {{task}}\n{{details}}\n`,
		'prompts/reviewer.md': `${run}Judge {{candidate}} against {{base}}.\n{{diffstat}}\n\nYour key: {{nonce}}\n\nThe task: {{task}}\n{{details}}\n`,
	};
}

const todo = `---
checks: node check.js
---
# Tea timer

- [ ] Add seconds() to duration.js: it reads "90s", "5m" and "2h"
  Anything else is a RangeError that names the text.
- [ ] Tell in README.md how to use duration.js
`;

const moduleAtBase = `/** 90 is "1m 30s". */
export function words(seconds) {
	return \`\${Math.floor(seconds / 60)}m \${seconds % 60}s\`;
}
`;

const checkAtBase = `import assert from 'node:assert/strict';
import * as duration from './duration.js';

assert.equal(duration.words(90), '1m 30s');
`;

const firstTry = `${moduleAtBase}
const units = { s: 1, m: 60, h: 3600 };

/** "5m" is 300. */
export function seconds(text) {
	return Number.parseInt(text, 10) * units[text.at(-1)];
}
`;

const secondTry = `${moduleAtBase}
const units = { s: 1, m: 60, h: 3600 };

/** "5m" is 300. Anything but digits and one unit is a RangeError. */
export function seconds(text) {
	const [, count, unit] = /^(\\d+)([smh])$/.exec(text) ?? [];
	if (unit === undefined) {
		throw new RangeError(\`not a duration: \${text}\`);
	}
	return Number(count) * units[unit];
}
`;

const checkGoodInput = `assert.equal(duration.seconds('90s'), 90);
assert.equal(duration.seconds('5m'), 300);
assert.equal(duration.seconds('2h'), 7200);
`;

const checkBadInput = `assert.throws(() => duration.seconds('5 minutes'), RangeError);
assert.throws(() => duration.seconds('10x'), /10x/);
`;

const usage = `
\`\`\`js
import { seconds, words } from './duration.js';

words(seconds('5m')); // 5m 0s
\`\`\`
`;

const tryBadInput = `node --input-type=module -e "import { seconds } from './duration.js'; console.log(seconds('10x'))"`;

/** What the scripted agent does, session by session: the contents of its SCRIPT.json. */
export const demoScript = {
	scenes: [
		{
			role: 'worker',
			task: 'seconds()',
			attempt: 1,
			do: [
				{ write: { path: 'duration.js', text: firstTry } },
				{ append: { path: 'check.js', text: checkGoodInput } },
				{ say: 'seconds() is there, and the check is green.' },
			],
		},
		{
			role: 'reviewer',
			task: 'seconds()',
			attempt: 1,
			do: [
				{ run: tryBadInput },
				{ say: 'The check is green, but it asks for good input only. I tried bad input.' },
				{
					verdict: 'reject',
					findings: [
						{
							what: "duration.js: seconds('10x') gives NaN where the task asks for a RangeError",
							evidence: `$ ${tryBadInput}\nNaN`,
							blocking: true,
						},
					],
				},
			],
		},
		{
			role: 'worker',
			task: 'seconds()',
			do: [
				{ write: { path: 'duration.js', text: secondTry } },
				{ append: { path: 'check.js', text: checkBadInput } },
				{ say: 'Bad input is a RangeError now, and the check asks for it.' },
			],
		},
		{
			role: 'reviewer',
			task: 'seconds()',
			do: [
				{ run: `! ${tryBadInput}` },
				{ say: 'Bad input throws, good input is read.' },
				{ verdict: 'approve', findings: [] },
			],
		},
		{
			role: 'worker',
			task: 'README.md',
			do: [{ append: { path: 'README.md', text: usage } }, { say: 'README.md says how.' }],
		},
		{
			role: 'reviewer',
			task: 'README.md',
			do: [{ say: 'The example does what it says.' }, { verdict: 'approve', findings: [] }],
		},
	],
};
