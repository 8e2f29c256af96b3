import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { configText, expandHome, parseSettings } from './git-config.ts';
import type { Setting } from './git-config.ts';
import { readByGit } from './killed.ts';
import { isAbsence, readIfThere, statKey } from '../steering/todo-file.ts';

/** What git reads from outside of the repository: the configuration of the person and of the machine. */
export interface Outside {
	/** Makes git read copies of it as it was at the start, kept in a folder. Again: what changed in there is put back. */
	pin(folder: string): void;
	/** What points git to the copies, once there are any. */
	environment(): Readonly<Record<string, string>>;
	/** One line for each of its files that changed since it was asked last. */
	changes(): string[];
}

/**
 * Reads it once, by the git and with the environment given. No session can then make the loop's git run anything by
 * changing it, and nothing of it has to be put back: it is not the loop's.
 */
export async function readOutside(
	program: string,
	root: string,
	env: Readonly<Record<string, string>>,
): Promise<Outside> {
	const args = ['config', '--list', '--includes', '--show-scope', '--show-origin', '-z'];
	const { stdout } = await readByGit(program, args, { cwd: root, env });
	const settings = parseSettings(stdout.toString('latin1'));
	const theirs = settings.filter(({ scope }) => scope === 'system' || scope === 'global');
	const lists = LISTS.map((list) => listOf(list, settings, root));
	const copies = new Map([
		['config', Buffer.from(configText(theirs), 'latin1')],
		...lists.flatMap(({ name, file }) => (file === null ? [] : [[name, contentOf(file)] as const])),
	]);
	const files = watch([...configFiles(theirs), ...lists.flatMap(({ file }) => file || [])]);
	let environment: Readonly<Record<string, string>> = {};
	return {
		pin(folder) {
			mkdirSync(folder, { recursive: true, mode: 0o700 });
			for (const [name, bytes] of copies) keep(path.join(folder, name), bytes);
			environment = pointingTo(folder, [...copies.keys()]);
		},
		environment: () => environment,
		changes: () => files.changed().map((file) => `${shortened(file)} ${CHANGED}`),
	};
}

const CHANGED = 'was changed during the run: the loop goes on with what it said at its start';

/** Files of patterns that a setting names, and where they are else. */
const LISTS = [
	{ name: 'ignore', key: 'core.excludesfile' },
	{ name: 'attributes', key: 'core.attributesfile' },
] as const;

/** `file` is null where it is part of the work tree, or named in a way that only git can read. */
function listOf({ name, key }: (typeof LISTS)[number], settings: readonly Setting[], root: string) {
	const set = settings.findLast((setting) => setting.key === key)?.value;
	const file = set === undefined || set === null ? path.join(homeOfGit(), name) : expandHome(set);
	const isOutside = file === '' || (path.isAbsolute(file) && !file.startsWith(`${root}/`));
	return { name, file: isOutside ? file : null };
}

function homeOfGit(): string {
	const home = process.env['XDG_CONFIG_HOME'] || path.join(process.env['HOME'] ?? '/', '.config');
	return path.join(home, 'git');
}

/** Those that are there, and those that git would read if they were. */
function configFiles(settings: readonly Setting[]): string[] {
	const { GIT_CONFIG_GLOBAL, GIT_CONFIG_SYSTEM, HOME } = process.env;
	const own = [path.join(homeOfGit(), 'config'), path.join(HOME ?? '/', '.gitconfig')];
	return [
		...(GIT_CONFIG_GLOBAL === undefined ? own : [GIT_CONFIG_GLOBAL]),
		GIT_CONFIG_SYSTEM ?? '/etc/gitconfig',
		...settings.map(({ file }) => file),
		...settings.flatMap(({ included }) => included ?? []),
	];
}

/** Tells a change once: of what is in them, not of when they were saved. */
function watch(files: readonly string[]) {
	const look = (file: string) => ({ key: statKey(file), bytes: contentOf(file) });
	const known = new Map(files.filter((file) => file !== '').map((file) => [file, look(file)]));
	return {
		changed(): string[] {
			const touched = [...known].filter(([file, { key }]) => statKey(file) !== key);
			for (const [file] of touched) known.set(file, look(file));
			return touched.filter(([file, { bytes }]) => !contentOf(file).equals(bytes)).map(([file]) => file);
		},
	};
}

function contentOf(file: string): Buffer {
	return Buffer.from(readIfThere(file) ?? '');
}

function keep(file: string, bytes: Buffer): void {
	if (existsSync(file) && readFileSync(file).equals(bytes)) return;
	writeFileSync(file, bytes, { mode: 0o600 });
}

/** What a repository sets itself still comes after it, as it does after the person's own file. */
function pointingTo(folder: string, names: readonly string[]): Record<string, string> {
	const lists = LISTS.filter(({ name }) => names.includes(name));
	const pairs = lists.flatMap(({ name, key }, index) => [
		[`GIT_CONFIG_KEY_${index}`, key],
		[`GIT_CONFIG_VALUE_${index}`, path.join(folder, name)],
	]);
	return {
		GIT_CONFIG_GLOBAL: path.join(folder, 'config'),
		GIT_CONFIG_NOSYSTEM: '1',
		GIT_CONFIG_COUNT: String(lists.length),
		...(Object.fromEntries(pairs) as Record<string, string>),
	};
}

function shortened(file: string): string {
	const home = `${process.env['HOME']}/`;
	return file.startsWith(home) ? `~/${file.slice(home.length)}` : file;
}

/** A PATH without folders that a session can write to by its task: the repository's, and what npm puts in front. */
export function trustedFolders(folders: string, root: string): string {
	return folders
		.split(':')
		.filter((folder) => path.isAbsolute(folder) && !folder.includes('/node_modules/'))
		.filter((folder) => !`${real(folder)}/`.startsWith(`${root}/`))
		.join(':');
}

function real(folder: string): string {
	try {
		return realpathSync(folder);
	} catch (error) {
		if (isAbsence(error)) return path.resolve(folder);
		throw error;
	}
}
