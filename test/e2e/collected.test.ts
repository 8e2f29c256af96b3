import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { standInForGit } from '../helpers/git-stand-in.ts';
import { withNight } from '../helpers/night.ts';

// A person's `git gc --prune=now`, which takes what no ref leads to yet, at each moment between the work and its landing.

describe.concurrent.each(['auto', 'groups'])('walls %s: what git collects', (walls) => {
	it.each([
		['add', 1],
		['write-tree', 1],
		['diff-tree', 1],
		['commit-tree', 1],
		['hash-object', 1],
		['update-index', 1],
		['write-tree', 2],
		['commit-tree', 2],
		['update-ref', 3],
		['diff-index', 1],
	])('once %s %d is over is made again, at once, and no attempt is spent', (kind, nth) =>
		withNight({ settings: [`walls: ${walls}`, 'attempts: 1'] }, async (night) => {
			const collect =
				'cd "$SCRATCH/repository" && "$GIT" gc --quiet --prune=now && touch "$SCRATCH/log/collected"';
			await standInForGit(night, ':', `if [ "$word $nth" = '${kind} ${nth}' ]; then (${collect}); fi`);

			expect(await night.run()).toMatchObject({ exitCode: 0 });
			expect(existsSync(join(night.scratch, 'log/collected'))).toBe(true);
			expect(night.only('landed')['attempt']).toBe(1);
			expect([...night.all('waiting'), ...night.all('unlanded')]).toEqual([]);
			expect(await night.notes('sessions')).toHaveLength(2);
			expect(await night.git('fsck', '--connectivity-only', '--no-dangling')).toBe('');
		}),
	);
});
