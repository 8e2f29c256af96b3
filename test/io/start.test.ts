import { expect, test } from 'vitest';
import { checkAgents, openFallbacks } from '../../src/io/start.ts';
import { prompt } from '../helpers/fake-world.ts';

const worker = (agent: string, fallback: string[]) => prompt('worker', { agent, fallback });

test('an agent that is not there is refused, a fallback that is not there is told of', async () => {
	await expect(checkAgents([worker('no-such-agent', [])])).rejects.toThrow('no-such-agent was not found');
	const notices = await checkAgents([worker('cat', ['no-such-agent', 'sh -c true'])]);
	expect(notices).toEqual([expect.stringContaining('worker: no fallback to no-such-agent in this run.')]);
});

test('a fallback that is not there is none; the others keep their order', async () => {
	const usable = openFallbacks();
	const [found] = await usable([worker('cat', ['sed p', 'no-such-agent', 'tail -1'])]);
	expect(found?.fallback).toEqual(['sed p', 'tail -1']);
	const without = worker('cat', []);
	expect((await usable([without]))[0]).toBe(without);
});
