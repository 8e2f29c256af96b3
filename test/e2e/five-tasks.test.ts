import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { boxes, landedSince, photograph, violations } from '../helpers/checker.ts';
import { startLoop } from '../helpers/nightloop.ts';
import { noProcessOf } from '../helpers/processes.ts';
import { leavePersonalThings } from '../helpers/personal-things.ts';
import { type Repository, withRepository } from '../helpers/repository.ts';

const tasks = [
	'the first thing',
	'the second thing',
	'the third thing',
	'the fourth thing',
	'the fifth thing',
];

describe.concurrent.each(['auto', 'groups'])('five tasks, walls %s', (walls) => {
	it('are five commits of approved trees and five bytes of todo.md', () =>
		withRepository({ tasks, settings: [`walls: ${walls}`] }, async (repository) => {
			await leavePersonalThings(repository);
			const before = await photograph(repository);
			const loop = startLoop(repository);
			const { exitCode, stderr } = await loop.ended;

			expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
			await noProcessOf(repository.scratch);
			expect(await violations(repository, before)).toEqual([]);
			const landed = await landedSince(repository, before.head);
			expect(landed.map(({ subject }) => subject)).toEqual(tasks);
			const todo = await readFile(join(repository.path, 'todo.md'));
			expect(boxes(todo, 'x')).toEqual(tasks);
			expect([...todo.keys()].filter((offset) => todo[offset] !== before.todo[offset])).toHaveLength(5);
			for (const task of tasks) {
				const name = `done/${task.replaceAll(' ', '-')}.txt`;
				expect(await repository.git('show', `HEAD:${name}`)).toBe(task);
			}
			await expectPersonalThings(repository);
			await expectDistinctSessions(repository, landed, loop.events);
		}));
});

async function expectPersonalThings(repository: Repository): Promise<void> {
	for (const path of ['memory/notes.md', 'prompts/worker.md']) {
		expect(await repository.read(path)).toMatch(/staged\nnot staged\n$/);
		expect(await repository.git('show', `:${path}`)).toMatch(/(?<!not )staged$/);
	}
	expect(await repository.git('show', 'stash@{0}:README.md')).toBe('A better project.');
	expect(await repository.git('status', '--porcelain', 'scribble.txt', '.nightloop')).toBe('?? scribble.txt');
	expect(await repository.git('show', 'HEAD:prompts/worker.md')).not.toContain('staged');
}

/** The same names in the trailers, in the events, and by the agents' own account. */
async function expectDistinctSessions(
	repository: Repository,
	landed: Awaited<ReturnType<typeof landedSince>>,
	events: ReturnType<typeof startLoop>['events'],
): Promise<void> {
	const sessions = (await repository.notes('sessions')).map((line) => line.split(' '));
	const byRole = (role: string) => sessions.filter(([name]) => name === role).map(([, session]) => session);
	expect(new Set(sessions.map(([, session]) => session)).size).toBe(10);
	const told = events.filter(({ event }) => event === 'landed');
	expect(told.map((event) => event['worker'])).toEqual(byRole('worker'));
	expect(told.map((event) => event['reviewers'])).toEqual(byRole('reviewer').map((session) => [session]));
	expect(told.map((event) => event['commit'])).toEqual(landed.map(({ commit }) => commit));
	for (const [index, { worker, reviewers }] of landed.entries()) {
		expect(worker[0]).toContain(byRole('worker')[index]);
		expect(reviewers[0]).toContain(byRole('reviewer')[index]);
	}
}
