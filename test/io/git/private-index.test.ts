import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Git } from '../../../src/io/git/git.ts';
import { openPrivateIndex } from '../../../src/io/git/private-index.ts';
import { scratch } from '../../helpers/scratch.ts';

test('the lock of a git that was killed at it does not stay', async () => {
	const { project } = await scratch();
	const lock = path.join(project.state, 'index.lock');
	const git: Git = async () => {
		writeFileSync(lock, '');
		throw Object.assign(new Error('killed'), { name: 'GitError', stderr: '', exitCode: null });
	};
	const index = openPrivateIndex({ ...project, git });
	await expect(index.move('HEAD', 'HEAD')).rejects.toThrow('killed');
	expect(existsSync(lock)).toBe(false);
});
