import { execa } from 'execa';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { UserError } from '../../../src/core/errors.ts';
import { noteBefore, putRight } from '../../../src/io/integrity/integrity.ts';
import { openMarker } from '../../../src/io/steering/marker.ts';
import { openPrivateIndex } from '../../../src/io/git/private-index.ts';
import { position } from '../../../src/io/git/position.ts';
import { findProject, prepareFolders } from '../../../src/io/project.ts';
import type { Project } from '../../../src/io/project.ts';
import { scratch } from '../../helpers/scratch.ts';
import type { Scratch } from '../../helpers/scratch.ts';

afterEach(() => vi.unstubAllEnvs());

describe('what git reads outside of the repository', () => {
	test('acts as before: names, filters, line ends, patterns, includes, keys without a value', async () => {
		const { project, place, says } = await atHome({
			'.gitconfig': `[user]\n\tname = "At \\"home\\" # 1"\n\temail = home@example.com\n[core]\n\tautocrlf\n
[filter "up"]\n\tclean = tr a-z A-Z\n[include]\n\tpath = more\n[url "git@example.com:"]\n\tinsteadOf = https://example.com/\n`,
			more: '[alias]\n\tmany = log\n\tlines = "a\\nb"\n',
			'.config/git/ignore': '*.secret\n',
			'.config/git/attributes': '*.up filter=up\n',
		});
		expect(await says('user.name', 'alias.lines')).toEqual(['A Person', 'a\nb']);
		expect(await project.git(['config', '--type=bool', 'core.autocrlf'])).toBe('true\n');
		expect(await says('url.git@example.com:.insteadof')).toEqual(['https://example.com/']);
		await place.git('config', '--unset', 'user.name');
		expect(await says('user.name', 'alias.many')).toEqual(['At "home" # 1', 'log']);
		place.write('b.secret', 'x\n');
		place.write('b.up', 'loud\n');
		place.write('b.txt', 'one\r\ntwo\r\n');
		const tree = await openPrivateIndex(project).treeOf((await position(project)).head, []);
		expect((await place.git('ls-tree', '--name-only', tree)).split('\n')).not.toContain('b.secret');
		expect(await place.git('show', `${tree}:b.up`)).toBe('LOUD');
		expect(await place.git('cat-file', '-p', `${tree}:b.txt`)).toBe('one\ntwo');
	});

	test('is pinned: what is changed there meanwhile acts no more, and is told once', async () => {
		const { home, project, says, settle } = await atHome({ '.gitconfig': '[alias]\n\tmine = log\n' });
		home('.gitconfig', '[alias]\n\tmine = evil\n');
		home('.config/git/config', '[alias]\n\tmine = evil\n');
		home('.config/git/ignore', '*\n');
		expect(await says('alias.mine')).toEqual(['log']);
		expect(await settle()).toEqual([
			`~/.config/git/config ${GOES_ON}`,
			`~/.gitconfig ${GOES_ON}`,
			`~/.config/git/ignore ${GOES_ON}`,
		]);
		expect(await settle()).toEqual([]);
		expect(await project.git(['check-ignore', 'new.txt'], { answers: [0, 1] })).toBe('');
	});

	test('is told of an include that was not there, and not of a file that is saved as it was', async () => {
		const { home, settle } = await atHome({ '.gitconfig': '[include]\n\tpath = ~/later\n' });
		home('.gitconfig', '[include]\n\tpath = ~/later\n');
		expect(await settle()).toEqual([]);
		home('later', '[alias]\n\tmine = evil\n');
		expect(await settle()).toEqual([`~/later ${GOES_ON}`]);
	});

	test('cannot be reached by its copies either', async () => {
		const { project, says, settle } = await atHome({ '.gitconfig': '[alias]\n\tmine = log\n' });
		writeFileSync(path.join(project.state, 'outside', 'config'), '[alias]\n\tmine = evil\n');
		await settle();
		expect(await says('alias.mine')).toEqual(['log']);
	});

	test('is read itself by a command that writes nothing', async () => {
		const place = await scratch();
		const before = await findProject(place.project.root, undefined);
		expect(before.outside.environment()).toEqual({});
	});

	test('may be a file of patterns in the work tree, which is no such file', async () => {
		const { place, project } = await atHome({ '.gitconfig': '[core]\n\texcludesFile = .patterns\n' });
		place.write('.patterns', '*.secret\n');
		expect(await project.git(['check-ignore', 'b.secret'])).toBe('b.secret\n');
	});
});

describe('the loop’s git', () => {
	test.each(['node_modules/.bin', 'bin', '.'])(
		'is never one that lies in the repository (%s)',
		async (folder) => {
			const place = await scratch();
			const planted = path.join(place.project.root, folder);
			plant(path.join(planted, 'git'), place.around);
			for (const entry of [planted, folder]) {
				vi.stubEnv('PATH', `${entry}:${process.env['PATH']}`);
				const project = await findProject(place.project.root, undefined);
				await project.git(['status']);
			}
			expect(existsSync(path.join(place.around, 'EVIL'))).toBe(false);
			vi.stubEnv('PATH', planted);
			await expect(findProject(place.project.root, undefined)).rejects.toThrow(UserError);
		},
	);

	test('runs no filter program that lies in the repository', async () => {
		const { place, project } = await atHome({ '.gitconfig': '[filter "up"]\n\tclean = upper\n' }, 'bin');
		plant(path.join(project.root, 'bin', 'upper'), place.around);
		place.write('.gitattributes', '*.up filter=up\n');
		place.write('b.up', 'x\n');
		await openPrivateIndex(project).treeOf((await position(project)).head, []);
		expect(existsSync(path.join(place.around, 'EVIL'))).toBe(false);
	});

	test('finds git in a repository whose programs it does not trust, as a person’s does', async () => {
		const place = await scratch();
		const { stdout } = await execa('git', ['--version']);
		expect(await place.project.git(['--version'])).toBe(`${stdout}\n`);
	});
});

const GOES_ON = 'was changed during the run: the loop goes on with what it said at its start';

/** A project of a person whose home holds the given files, and whose PATH begins with a folder of the repository. */
async function atHome(files: Readonly<Record<string, string>>, onPath?: string) {
	const place: Scratch = await scratch();
	const folder = path.join(place.around, 'home');
	const home = (name: string, text: string) => {
		mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
		writeFileSync(path.join(folder, name), text);
	};
	mkdirSync(folder);
	for (const [name, text] of Object.entries(files)) home(name, text);
	vi.stubEnv('HOME', folder);
	for (const name of ['XDG_CONFIG_HOME', 'GIT_CONFIG_GLOBAL', 'GIT_CONFIG_NOSYSTEM'])
		vi.stubEnv(name, undefined);
	if (onPath) vi.stubEnv('PATH', `${path.join(place.project.root, onPath)}:${process.env['PATH']}`);
	const found = await findProject(place.project.root, undefined);
	const project: Project = { ...found, cache: place.project.cache };
	await prepareFolders(project);
	return {
		place,
		project,
		home,
		says: (...keys: string[]) =>
			Promise.all(keys.map(async (key) => (await project.git(['config', '--get', key])).replace(/\n$/, ''))),
		async settle() {
			await noteBefore(project, await position(project), 'nothing');
			return putRight(project, openMarker(project.todo).mark, false);
		},
	};
}

function plant(file: string, around: string): void {
	mkdirSync(path.dirname(file), { recursive: true });
	writeFileSync(file, `#!/bin/sh\ntouch '${around}/EVIL'\n`);
	chmodSync(file, 0o755);
}
