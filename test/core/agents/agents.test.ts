import { expect, test } from 'vitest';
import { adapterFor, programOf } from '../../../src/core/agents/agents.ts';
import { UserError } from '../../../src/core/errors.ts';

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

test.each(['codex', 'gemini', 'opencode'])(
	'%s is refused by its name, with a command line to use instead',
	(name) => {
		const refused = () => adapterFor(name);
		expect(refused).toThrow(UserError);
		expect(refused).toThrow(
			expect.objectContaining({
				what: expect.stringContaining(name),
				fix: expect.stringContaining(`sh -c '${name} `),
			}),
		);
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
