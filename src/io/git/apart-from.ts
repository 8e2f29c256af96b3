import { readdirSync } from 'node:fs';
import { foldersAround } from './closed.ts';

/**
 * What there is at some paths apart from what stays: a folder as one where nothing in it stays, else by what is in it. Paths
 * are relative to `root`, one character a byte; a folder may end in a slash, and no longer does.
 */
export function apartFrom(
	staying: readonly string[],
	root: string,
	names: readonly string[],
): readonly string[] {
	const stays = new Set(staying.map(bare));
	const around = new Set([...stays].flatMap(foldersAround));
	const apart = (name: string): readonly string[] => {
		if (stays.has(name)) return [];
		if (!around.has(name)) return [name];
		return entriesOf(root, name).flatMap((entry) => apart(`${name}/${entry}`));
	};
	return names.map(bare).flatMap(apart);
}

function bare(name: string): string {
	return name.replace(/\/$/, '');
}

function entriesOf(root: string, name: string): string[] {
	const folder = Buffer.concat([Buffer.from(`${root}/`), Buffer.from(name, 'latin1')]);
	return readdirSync(folder, { encoding: 'latin1' });
}
