import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { scratch } from '../../helpers/scratch.ts';

test.each(['.gitignore', '.gitattributes'])(
	'a git that waits for a pipe in place of %s is freed from it',
	async (name) => {
		const { project, write } = await scratch();
		mkdirSync(path.join(project.root, 'deep'));
		write('deep/file', 'x\n');
		execFileSync('mkfifo', [path.join(project.root, 'deep', name)]);
		await project.git(['add', '--all']);
		expect(await project.git(['diff', '--cached', '--name-only'])).toBe('deep/file\n');
	},
);
