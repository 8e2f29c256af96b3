import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { lacksDependencies } from '../../../src/io/session/dependencies.ts';
import { scratchFolder } from '../../helpers/scratch.ts';

test.each([
	['package-lock.json', 'node_modules'],
	['pnpm-lock.yaml', 'node_modules'],
	['composer.lock', 'vendor'],
	['uv.lock', '.venv'],
	['mix.lock', 'deps'],
])('a folder with %s lacks its dependencies as long as there is no %s', async (lock, installed) => {
	const folder = await scratchFolder();
	expect(lacksDependencies(folder)).toBe(false);
	writeFileSync(path.join(folder, lock), '');
	expect(lacksDependencies(folder)).toBe(true);
	mkdirSync(path.join(folder, installed));
	expect(lacksDependencies(folder)).toBe(false);
});
