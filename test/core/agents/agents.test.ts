import { expect, test } from 'vitest';
import { adapterFor, programOf } from '../../../src/core/agents/agents.ts';

test.each([
	['claude', 'claude', 'lines'],
	[' claude ', 'claude', 'lines'],
	['claude --print', 'command', 'text'],
	['/opt/bin/claude', 'command', 'text'],
	['my-agent --fast', 'command', 'text'],
	['codex exec -', 'command', 'text'],
])('%j is run by the adapter %s', (agent, name, speaks) => {
	expect(adapterFor(agent)).toMatchObject({ name, speaks });
});

test.each(['claude', 'codex', 'gemini', 'opencode', 'qwen', 'copilot'])(
	'%s is known by its name, is started by it, and can be installed by one command',
	(name) => {
		const adapter = adapterFor(name);
		expect(adapter.name).toBe(name);
		expect(adapter.launch({ role: 'worker', model: null, args: [], line: name }).file).toBe(name);
		expect(adapter.install).toMatch(/^npm install -g \S+$/);
	},
);

test.each([
	['claude', 'claude'],
	['node scripts/agent.js --fast', 'node'],
	['./agent.sh', './agent.sh'],
	[' ~x', null],
	['KEY=1 agent', null],
	['"my agent"', null],
	['cd sub && agent', null],
	['', null],
])('the program of %j is %j', (agent, program) => expect(programOf(agent)).toBe(program));
