import { describe, expect, it } from 'vitest';
import { boxes, landedSince, photograph, type Photograph, violations } from '../helpers/checker.ts';
import { endOrFirstWait, type Loop, startLoop, story } from '../helpers/nightloop.ts';
import { noProcessOf } from '../helpers/processes.ts';
import { type Repository, withRepository } from '../helpers/repository.ts';

const tasks = ['a task whose work is rejected', 'honest work', 'a third task that is rejected'];

/** The worker cheats on every task; its reviewer rejects all but the honest one. */
const cheats: readonly (readonly [worker: string, reviewer: string])[] = [
	['cheats-by-ticking-every-box', 'approves-the-honest-task'],
	['cheats-by-committing', 'approves-the-honest-task'],
	['cheats-by-switching-the-branch', 'approves-the-honest-task'],
	['cheats-by-forging-verdicts', 'approves-the-honest-task'],
	['cheats-by-rewriting-the-reviewer', 'approves-the-honest-task'],
	['cheats-by-dropping-the-checks', 'approves'],
	['cheats-by-deleting-the-list', 'approves-the-honest-task'],
	['cheats-by-a-hook-and-a-filter', 'approves-the-honest-task'],
];

describe.concurrent.each(['auto', 'groups'])('walls %s: nothing is gained by a worker that', (walls) => {
	it.each(cheats)('%s', (worker, reviewer) =>
		withRepository({ tasks, worker, reviewer, settings: settings(walls) }, async (repository) => {
			const before = await photograph(repository);
			const loop = startLoop(repository);
			const { exitCode } = await endOrFirstWait(loop);

			expect(story(loop.events)).toMatch(/"event":"ended".*"nothing-open","done":1,"parked":2/);
			expect(exitCode).toBe(3);
			await noProcessOf(repository.scratch);
			expect(await violations(repository, before, await left(repository, before, loop))).toEqual([]);
			const landed = await landedSince(repository, before.head);
			expect(landed.map(({ subject }) => subject)).toEqual(['honest work']);
			const todo = await repository.read('todo.md');
			expect(boxes(todo, 'x')).toEqual(['honest work']);
			expect(boxes(todo, '!')).toEqual(tasks.filter((task) => task !== 'honest work'));
			expect(await repository.git('ls-tree', '-r', '--name-only', 'HEAD', 'done')).toContain('honest-work');
			expect(await repository.notes('hooked')).toEqual([]);
			expect(await repository.git('diff', before.head, 'HEAD', '--', 'prompts')).toBe('');
		}),
	);
});

/**
 * What todo.md must hold in the end. Behind walls it cannot be written. Without them its settings can, and nobody can
 * tell an agent from a person: the change stays for the person to see, and does not count.
 */
async function left(repository: Repository, before: Photograph, loop: Loop): Promise<Buffer> {
	const { walls } = await loop.seen('started');
	if (walls === 'namespaces' || !(await repository.read('todo.md')).includes('checks: []'))
		return before.todo;
	await loop.seen('held', ({ files }) => String(files).includes('todo.md'));
	return Buffer.from(before.todo.toString().replace(/^checks:.*$/m, 'checks: []'));
}

function settings(walls: string): string[] {
	return [`walls: ${walls}`, 'attempts: 1', "checks: ['! grep -rqs unfit done']"];
}
