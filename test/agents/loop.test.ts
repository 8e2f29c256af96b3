import { expect, onTestFailed, test } from 'vitest';
import { startLoop, story, type Told } from '../helpers/nightloop.ts';
import { noProcessOf } from '../helpers/processes.ts';
import { withAgents } from './night.ts';
import type { AgentName } from './program.ts';
import type { Call, Move } from './scripted-model.ts';

const pairs: readonly (readonly [AgentName, AgentName])[] = [
	['claude', 'codex'],
	['codex', 'gemini'],
	['gemini', 'opencode'],
	['opencode', 'qwen'],
	['qwen', 'copilot'],
	['copilot', 'claude'],
];

test.each(pairs)('%s works, %s reviews, and what it approved lands', async (worker, reviewer) => {
	const tasks = { tasks: ['greet the reader'] };
	await withAgents({ worker, reviewer, ...tasks }, playsBothRoles, async (model, repository) => {
		const loop = startLoop(repository);
		const ended = await loop.ended;
		onTestFailed(() => console.error(story(loop.events), ended.stderr));
		expect(ended.exitCode).toBe(0);
		expect(await repository.read('greeting.txt')).toBe('hello!\n');
		expect(await repository.git('log', '--format=%s')).toBe('greet the reader\nstart');
		expect(await repository.git('status', '--porcelain')).toBe('');

		const rejected = named(loop.events, 'rejected');
		expect(rejected).toMatchObject([{ attempt: 1, findings: [{ what: finding }] }]);
		const sessions = [...named(loop.events, 'worked'), ...named(loop.events, 'reviewed')];
		expect(sessions).toHaveLength(4);
		for (const one of sessions) expect(one).toMatchObject({ end: { kind: 'completed' } });
		expect(new Set(sessions.map((one) => one['agentSession'])).size).toBe(4);
		const reviews = model.calls.filter(({ prompt }) => prompt.includes('```verdict '));
		expect(reviews.filter(({ prompt }) => prompt.includes(lastWords))).toEqual([]);
		await noProcessOf(repository.scratch);
	});
});

const lastWords = 'I am sure that it is all as it should be.';
const finding = 'the file does not end with an exclamation mark';

/** The worker forgets the exclamation mark until a finding tells it; the reviewer judges by the file in its room. */
function playsBothRoles({ prompt, results }: Call): Move {
	const nonce = /```verdict ([0-9a-f]{24})/.exec(prompt)?.[1];
	const [seen] = results;
	if (nonce === undefined) {
		const better = prompt.includes(finding) ? '!' : '';
		return seen === undefined ? { shell: `echo 'hello${better}' > greeting.txt` } : { say: lastWords };
	}
	if (seen === undefined) return { shell: 'cat greeting.txt; echo spoilt > spoilt.txt' };
	const findings = seen.includes('hello!') ? [] : [{ what: finding, evidence: 'hello', blocking: true }];
	const body = { verdict: findings.length === 0 ? 'approve' : 'reject', findings };
	return { say: `I looked at it.\n\n\`\`\`verdict ${nonce}\n${JSON.stringify(body)}\n\`\`\`` };
}

function named(events: readonly Told[], name: string): Told[] {
	return events.filter(({ event }) => event === name);
}
