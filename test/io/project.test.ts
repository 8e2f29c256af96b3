import { execa } from 'execa';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import { findProject, keepOutOfGit } from '../../src/io/project.ts';
import { scratch, scratchFolder } from '../helpers/scratch.ts';

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

test('what a person has git pass over is added to byte for byte, and once', async () => {
	const { project } = await scratch();
	const file = path.join(project.commonDir, 'info/exclude');
	const mine = Buffer.from('caf\u00e9', 'latin1');
	writeFileSync(file, mine);
	for (let start = 0; start < 2; start++) await keepOutOfGit(project);
	expect(readFileSync(file, 'latin1')).toBe(`${mine.toString('latin1')}\n/.nightloop/\n`);
});
