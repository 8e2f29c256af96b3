import { rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { changesReport } from '../../../src/core/gate/changes.ts';
import type { TreeId } from '../../../src/core/types.ts';
import { changesOf } from '../../../src/io/git/changes-of.ts';
import { scratch } from '../../helpers/scratch.ts';
import type { Scratch } from '../../helpers/scratch.ts';

const ADDS = "it('adds — é', () => expect(add(1, 2)).toBe(3));\n";
const MORE = "it('adds none', () => expect(add()).toBe(0));\n";

describe('what differs between base and candidate', () => {
	test('is told with what it does to tests', async () => {
		const place = await scratch({
			'test/add.test.ts': `${ADDS}${MORE}`,
			'test/gone.test.ts': ADDS,
			'src/lib.rs': '#[test]\nfn adds() { assert!(true); }\n',
		});
		place.write('test/add.test.ts', `${ADDS.replace('it(', 'it.skip(')}${MORE}`);
		place.write('src/lib.rs', '#[test]\n#[ignore]\nfn adds() { assert!(true); }\n');
		remove(place, 'test/gone.test.ts');
		place.write('test/new\n"é".test.ts', "it('is new', () => {});\n");
		expect(await report(place)).toEqual([
			'- test deleted: test/gone.test.ts (deleted, +0 -1)',
			'- test skipped: src/lib.rs:2 "#[ignore]"',
			String.raw`- test skipped: test/add.test.ts:1 "it.skip('adds — é', () => expect(add(1, 2)).toBe(3));"`,
			String.raw`- test without assertions: "test/new\u{a}\u{22}é\u{22}.test.ts":1 "it('is new', () => {});"`,
		]);
	});

	test('tells a folder of tests that moved from tests that are gone', async () => {
		const place = await scratch({ 'test/a.test.ts': ADDS, 'test/b.test.ts': MORE });
		for (const name of ['a', 'b']) remove(place, `test/${name}.test.ts`);
		place.write('spec/a.test.ts', ADDS);
		expect(await report(place)).toEqual([
			'- test moved: test/a.test.ts (deleted, +0 -1, same content now in spec/a.test.ts)',
			'- test deleted: test/b.test.ts (deleted, +0 -1)',
		]);
	});

	test('names the scripts of a package.json that changed', async () => {
		const place = await scratch({
			'package.json': '{"version":"1","scripts":{"test":"vitest"}}',
			'web/package.json': '{"version":"1"}',
			'odd/package.json': '{',
		});
		place.write('package.json', '{"version":"2","scripts":{"test":"true"}}');
		place.write('web/package.json', '{"version":"2"}');
		place.write('odd/package.json', '}');
		expect(await report(place)).toEqual([
			'- package manifest or scripts: odd/package.json (modified, +1 -1)',
			'- package script: package.json (modified, +1 -1, in it: scripts.test, version)',
			'- package manifest: web/package.json (modified, +1 -1, in it: version)',
		]);
	});

	test('tells how large binary files are', async () => {
		const place = await scratch({ 'old.bin': 'a\0b' });
		remove(place, 'old.bin');
		place.write('new.bin', new Uint8Array(1_500_000));
		expect(await report(place)).toEqual([
			'- binary file: new.bin (added, 1500000 bytes)',
			'- binary file: old.bin (deleted, 3 bytes)',
			'- very large change: new.bin (added, 1500000 bytes)',
		]);
	});

	test('reads neither what is too large nor what is a link', async () => {
		const huge = `${ADDS}${`// ${'x'.repeat(100)}\n`.repeat(10_000)}`;
		const place = await scratch({ 'test/huge.test.ts': huge, 'test/link.test.ts': ADDS });
		place.write('test/huge.test.ts', huge.replace('it(', 'it.skip('));
		remove(place, 'test/link.test.ts');
		symlinkSync('it.skip(', path.join(place.project.root, 'test/link.test.ts'));
		const { changes, weakened } = await changed(place);
		expect(changes.map(({ path }) => path)).toEqual(['test/huge.test.ts', 'test/link.test.ts']);
		expect(weakened).toEqual([]);
		expect(await report(place)).toContain(
			'- test file too large to look into: test/huge.test.ts (modified, +1 -1)',
		);
	});

	test('reads tests that are said to be binary', async () => {
		const place = await scratch({ '.gitattributes': '*.test.ts -diff\n', 'test/a.test.ts': ADDS });
		place.write('test/a.test.ts', ADDS.replace('it(', 'it.skip('));
		expect((await changed(place)).weakened).toMatchObject([
			{ path: 'test/a.test.ts', how: 'skipped', line: 1 },
		]);
	});

	test('takes one git where there is nothing to look into', async () => {
		const place = await scratch();
		place.write('src/a.ts', 'export {};\n');
		const asked: string[] = [];
		const git: Scratch['project']['git'] = (args, options) => {
			asked.push(args[0]!);
			return place.project.git(args, options);
		};
		const counted = { ...place, project: { ...place.project, git } };
		await changed(counted);
		expect(asked).toEqual(['diff-tree']);
		place.write('test/a.test.ts', ADDS);
		await changed(counted);
		expect(asked).toEqual(['diff-tree', 'diff-tree', 'cat-file', 'cat-file']);
	});
});

function remove(place: Scratch, name: string): void {
	rmSync(path.join(place.project.root, name));
}

async function changed(place: Scratch) {
	await place.git('add', '--all');
	const tree = (await place.git('write-tree')) as TreeId;
	const { base } = await place.attemptAt('Add');
	return changesOf(place.project, base, tree);
}

async function report(place: Scratch): Promise<string[]> {
	const { changes, weakened } = await changed(place);
	return changesReport(changes, weakened).split('\n');
}
