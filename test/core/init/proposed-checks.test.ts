import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { proposedChecks } from '../../../src/core/init/proposed-checks.ts';

describe('the checks that a folder speaks for', () => {
	test.each<[string, Record<string, string>, string[], string[], string | null]>([
		[
			'npm',
			node({ test: 'vitest', lint: 'oxlint' }, 'package-lock.json'),
			['Node with npm'],
			['npm run lint', 'npm test'],
			'npm ci',
		],
		[
			'pnpm',
			node({ typecheck: 'tsc', test: 'x' }, 'pnpm-lock.yaml'),
			['Node with pnpm'],
			['pnpm run typecheck', 'pnpm test'],
			'pnpm install --frozen-lockfile',
		],
		[
			'bun',
			node({ test: 'x' }, 'bun.lock'),
			['Node with bun'],
			['bun run test'],
			'bun install --frozen-lockfile',
		],
		[
			'what npm init writes',
			node({ test: 'echo "Error: no test specified" && exit 1' }),
			['Node with npm'],
			[],
			null,
		],
		['a manifest that is broken', { 'package.json': '{' }, ['Node with npm'], [], null],
		['a manifest without scripts', { 'package.json': '[]' }, ['Node with npm'], [], null],
		['scripts that are none', { 'package.json': '{"scripts":3}' }, ['Node with npm'], [], null],
		['deno', { 'deno.jsonc': '' }, ['Deno'], ['deno lint', 'deno test -A'], null],
		[
			'uv',
			{ 'pyproject.toml': '[tool.ruff]\n[tool.mypy]', 'uv.lock': '' },
			['Python with uv'],
			['uv run ruff check', 'uv run mypy .', 'uv run pytest -q'],
			'uv sync --frozen',
		],
		[
			'poetry',
			{ 'pyproject.toml': '', 'poetry.lock': '' },
			['Python with poetry'],
			['poetry run pytest -q'],
			'poetry install',
		],
		['pip and tox', { 'tox.ini': 'mypy' }, ['Python with pip'], ['mypy .', 'pytest -q'], null],
		[
			'Rust',
			{ 'Cargo.toml': '' },
			['Rust'],
			['cargo clippy --all-targets -- -D warnings', 'cargo test'],
			null,
		],
		['Go', { 'go.mod': '' }, ['Go'], ['go vet ./...', 'go test ./...'], null],
		['Ruby with RSpec', { Gemfile: '', '.rspec': '' }, ['Ruby'], ['bundle exec rspec'], 'bundle install'],
		['Ruby', { Gemfile: '' }, ['Ruby'], ['bundle exec rake test'], 'bundle install'],
		[
			'PHP',
			{ 'composer.json': '{"scripts":{"test":"x"}}' },
			['PHP'],
			['composer test'],
			'composer install --no-interaction',
		],
		[
			'PHP without scripts',
			{ 'composer.json': '{}' },
			['PHP'],
			['vendor/bin/phpunit'],
			'composer install --no-interaction',
		],
		['Maven', { 'pom.xml': '' }, ['Java with Maven'], ['mvn -q verify'], null],
		['a Maven wrapper', { 'pom.xml': '', mvnw: '' }, ['Java with Maven'], ['./mvnw -q verify'], null],
		['Gradle', { 'build.gradle.kts': '', gradlew: '' }, ['Gradle'], ['./gradlew check'], null],
		['Gradle without a wrapper', { 'build.gradle': '' }, ['Gradle'], ['gradle check'], null],
		['.NET', { 'shop.sln': '' }, ['.NET'], ['dotnet test'], 'dotnet restore'],
		['Elixir', { 'mix.exs': '' }, ['Elixir'], ['mix test'], 'mix deps.get'],
		['nothing that is known', { 'README.md': '' }, [], [], null],
	])('%s', (_, files, languages, checks, setup) => {
		expect(of(files)).toEqual({ languages, checks, setup });
	});

	test('are the targets of a Makefile or justfile where a person wrote some', () => {
		expect(of({ Makefile: 'test: build\n\tgo test\nlint:\nCC := gcc\n', 'go.mod': '' }).checks).toEqual([
			'make lint',
			'make test',
		]);
		expect(of({ Makefile: 'check: lint test\nlint:\ntest:\n' }).checks).toEqual(['make check']);
		expect(of({ justfile: 'test:\n  x\n' }).checks).toEqual(['just test']);
	});

	test('of several languages are all of them, without one setup for all', () => {
		expect(of({ 'go.mod': '', ...node({ test: 'x' }, 'package-lock.json') })).toEqual({
			languages: ['Node with npm', 'Go'],
			checks: ['npm test', 'go vet ./...', 'go test ./...'],
			setup: null,
		});
	});

	test('are proposed for whatever stands in the files', () => {
		const names = fc.constantFrom('package.json', 'pyproject.toml', 'Makefile', 'composer.json', 'go.mod');
		fc.assert(
			fc.property(fc.array(fc.tuple(names, fc.oneof(fc.string(), fc.json()))), (files) => {
				expect(() => proposedChecks(new Map(files))).not.toThrow();
			}),
		);
	});
});

function node(scripts: Record<string, string>, lock?: string): Record<string, string> {
	return { 'package.json': JSON.stringify({ scripts }), ...(lock === undefined ? {} : { [lock]: '' }) };
}

function of(files: Record<string, string>) {
	return proposedChecks(new Map(Object.entries(files)));
}
