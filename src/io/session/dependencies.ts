import { existsSync } from 'node:fs';
import path from 'node:path';

/** Whether a folder has a lock file and nothing of what it says is installed. */
export function lacksDependencies(folder: string): boolean {
	const isThere = (name: string) => existsSync(path.join(folder, name));
	return INSTALLED.some(({ locks, where }) => locks.some(isThere) && !where.some(isThere));
}

const INSTALLED = [
	{
		locks: [
			'package-lock.json',
			'npm-shrinkwrap.json',
			'pnpm-lock.yaml',
			'yarn.lock',
			'bun.lock',
			'bun.lockb',
		],
		where: ['node_modules', '.pnp.cjs'],
	},
	{ locks: ['composer.lock'], where: ['vendor'] },
	{ locks: ['uv.lock'], where: ['.venv'] },
	{ locks: ['mix.lock'], where: ['deps'] },
];
