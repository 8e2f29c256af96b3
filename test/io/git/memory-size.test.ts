import { join } from 'node:path';
import { expect, test } from 'vitest';
import { memoryTokens, openMemorySize } from '../../../src/io/git/memory-size.ts';
import { findProject } from '../../../src/io/project.ts';
import { withRepository } from '../../helpers/repository.ts';

const NOTES = {
	'app/memory/a.md': 'x'.repeat(401),
	'app/memory/line\nbreak ü.md': 'ü'.repeat(50),
	'app/memory/a.txt': 'x'.repeat(4000),
	'app/memory/old/b.md': 'x'.repeat(4000),
	'other/memory/c.md': 'x'.repeat(8000),
	'other/todo.md': '- [ ] Add\n',
	'app/todo.md': '- [ ] Add\n',
};

test('the notes have a token for four bytes, those of the folder alone and nothing below it', () =>
	withRepository({ files: NOTES }, async ({ path }) => {
		const [other, app] = await Promise.all(
			['other', 'app'].map((name) => findProject(join(path, name), undefined)),
		);
		expect(await memoryTokens(app!, 'HEAD')).toBe(Math.ceil((401 + 100) / 4));
		expect(await memoryTokens(other!, 'HEAD')).toBe(2000);
		expect(await memoryTokens({ ...other!, prefix: 'empty/' }, 'HEAD')).toBe(0);
	}));

test('they are measured where HEAD may be another one, and at no other time', () =>
	withRepository({ files: NOTES }, async ({ path, git, write }) => {
		const size = openMemorySize(await findProject(join(path, 'other'), undefined));
		expect(await size.tokens()).toBe(0);
		size.changed();
		expect(await size.tokens()).toBe(2000);
		await write('other/memory/c.md', 'short');
		await git('commit', '-qam', 'shorter');
		expect(await size.tokens()).toBe(2000);
		size.changed();
		expect(await size.tokens()).toBe(2);
	}));
