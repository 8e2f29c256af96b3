import { describe, expect, it } from 'vitest';
import { boxes, photograph, violations } from '../helpers/checker.ts';
import { endOrFirstWait, startLoop, story } from '../helpers/nightloop.ts';
import { noProcessOf } from '../helpers/processes.ts';
import { withRepository } from '../helpers/repository.ts';

/** What a reviewer does, and what the loop must say of it. */
const endings: readonly (readonly [reviewer: string, says: RegExp])[] = [
	['says-nothing', /unreadable|verdict/],
	['says-approved-in-prose', /unreadable|verdict/],
	['approves-with-another-nonce', /nonce|unreadable/],
	['approves-without-a-nonce', /nonce|unreadable/],
	['approves-twice', /two|2|one fence|unreadable/],
	['rejects-and-approves', /two|2|one fence|unreadable/],
	['approves-in-broken-json', /JSON|parse|unreadable/],
	['approves-with-a-blocking-finding', /it is wrong/],
	['approves-then-exits-1', /exit|failed/],
	['approves-then-kills-itself', /SIGKILL|killed|failed|137/],
	['approves-then-hangs', /overtime|limit|idle/],
	['changes-a-file-then-approves', /README\.md/],
	['rejects-without-findings', /finding/],
	['rejects', /not good enough/],
];

describe.concurrent('a task stays open when its reviewer', () => {
	it.each(endings)('%s', (reviewer, says) =>
		withRepository({ reviewer, settings: ['attempts: 1'], ofReviewer: ['limit: 2s'] }, async (repository) => {
			const before = await photograph(repository);
			const loop = startLoop(repository);
			// A session cut off costs no attempt: another one may have to wait.
			const { exitCode } = await endOrFirstWait(loop);

			expect([3, 143]).toContain(exitCode);
			expect(story(loop.events)).toMatch(says);
			await noProcessOf(repository.scratch);
			expect(await violations(repository, before)).toEqual([]);
			expect(await repository.git('rev-parse', 'HEAD')).toBe(before.head);
			expect(boxes(await repository.read('todo.md'), 'x')).toEqual([]);
			expect(loop.events.map(({ event }) => event)).not.toContain('landed');
		}),
	);
});

describe.concurrent('a task lands when its reviewer', () => {
	it('approves', () =>
		withRepository({ reviewer: 'approves', settings: ['attempts: 1'] }, async (repository) => {
			const before = await photograph(repository);
			const loop = startLoop(repository);

			expect(await loop.ended).toMatchObject({ exitCode: 0 });
			expect(await violations(repository, before)).toEqual([]);
			expect(boxes(await repository.read('todo.md'), 'x')).toEqual(['make the first thing']);
		}));

	it.each([
		['approves', 0],
		['rejects', 3],
	])('and --once says so: %s is exit %i', (reviewer, wanted) =>
		withRepository({ reviewer }, async (repository) => {
			const before = await photograph(repository);
			const { exitCode } = await startLoop(repository, ['--once']).ended;

			expect(exitCode).toBe(wanted);
			expect(await violations(repository, before)).toEqual([]);
			expect(await repository.notes('sessions')).toHaveLength(2);
		}),
	);
});
