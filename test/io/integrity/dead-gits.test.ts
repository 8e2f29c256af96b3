import { existsSync, linkSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { clearDeadGits } from '../../../src/io/integrity/dead-gits.ts';
import { scratch } from '../../helpers/scratch.ts';
import type { Scratch } from '../../helpers/scratch.ts';

const LOCKS = ['HEAD.lock', 'refs/heads/main.lock'];

describe('locks that were left in the git directory', () => {
	test('by a git that moved the branch for a loop are taken away, and its lock on the index last', async () => {
		const place = await scratch();
		lockIndex(place);
		for (const name of LOCKS) lock(place, name);
		const lines = await clearDeadGits(place.project);
		expect(lines.map((line) => line.split(' ')[0])).toEqual(
			[...LOCKS, 'index.lock'].map((name) => `.git/${name}`),
		);
		expect(left(place)).toEqual([]);
	});

	test('by anybody else stay', async () => {
		const place = await scratch();
		for (const name of [...LOCKS, 'index.lock']) lock(place, name);
		expect(await clearDeadGits(place.project)).toEqual([]);
		expect(left(place)).toEqual([...LOCKS, 'index.lock']);
	});

	test('before the loop held the index stay', async () => {
		const place = await scratch();
		lock(place, 'HEAD.lock');
		await new Promise((resolve) => setTimeout(resolve, 20));
		lockIndex(place);
		expect(await clearDeadGits(place.project)).toHaveLength(1);
		expect(left(place)).toEqual(['HEAD.lock']);
	});

	test('on refs of the loop’s own are taken away', async () => {
		const place = await scratch();
		lock(place, 'refs/nightloop/start/today.lock');
		expect(await clearDeadGits(place.project)).toHaveLength(1);
		expect(await clearDeadGits(place.project)).toEqual([]);
	});
});

/** As the loop does before it moves the branch. */
function lockIndex({ project }: Scratch): void {
	const token = path.join(project.state, 'index.lock-token');
	writeFileSync(token, '');
	linkSync(token, path.join(project.gitDir, 'index.lock'));
}

function lock({ project }: Scratch, name: string): void {
	const file = path.join(project.gitDir, name);
	mkdirSync(path.dirname(file), { recursive: true });
	writeFileSync(file, '');
}

function left({ project }: Scratch): string[] {
	return [...LOCKS, 'index.lock'].filter((name) => existsSync(path.join(project.gitDir, name)));
}
