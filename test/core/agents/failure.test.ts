import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { failure, failureEnd, successEnd } from '../../../src/core/agents/failure.ts';

const now = Date.UTC(2026, 10, 22, 13, 0);
const exit = { code: 1, signal: null };
const end = (message: string, more: Parameters<typeof failure>[1] = {}) =>
	failureEnd(failure(message, more), exit, now);

describe('An error that ended a session', () => {
	test.each([
		['ContextOverflowError', 'failed'],
		['insufficient_quota', 'auth'],
		['rate_limit', 'limited'],
		['overloaded', 'outage'],
	])('is what its name says, whatever the status: %s', (name, kind) => {
		expect(end('No.', { names: [null, name], status: 404 }).kind).toBe(kind);
	});

	test.each([
		[401, 'auth'],
		[404, 'auth'],
		[408, 'outage'],
		[413, 'failed'],
		[429, 'limited'],
		[503, 'outage'],
		[400, 'failed'],
	])('without a name is what its status says: %d', (status, kind) => {
		expect(end('No.', { names: ['x'], status }).kind).toBe(kind);
	});

	test('is a limit until the time that is told as a figure, else until the one in its words', () => {
		const words = "You've hit your limit · resets 4pm (UTC)";
		expect(end(words, { until: now + 5 })).toEqual({ kind: 'limited', until: now + 5, message: words });
		expect(end(words)).toMatchObject({ kind: 'limited', until: now + 3 * 3_600_000 });
		expect(end('No.', { status: 429 })).toEqual({ kind: 'limited', until: null, message: 'No.' });
	});

	test.each([
		'Prompt is too long',
		"Codex ran out of room in the model's context window.",
		'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
		"This model's maximum context length is 128000 tokens.",
	])('is called an overflow where it is one: %s', (message) => {
		expect(end(message)).toEqual({
			kind: 'failed',
			exitCode: 1,
			signal: null,
			message: `context overflow: ${message}`,
		});
	});

	test.each([
		"Opus's safeguards flagged this message",
		'blocked by the content filter',
		'This request was flagged',
	])('is called a refusal where it is one: %s', (message) =>
		expect(end(message)).toMatchObject({ kind: 'failed', message: `refusal: ${message}` }),
	);

	test('is told in at most 500 characters', () => {
		expect(end(` ${'x'.repeat(600)}`)).toMatchObject({ kind: 'failed', message: 'x'.repeat(500) });
	});

	test('has an end whatever it says', () => {
		fc.assert(
			fc.property(fc.string(), fc.option(fc.integer()), (message, status) => {
				expect(['failed', 'limited', 'outage', 'auth']).toContain(end(message, { status }).kind);
			}),
		);
	});
});

test.each([
	[{ code: 0, signal: null }, 'completed'],
	[{ code: 143, signal: null }, 'completed'],
	[{ code: null, signal: 'SIGKILL' }, 'completed'],
	[{ code: 1, signal: null }, 'failed'],
])('Success and the exit %j: %s', (exit, kind) => expect(successEnd(exit, '').kind).toBe(kind));
