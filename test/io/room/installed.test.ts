import { mkdirSync, rmSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { CommitId } from '../../../src/core/types.ts';
import { installedSince, noteInstalled } from '../../../src/io/room/installed.ts';
import { scratch } from '../../helpers/scratch.ts';
import type { Scratch } from '../../helpers/scratch.ts';

const BASE = 'b'.repeat(40) as CommitId;

test.each<[string, (place: Scratch) => void]>([
	['nothing', () => undefined],
	['a tracked file', ({ write }) => write('a.txt', 'two\n')],
	['a new file', ({ write }) => write('new.txt', 'new\n')],
])('what is installed is as before where a session touched %s', async (_what, touch) => {
	expect(await installedAfter(touch)).toBe('as before');
});

test.each<[string, (place: Scratch) => void]>([
	['wrote an ignored file', ({ write }) => write('node_modules/deep/in/it.js', 'two')],
	['added one', ({ write }) => write('node_modules/deep/new.js', '')],
	['added a folder of them', ({ write }) => write('dist/out.js', '')],
	['removed one', ({ project }) => rmSync(path.join(project.root, 'node_modules/deep/in/it.js'))],
	['removed all', ({ project }) => rmSync(path.join(project.root, 'node_modules'), { recursive: true })],
	[
		'set the times of one back',
		({ project, write }) => {
			write('node_modules/deep/in/it.js', 'two');
			utimesSync(path.join(project.root, 'node_modules/deep/in/it.js'), 1, 1);
		},
	],
])('what is installed has changed where a session %s', async (_what, touch) => {
	expect(await installedAfter(touch)).toBe('changed');
});

test('what is noted of a base stays, however many sessions work on it', async () => {
	const place = await repository();
	place.write('node_modules/deep/in/it.js', 'two');
	await noteInstalled(place.project, BASE);
	expect(await installedSince(place.project, BASE)).toBe('changed');
	expect(await installedSince(place.project, 'c'.repeat(40) as CommitId)).toBe('changed');
});

test('the loop’s own logs are nothing that is installed', async () => {
	expect(
		await installedAfter(({ project }) => mkdirSync(path.join(project.logs, 'checks'), { recursive: true })),
	).toBe('as before');
});

async function installedAfter(touch: (place: Scratch) => void): Promise<string> {
	const place = await repository();
	touch(place);
	return installedSince(place.project, BASE);
}

async function repository(): Promise<Scratch> {
	const place = await scratch({ '.gitignore': 'node_modules/\ndist/\n' });
	place.write('node_modules/deep/in/it.js', 'one');
	// The kernel's clock for such times moves in steps.
	const stepped = Date.now() + 20;
	while (Date.now() < stepped) place.read('a.txt');
	await noteInstalled(place.project, BASE);
	return place;
}
