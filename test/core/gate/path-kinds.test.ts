import { describe, expect, test } from 'vitest';
import { kindsOf } from '../../../src/core/gate/path-kinds.ts';

const kinds: Record<string, string[]> = {
	test: [
		'test/a.ts',
		'pkg/tests/__init__.py',
		'src/__tests__/a.js',
		'src/__snapshots__/a.snap',
		'src/login.test.tsx',
		'src/login_test.go',
		'app/test_login.py',
		'conftest.py',
		'lib/login_spec.rb',
		'src/main/LoginTest.java',
		'login.bats',
		'app/src/androidTest/java/Login.kt',
		'web/login.cy.ts',
	],
	CI: ['.github/workflows/ci.yml', '.gitlab-ci.yml', 'sub/Jenkinsfile', '.circleci/config.yml', '.ci/run.sh'],
	'lint or format rules': [
		'eslint.config.js',
		'.eslintrc.json',
		'web/.prettierrc',
		'.oxlintrc.json',
		'biome.json',
		'ruff.toml',
		'.pre-commit-config.yaml',
		'.husky/pre-commit',
		'.golangci.yml',
	],
	'compiler or test configuration': [
		'tsconfig.json',
		'tsconfig.build.json',
		'vitest.config.ts',
		'jest.config.cjs',
		'pytest.ini',
		'.mocharc.yml',
	],
	'package manifest or scripts': [
		'package.json',
		'pyproject.toml',
		'requirements-dev.txt',
		'Cargo.toml',
		'go.mod',
		'Makefile',
	],
	'lock file': [
		'package-lock.json',
		'yarn.lock',
		'pnpm-lock.yaml',
		'go.sum',
		'a/Cargo.lock',
		'uv.lock',
		'bun.lockb',
	],
	'git rules': ['.gitignore', 'a/.gitattributes', '.gitmodules'],
};

describe.each(Object.entries(kinds))('%s', (kind, paths) => {
	test.each(paths)('%s', (path) => expect(kindsOf(path)).toContain(kind));
});

test.each([
	'src/login.ts',
	'README.md',
	'docs/contest.md',
	'src/package.ts',
	'lockfile.ts',
	'src/makefile.ts',
	'src/manifest.json',
])('%s is ordinary', (path) => expect(kindsOf(path)).toEqual([]));

test('a path may be of several kinds', () =>
	expect(kindsOf('tests/package.json')).toEqual(['test', 'package manifest or scripts']));

test('a name with a line break is no way round', () =>
	expect(kindsOf('.github/workflows/a\nb.yml')).toEqual(['CI']));
