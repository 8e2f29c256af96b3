import { describe, expect, it } from 'vitest';
import { boxes, photograph, violations } from '../helpers/checker.ts';
import { startLoop } from '../helpers/nightloop.ts';
import { followMemory } from '../helpers/processes.ts';
import { type Plan, withRepository } from '../helpers/repository.ts';

/** In megabytes. What one agent says here is 300. */
const mostMemory = 150;

const floods: readonly (readonly [what: string, plan: Plan, done: 0 | 1])[] = [
	['a worker that writes 300 MB of NULs', { worker: 'floods-with-nuls' }, 1],
	['a reviewer that writes 300 MB without a line end', { reviewer: 'floods-without-a-line-end' }, 0],
	['a reviewer that approves after 300 MB', { reviewer: 'floods-then-approves' }, 1],
];

describe.concurrent('costs no memory', () => {
	it.each(floods)('%s', (_, plan, done) =>
		withRepository({ ...plan, settings: ['attempts: 1'] }, async (repository) => {
			const before = await photograph(repository);
			const loop = startLoop(repository);
			const peak = followMemory(loop.pid);
			const { exitCode, stderr } = await loop.ended;

			expect({ exitCode, stderr }).toMatchObject({ exitCode: done === 1 ? 0 : 3 });
			expect(peak()).toBeLessThan(mostMemory);
			expect(await violations(repository, before)).toEqual([]);
			expect(boxes(await repository.read('todo.md'), 'x')).toHaveLength(done);
		}),
	);
});
