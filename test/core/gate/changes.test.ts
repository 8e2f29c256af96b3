import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changesReport, diffstat, isInstructions, shownPath } from '../../../src/core/gate/changes.ts';
import type { DetailedChange } from '../../../src/core/gate/changes.ts';
import type { WeakenedTest } from '../../../src/core/types.ts';

const change = (path: string, rest: Partial<DetailedChange> = {}): DetailedChange => ({
	path,
	status: 'modified',
	oldMode: '100644',
	newMode: '100644',
	added: 1,
	deleted: 1,
	...rest,
});
const gone = { status: 'deleted', newMode: '000000', added: 0, deleted: 9 } as const;

describe('the diffstat', () => {
	test('draws a line for each path and the totals', () => {
		const stat = diffstat([
			change('a.ts', { added: 3, deleted: 1 }),
			change('docs/new.md', { status: 'added', oldMode: '000000', added: 2, deleted: 0 }),
			change('logo.png', { added: null, deleted: null }),
			change('old.ts', gone),
		]);
		expect(stat).toBe(
			[
				' a.ts              | 4 +++-',
				' docs/new.md (new) | 2 ++',
				' logo.png          | Bin',
				' old.ts (gone)     | 9 ---------',
				' 4 files changed, +5 -10',
			].join('\n'),
		);
	});

	test('scales long bars down', () => {
		expect(diffstat([change('a', { added: 900, deleted: 100 })])).toBe(
			` a | 1000 ${'+'.repeat(27)}${'-'.repeat(3)}\n 1 file changed, +900 -100`,
		);
	});

	test('says of nothing that it is nothing', () => expect(diffstat([])).toBe(' 0 files changed, +0 -0'));

	test('has at most 60 lines, the totals of all of them last', () => {
		const lines = (count: number) =>
			diffstat(Array.from({ length: count }, (_, i) => change(`f${i}`))).split('\n');
		expect(lines(59)).toHaveLength(60);
		expect(lines(60)).toHaveLength(60);
		expect(lines(5000).slice(-2)).toEqual([' … and 4942 more', ' 5000 files changed, +5000 -5000']);
	});
});

describe('the changes report', () => {
	const says = (changed: DetailedChange, ...lines: string[]) =>
		expect(changesReport([changed], [])).toBe(lines.join('\n'));

	test('is empty for ordinary code', () => says(change('src/login.ts', { added: 40, deleted: 20 })));
	test('names a deleted test', () =>
		says(change('test/a.test.ts', gone), '- test deleted: test/a.test.ts (deleted, +0 -9)'));
	test('names a test that lost lines', () =>
		says(
			change('spec/a_spec.rb', { added: 1, deleted: 6 }),
			'- test shrunk: spec/a_spec.rb (modified, +1 -6)',
		));
	test('lets a test grow', () => says(change('test/a.test.ts', { added: 30, deleted: 4 })));
	test('names a test that became binary', () =>
		says(change('tests/a.py', { added: null, deleted: null }), '- binary file: tests/a.py (modified)'));
	test('names CI', () =>
		says(change('.github/workflows/ci.yml'), '- CI: .github/workflows/ci.yml (modified, +1 -1)'));
	test('names package scripts', () =>
		says(change('web/package.json'), '- package manifest or scripts: web/package.json (modified, +1 -1)'));
	test('names agent instructions at any depth', () =>
		says(change('a/.claude/hooks/x.sh'), '- agent instructions: a/.claude/hooks/x.sh (modified, +1 -1)'));
	test('names a mode', () =>
		says(
			change('run', { newMode: '100755', added: 0, deleted: 0 }),
			'- file mode: run (modified, 100644 to 100755, +0 -0)',
		));
	test('names a symbolic link', () =>
		says(
			change('a', { status: 'type-changed', newMode: '120000' }),
			'- symbolic link: a (type-changed, 100644 to 120000, +1 -1)',
		));
	test('names a new link', () =>
		says(
			change('a', { status: 'added', oldMode: '000000', newMode: '120000' }),
			'- symbolic link: a (added, +1 -1)',
		));
	test('names a submodule', () =>
		says(
			change('sub', { oldMode: '160000', newMode: '160000' }),
			'- nested repository or submodule: sub (modified, +1 -1)',
		));
	test('names a submodule that became a file', () =>
		says(
			change('sub', { status: 'type-changed', oldMode: '160000' }),
			'- nested repository or submodule: sub (type-changed, 160000 to 100644, +1 -1)',
		));
	test('names what nobody reads', () =>
		says(change('a.sql', { added: 9000 }), '- very large change: a.sql (modified, +9000 -1)'));
	test('names what is large to look at', () =>
		says(
			change('a.bin', { added: null, deleted: null, bytes: 3_000_000 }),
			'- binary file: a.bin (modified, 3000000 bytes)',
			'- very large change: a.bin (modified, 3000000 bytes)',
		));
	test('tells a test that moved as it was from one that is gone', () =>
		says(
			change('test/a.test.ts', { ...gone, movedTo: 'spec/a.test.ts' }),
			'- test moved: test/a.test.ts (deleted, +0 -9, same content now in spec/a.test.ts)',
		));
	test('names the package script that changed', () =>
		says(
			change('package.json', { keys: ['scripts.test', 'version'] }),
			'- package script: package.json (modified, +1 -1, in it: scripts.test, version)',
		));
	test('tells other keys of a package.json from scripts', () =>
		says(
			change('package.json', { keys: ['dependencies'] }),
			'- package manifest: package.json (modified, +1 -1, in it: dependencies)',
		));
	test('tells what is done to tests after all else, their lines quoted', () => {
		const weakened: WeakenedTest[] = [
			{ path: 'test/a.test.ts', how: 'skipped', line: 3, text: 'it.skip("adds", () => {' },
			{ path: 'test/b.test.ts', how: 'fewer tests', line: null, text: '14 in base, 3 now' },
		];
		expect(changesReport([change('.gitlab-ci.yml')], weakened).split('\n')).toEqual([
			'- CI: .gitlab-ci.yml (modified, +1 -1)',
			'- test skipped: test/a.test.ts:3 "it.skip(\\"adds\\", () => {"',
			'- fewer tests: test/b.test.ts (14 in base, 3 now)',
		]);
	});

	test('names every fact of one path', () =>
		says(
			change('package-lock.json', { added: 9000 }),
			'- lock file: package-lock.json (modified, +9000 -1)',
			'- very large change: package-lock.json (modified, +9000 -1)',
		));

	test('many facts of one kind do not bury another', () => {
		const lines = changesReport(
			[
				...Array.from({ length: 300 }, (_, i) => change(`bin/${i}`, { added: null, deleted: null })),
				change('.gitlab-ci.yml'),
			],
			[],
		).split('\n');
		expect(lines).toHaveLength(21);
		expect(lines.slice(-2)).toEqual([
			'- binary file: and 281 more',
			'- CI: .gitlab-ci.yml (modified, +1 -1)',
		]);
	});

	test('says nothing of no change', () => expect(changesReport([], [])).toBe(''));

	test('whatever a path is called, it cannot begin a line of its own', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary', minLength: 1 }), (name) => {
				const report = changesReport(
					[change(`.claude/${name}`), change('tests/gone', { ...gone, movedTo: name })],
					[
						{ path: name, how: 'skipped', line: 1, text: name },
						{ path: name, how: 'emptied', line: null, text: name },
					],
				);
				expect(report.split(/[\n\r\u2028\u2029]/).every((line) => line.startsWith('- '))).toBe(true);
			}),
		);
	});
});

describe('a path on one line', () => {
	test('is shown as it is where it can be', () => expect(shownPath('src/é 日.ts')).toBe('src/é 日.ts'));
	test('is quoted where it holds anything else', () =>
		expect(shownPath('a\nb"')).toBe(String.raw`"a\u{a}b\u{22}"`));
	test('is cut at 300 characters', () => expect(shownPath('x'.repeat(900))).toHaveLength(300));
});

describe('agent instructions', () => {
	test.each([
		'CLAUDE.md',
		'CLAUDE.local.md',
		'AGENTS.md',
		'AGENTS.override.md',
		'GEMINI.md',
		'.claude/settings.json',
		'.codex/config.toml',
		'.gemini/settings.json',
		'.mcp.json',
		'opencode.json',
		'.opencode/plugin/x.ts',
		'QWEN.md',
		'.qwen/settings.json',
		'.agents/skills/x/SKILL.md',
		'.github/copilot-instructions.md',
		'.github/instructions/all.instructions.md',
		'packages/web/.github/hooks/x.json',
		'.vscode/mcp.json',
		'packages/web/CLAUDE.md',
		'a/b/.claude/skills/x/SKILL.md',
		'claude.MD',
	])('%s is one', (path) => expect(isInstructions(path)).toBe(true));

	test.each([
		'src/claude.ts',
		'docs/AGENTS.md.txt',
		'README.md',
		'memory/notes.md',
		'.github/workflows/ci.yml',
	])('%s is none', (path) => expect(isInstructions(path)).toBe(false));
});
