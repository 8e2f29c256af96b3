import { describe, expect, it } from 'vitest';
import { boxes } from '../helpers/checker.ts';
import { withNight } from '../helpers/night.ts';
import { agent } from '../helpers/repository.ts';

const TELL = 'cat >>"$SCRATCH/log/told"; echo "$NIGHTLOOP_EVENT" >>"$SCRATCH/log/occasions"';

describe.concurrent('while an agent is at its limit', () => {
	it('the fallbacks do its work, each session under the name of who ran it', () =>
		withNight(
			{
				tasks: ['make the first thing', 'make the second thing'],
				worker: 'is-at-its-limit',
				ofWorker: [`fallback: ['no-such-agent', '${agent('writes-one-file')}']`],
				reviewer: 'is-at-its-limit',
				ofReviewer: [`fallback: ['${agent('approves')}']`],
			},
			async (night) => {
				expect(await night.run()).toMatchObject({ exitCode: 0 });
				expect(boxes(await night.read('todo.md'), 'x')).toHaveLength(2);
				const agents = night.all('opened').map((opened) => String(opened['agent']).replace(/^.*\//, ''));
				expect(agents).toEqual([
					'is-at-its-limit.sh',
					'writes-one-file.sh',
					'approves.sh',
					'writes-one-file.sh',
					'approves.sh',
				]);
				expect(night.all('notice').map(({ text }) => text)).toContainEqual(
					expect.stringContaining('no fallback to no-such-agent'),
				);
				expect(await night.git('log', '-1', '--format=%B')).toContain('writes-one-file.sh');
			},
		));
});

describe.concurrent('notify', () => {
	it('is told of what is parked, of the budget and of the end', () =>
		withNight(
			{
				tasks: ['make the first thing'],
				reviewer: 'rejects',
				settings: ['attempts: 1', 'budget: {sessions: 4}', `notify: '${TELL}'`],
			},
			async (night) => {
				expect(await night.run()).toMatchObject({ exitCode: 3 });
				expect(await night.notes('occasions')).toEqual(['budget', 'parked', 'done']);
				const told = (await night.notes('told')).map((line) => JSON.parse(line) as Record<string, unknown>);
				expect(told[1]).toMatchObject({
					event: 'parked',
					task: 'make the first thing',
					repository: night.path,
				});
			},
		));

	it('is given a second at the end when the loop is stopped, and hangs nothing up', () =>
		withNight({ worker: 'waits-for-ever', settings: [`notify: 'sleep 300'`] }, async (night) => {
			const loop = night.start();
			await loop.seen('opened');
			const before = performance.now();
			loop.kill('SIGTERM');
			expect(await loop.ended).toMatchObject({ exitCode: 143 });
			expect(performance.now() - before).toBeLessThan(6000);
		}));
});
