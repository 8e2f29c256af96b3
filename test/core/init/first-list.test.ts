import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { proposedAgents, withAgent } from '../../../src/core/init/agents-here.ts';
import type { AgentHere } from '../../../src/core/init/agents-here.ts';
import { firstList } from '../../../src/core/init/first-list.ts';
import { parseSettings } from '../../../src/core/rules/settings.ts';
import { todo } from '../../helpers/parts.ts';

const settingsIn = (list: string) => parseSettings('todo.md', list).settings;
const NOTHING = { languages: [], checks: [], setup: null };

describe('the list to begin with', () => {
	test('has the checks and the setup that the folder speaks for, and says of what', () => {
		const text = firstList({
			languages: ['Node with npm'],
			checks: ['npm run lint', 'npm test'],
			setup: 'npm ci',
		});
		expect(settingsIn(text)).toMatchObject({
			checks: ['npm run lint', 'npm test'],
			setup: 'npm ci',
			attempts: 3,
		});
		expect(text).toContain('for Node with npm: do they pass now?');
	});

	test('has room for checks where nothing is known, and a task that does not count', () => {
		expect(settingsIn(firstList(NOTHING))).toMatchObject({ checks: [], setup: null });
		const { tasks, ignored } = todo(firstList(NOTHING));
		expect([tasks, ignored]).toMatchObject([[], [{ why: 'in a comment' }]]);
	});

	test('can be read whatever a check is called', () => {
		const line = fc.string({ unit: 'grapheme-ascii', minLength: 1 }).filter((text) => text.trim() === text);
		fc.assert(
			fc.property(fc.uniqueArray(line, { minLength: 1 }), (checks) => {
				expect(settingsIn(firstList({ ...NOTHING, checks })).checks).toEqual(checks);
			}),
		);
	});
});

describe('the agents that are proposed', () => {
	const agent = (name: string, state: AgentHere['state']): AgentHere => ({ name, state, said: '' });

	test('are the first that starts, and another one to review where there is one', () => {
		expect(
			proposedAgents([agent('claude', 'starts'), agent('codex', 'fails'), agent('gemini', 'starts')]),
		).toEqual({ worker: 'claude', reviewer: 'gemini' });
		expect(proposedAgents([agent('claude', 'absent'), agent('codex', 'starts')])).toEqual({
			worker: 'codex',
			reviewer: 'codex',
		});
		expect(proposedAgents([agent('claude', 'fails')])).toBeNull();
	});

	test('are written into the front matter of a prompt, with what stands behind them', () => {
		expect(withAgent('---\nagent: claude             # any\n---\nagent: text\n', 'codex')).toBe(
			'---\nagent: codex             # any\n---\nagent: text\n',
		);
	});
});
