import { execa } from 'execa';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import { findProject } from '../../src/io/project.ts';
import { scratchFolder } from '../helpers/scratch.ts';

test.each(['line\nbreak', 'line\nbreak/deep', 'plain/line\nbreak'])(
	'a path with a line break is refused in words: %j',
	async (name) => {
		const around = await scratchFolder();
		const folder = path.join(around, name);
		mkdirSync(folder, { recursive: true });
		await execa('git', ['init', '--quiet', path.join(around, name.split('/')[0]!)]);
		const refusal: unknown = await findProject(folder, undefined).catch((error: unknown) => error);
		expect(refusal).toBeInstanceOf(UserError);
		expect(refusal).toMatchObject({ message: expect.stringContaining('line break') });
	},
);
