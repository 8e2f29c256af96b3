import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { apartFrom } from '../../../src/io/git/apart-from.ts';
import { scratchFolder } from '../../helpers/scratch.ts';

test.each([
	['a folder as one where nothing in it stays', [], ['a/'], ['a']],
	['what is beside it where one file stays', ['a/b/kept'], ['a/'], ['a/b/gone', 'a/c']],
	['nothing of what stays itself', ['a', 'e/'], ['a/', 'e/'], []],
	['a file as it is', ['a/b/kept'], ['f'], ['f']],
])('names %s', async (_, staying, names, apart) => {
	expect([...apartFrom(staying, await folders(), names)].toSorted()).toEqual(apart);
});

test('names what is called as no text can be', async () => {
	const root = await folders();
	mkdirSync(path.join(root, 'g'));
	writeFileSync(Buffer.from(`${root}/g/\xff`, 'latin1'), '');
	writeFileSync(path.join(root, 'g/kept'), '');
	expect(apartFrom(['g/kept'], root, ['g/'])).toEqual(['g/\xff']);
});

async function folders(): Promise<string> {
	const root = await scratchFolder();
	for (const name of ['a/b/kept', 'a/b/gone', 'a/c/x', 'e/x', 'f']) {
		mkdirSync(path.join(root, path.dirname(name)), { recursive: true });
		writeFileSync(path.join(root, name), '');
	}
	return root;
}
