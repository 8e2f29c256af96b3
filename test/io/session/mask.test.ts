import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { maskInFile } from '../../../src/io/session/mask.ts';
import { scratchFolder } from '../../helpers/scratch.ts';

const SECRET = '0123456789abcdef';
const COVER = '#'.repeat(SECRET.length);
const MEGABYTE = 1024 * 1024;

test.each<[string, string]>([
	['none', 'nothing to hide\n'],
	['one', `say ${SECRET}, twice`],
	['many, next to each other', SECRET.repeat(3)],
	['half of one', SECRET.slice(0, -1)],
	['one at the very end', `${'x'.repeat(100)}${SECRET}`],
	['one that two chunks share', `${'x'.repeat(MEGABYTE - 5)}${SECRET}\n${'y'.repeat(MEGABYTE)}${SECRET}`],
])('covers a secret wherever a file holds it, and nothing else: %s', async (_name, text) => {
	const file = path.join(await scratchFolder(), 'log');
	writeFileSync(file, text);
	maskInFile(file, SECRET);
	expect(readFileSync(file, 'utf8') === text.replaceAll(SECRET, COVER)).toBe(true);
});
