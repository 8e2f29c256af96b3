import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { packLoose } from '../../../src/io/git/pack-loose.ts';
import { scratch } from '../../helpers/scratch.ts';

describe('loose objects', () => {
	test('of which there are many are packed, all of them, and none is lost', async () => {
		const { place, count, blob } = await withBlobs(600);
		expect([await packLoose(place.project, 256), await count()]).toEqual(['packed', 0]);
		// Nothing refers to it.
		expect(await place.git('cat-file', 'blob', blob)).toBe('599');
		await place.git('fsck', '--strict');
	});

	test('of which there are few stay', async () => {
		const { place, count } = await withBlobs(600);
		expect([await packLoose(place.project), (await count()) > 600]).toEqual(['as it was', true]);
	});

	test('stay where one of them is damaged, and what a killed git left is none', async () => {
		const { place, count, blob } = await withBlobs(600);
		const objects = path.join(place.project.commonDir, 'objects');
		writeFileSync(path.join(objects, '17/tmp_obj_x'), 'half');
		expect(await packLoose(place.project, 256)).toBe('packed');
		await withBlobs(600, place);
		writeFileSync(path.join(objects, '17', 'f'.repeat(38)), 'damaged');
		expect(await packLoose(place.project, 256)).toBe('as it was');
		expect(await count()).toBeGreaterThan(600);
		expect(await place.git('cat-file', 'blob', blob)).toBe('599');
	});
});

async function withBlobs(number: number, known?: Awaited<ReturnType<typeof scratch>>) {
	const place = known ?? (await scratch());
	const names = Array.from({ length: number }, (_, index) => `../blob-${index}`);
	names.forEach((name, index) => place.write(name, `${known ? 'again ' : ''}${index}`));
	const ids = (await place.git('hash-object', '-w', '--no-filters', ...names)).split('\n');
	return {
		place,
		blob: ids.at(-1)!,
		count: async () => Number((await place.git('count-objects')).split(' ')[0]),
	};
}
