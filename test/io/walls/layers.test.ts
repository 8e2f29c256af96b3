import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { expect, test } from 'vitest';
import { remove } from '../../../src/io/walls/layers.ts';
import { scratchFolder } from '../../helpers/scratch.ts';

test('what lies deeper than a path can say is removed', async () => {
	const folder = path.join(await scratchFolder(), 'deep');
	mkdirSync(folder);
	const deeper = `fs.mkdirSync('deeper and'); process.chdir('deeper and');`;
	const script = `for (let depth = 0; depth < 600; depth++) { ${deeper} }`;
	execFileSync(process.execPath, ['--eval', script], { cwd: folder });
	await remove(folder);
	expect(existsSync(folder)).toBe(false);
});
