import { describe, expect, test } from 'vitest';
import { awaitAgent, insteadOf, isReplaced, onDuty, runBy } from '../../src/core/stand-in.ts';
import type { Absence, Attempt, Run, WaitingFor } from '../../src/core/types.ts';
import { prompt } from '../helpers/fake-world.ts';
import { attempt, NOW, runOf, scene, started, WORK } from '../helpers/parts.ts';

const WORKER = prompt('worker', {
	agent: 'claude',
	fallback: ['codex', 'gemini'],
	model: ['opus'],
	args: ['--fast'],
});

const AT = { now: NOW, setBack: 0 };

describe('a prompt is run', () => {
	test('by its agent, else by the first fallback that is there', () => {
		expect(onDuty(away({}), WORKER, AT)).toBe('claude');
		expect(onDuty(away({ claude: NOW + 1 }), WORKER, AT)).toBe('codex');
		expect(onDuty(away({ claude: NOW + 1, codex: NOW + 1 }), WORKER, AT)).toBe('gemini');
		expect(onDuty(away({ claude: NOW + 1, codex: NOW }), WORKER, AT)).toBe('codex');
		expect(onDuty(away({ claude: NOW + 1, codex: NOW + 1, gemini: NOW + 1 }), WORKER, AT)).toBeNull();
		expect(onDuty(away({ claude: NOW + 1 }), WORKER, { now: NOW - 4, setBack: 5 })).toBe('claude');
	});

	test('by a fallback without the model and the arguments that were meant for its agent', () => {
		expect(runBy(WORKER, 'claude')).toBe(WORKER);
		expect(runBy(WORKER, 'codex')).toEqual({ ...WORKER, agent: 'codex', model: [], args: [] });
	});

	test('by a fallback with a word about whom it stands in for', () => {
		const run = away({ claude: NOW + 1 });
		expect(insteadOf(run, WORKER, 'claude')).toBeNull();
		expect(insteadOf(run, WORKER, 'codex')).toBe('claude, which is at its limit');
		expect(insteadOf(away({}), WORKER, 'codex')).toBe('claude');
	});

	test('by the worker’s agent as well, where a reviewer falls back to it: that is said', () => {
		const reviewer = { ...WORKER, role: 'reviewer' } as const;
		const said = (work: Attempt['work']) =>
			insteadOf({ ...away({ claude: NOW + 1 }), attempt: attempt({ work }) }, reviewer, 'codex');
		expect(said({ ...WORK, agent: 'codex' })).toContain('the worker’s agent, in a session of its own');
		expect(said({ ...WORK, agent: 'claude' })).not.toContain('worker');
		expect(said(null)).not.toContain('worker');
	});
});

describe('a wait for an agent', () => {
	test('is none while one of them is there', () => {
		expect(awaitAgent(away({ claude: NOW + 1 }), scene(''), WORKER)).toBeNull();
	});

	test('is for the first of them that comes back, and names it', () => {
		const run = away({ claude: NOW + 3, codex: NOW + 1, gemini: NOW + 2 });
		expect(awaitAgent(run, scene(''), WORKER)).toMatchObject({
			event: {
				event: 'waiting',
				for: { kind: 'limit', agent: 'codex', prompt: 'worker', message: 'until later' },
				until: NOW + 1,
			},
		});
	});

	test('is over when a person names another agent for the prompt, or takes it away', () => {
		const run = away({ claude: NOW + 1 });
		const on = (agent: string, name = 'worker') =>
			isReplaced(run, scene('', { worker: prompt('worker', { agent }) }), waitFor(name));
		expect([on('claude'), on('codex'), on('claude', 'reviewer-gone')]).toEqual([false, true, true]);
		expect(isReplaced(run, scene(''), waitFor('reviewer'))).toBe(true);
	});

	test('is not over for another reason where it is for something else', () => {
		expect(isReplaced(away({}), scene(''), { kind: 'edits' })).toBe(false);
	});
});

function away(until: Readonly<Record<string, number>>): Run {
	const absence = (time: number): Absence => ({
		why: 'limit',
		message: 'until later',
		until: time,
		count: 1,
	});
	const entries = Object.entries(until).map(([agent, time]) => [agent, absence(time)] as const);
	return { ...runOf(started), away: new Map(entries) };
}

function waitFor(name: string): WaitingFor {
	return { kind: 'limit', agent: 'claude', prompt: name, message: '' };
}
