import { expect, test } from 'vitest';
import type { CommitId } from '../../../src/core/types.ts';
import { noteStart } from '../../../src/io/git/starts.ts';
import { scratch } from '../../helpers/scratch.ts';

const DAY = 24 * 3_600_000;
const NOW = Date.parse('2026-11-22T03:00:00Z');

test('a start leaves a ref with its time where the branch is', async () => {
	const { note, refs, head } = await starts();
	await note(0);
	expect(await refs()).toEqual([`refs/nightloop/start/2026-11-22T03-00-00-000Z ${head}`]);
});

test('the last 20 starts are kept however old they are, and all of 14 days', async () => {
	const { note, refs } = await starts();
	for (let day = 30; day > 5; day--) await note(-day * DAY);
	expect(await refs()).toHaveLength(20);
	for (let hour = 20; hour >= 0; hour--) await note(-(hour * DAY) / 24);
	// 9 of the former are from the last 14 days.
	expect(await refs()).toHaveLength(30);
	expect((await refs())[0]).toContain('2026-11-08T03-00-00-000Z');
});

async function starts() {
	const place = await scratch();
	const head = (await place.git('rev-parse', 'HEAD')) as CommitId;
	return {
		head,
		note: (ms: number) => noteStart(place.project, head, new Date(NOW + ms)),
		refs: async () =>
			(await place.git('for-each-ref', '--format=%(refname) %(objectname)', 'refs/nightloop/start/'))
				.split('\n')
				.filter((line) => line !== ''),
	};
}
