import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { isGitError, openGit } from '../../../src/io/git/git.ts';
import type { Git } from '../../../src/io/git/git.ts';
import { withoutDeadLocks } from '../../../src/io/git/ref-locks.ts';
import { scratch } from '../../helpers/scratch.ts';
import type { Scratch } from '../../helpers/scratch.ts';

const REF = 'refs/nightloop/candidate';
const LOCK = `.git/${REF}.lock`;

describe('the lock of a ref', () => {
	test('that a killed git of ours left is gone when the next one comes', async () => {
		const place = await scratch();
		await expect(dying(place, LOCK)(['update-ref', REF, 'HEAD'])).rejects.toThrow('exit null');
		expect(has(place, LOCK)).toBe(false);
		await place.project.git(['update-ref', REF, 'HEAD']);
		expect(await place.git('rev-parse', REF)).toBe(await place.git('rev-parse', 'HEAD'));
	});

	test.each([LOCK, '.git/HEAD.lock', '.git/packed-refs.lock', '.git/refs/heads/main.lock'])(
		'%s that a git left which died with its loop is gone as well',
		async (lock) => {
			const place = await scratch();
			place.write('.git/nightloop/writing-refs', '');
			place.write(lock, '');
			await place.project.git(['update-ref', REF, 'HEAD']);
			expect(has(place, lock)).toBe(false);
			expect(has(place, '.git/nightloop/writing-refs')).toBe(false);
		},
	);

	test('stays where no git of ours died', async () => {
		const place = await scratch();
		mkdirSync(path.dirname(path.join(place.project.root, LOCK)), { recursive: true });
		place.write(LOCK, '');
		await expect(place.project.git(['update-ref', REF, 'HEAD'])).rejects.toSatisfy(isGitError);
		expect(has(place, LOCK)).toBe(true);
	});

	test('stays where it is older than what a dead git of ours can have left', async () => {
		const place = await scratch();
		place.write(LOCK, '');
		// A time of its own: clocks of files tick every few milliseconds.
		await new Promise((resolve) => setTimeout(resolve, 20));
		place.write('.git/nightloop/writing-refs', '');
		await expect(place.project.git(['update-ref', REF, 'HEAD'])).rejects.toSatisfy(isGitError);
		expect(has(place, LOCK)).toBe(true);
	});
});

function has({ project }: Scratch, name: string): boolean {
	return existsSync(path.join(project.root, name));
}

/** A git that is killed when it has made a lock. */
function dying({ project, around }: Scratch, lock: string): Git {
	const program = path.join(around, 'git');
	const file = path.join(project.root, lock);
	rmSync(program, { force: true });
	writeFileSync(program, `#!/bin/sh\nmkdir -p "$(dirname '${file}')"\n: >'${file}'\nkill -9 $$\n`, {
		mode: 0o755,
	});
	const surroundings = { environment: {}, outside: { environment: () => ({}) } };
	return withoutDeadLocks(openGit(program, project.gitDir, project.root, surroundings), project);
}
