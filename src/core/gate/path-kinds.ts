/**
 * The kinds of files that judge, build or configure the code instead of being it, by path: `test`, `CI`, `lint or format
 * rules`, `compiler or test configuration`, `package manifest or scripts`, `lock file`, `git rules`. A path may be of
 * several kinds or of none. Case is set aside.
 */
export function kindsOf(path: string): string[] {
	const known = path.toLowerCase();
	return kinds.filter(([, pattern]) => pattern.test(known)).map(([kind]) => kind);
}

const kinds: readonly [kind: string, pattern: RegExp][] = [
	[
		'test',
		any(
			'(.*/)?((unit|integration|functional|common|android|acceptance)?tests?|specs?|__tests__|__snapshots__|e2e|testdata)/.*',
			file('.*[._-](test|spec|tests|specs|cy)\\.\\w+', 'test[_-].*\\.py', 'conftest\\.py', 'tests?\\.\\w+'),
			file('\\w+tests?\\.(java|kt|kts|cs|swift|scala|php)', '.*\\.(snap|bats)'),
		),
	],
	[
		'CI',
		any(
			'(.*/)?(\\.github/(workflows|actions)|\\.circleci|\\.buildkite|\\.gitea|\\.forgejo|\\.woodpecker|\\.ci)/.*',
			file(
				'\\.gitlab-ci\\.ya?ml',
				'\\.travis\\.yml',
				'\\.drone\\.yml',
				'\\.woodpecker\\.ya?ml',
				'\\.cirrus\\.yml',
			),
			file('jenkinsfile.*', '(azure|bitbucket)-pipelines\\.ya?ml', 'appveyor\\.yml', '\\.?codecov\\.ya?ml'),
		),
	],
	[
		'lint or format rules',
		any(
			'(.*/)?\\.husky/.*',
			file('\\.?(eslint|prettier|stylelint|oxlint|lintstaged|lint-staged|commitlint)(rc|ignore|\\.config).*'),
			file(
				'biome\\.jsonc?',
				'knip\\..*',
				'\\.editorconfig',
				'lefthook.*\\.ya?ml',
				'\\.pre-commit-config\\.ya?ml',
			),
			file(
				'\\.?ruff\\.toml',
				'\\.flake8',
				'\\.?pylintrc',
				'\\.?mypy\\.ini',
				'pyrightconfig\\.json',
				'\\.clang-\\w+',
			),
			file(
				'\\.rubocop.*\\.yml',
				'\\.golangci\\..*',
				'\\.?clippy\\.toml',
				'\\.?rustfmt\\.toml',
				'\\.swiftlint\\.yml',
			),
		),
	],
	[
		'compiler or test configuration',
		any(
			file(
				'[tj]sconfig.*\\.json',
				'\\.?babel(rc|\\.config).*',
				'\\.swcrc',
				'\\.(mocha|nyc|c8)rc.*',
				'\\.taprc',
			),
			file(
				'(vite|vitest|jest|playwright|cypress|karma|ava|webpack|rollup|esbuild|tsup)\\.(config|conf|workspace)\\..*',
			),
			file('pytest\\.ini', 'tox\\.ini', 'noxfile\\.py', '\\.coveragerc', 'phpunit\\.xml.*', '\\.rspec'),
		),
	],
	[
		'package manifest or scripts',
		any(
			file(
				'package\\.json',
				'\\.npmrc',
				'\\.yarnrc.*',
				'pnpm-workspace\\.yaml',
				'bunfig\\.toml',
				'deno\\.jsonc?',
			),
			file(
				'pyproject\\.toml',
				'setup\\.(py|cfg)',
				'.*requirements.*\\.(txt|in)',
				'pipfile',
				'cargo\\.toml',
				'build\\.rs',
			),
			file(
				'go\\.(mod|work)',
				'gemfile',
				'.*\\.gemspec',
				'rakefile',
				'composer\\.json',
				'mix\\.exs',
				'pubspec\\.yaml',
			),
			file(
				'pom\\.xml',
				'.*\\.gradle(\\.kts)?',
				'.*\\.(cs|fs|vb)proj',
				'package\\.swift',
				'flake\\.nix',
				'dockerfile.*',
			),
			file(
				'(gnu)?makefile',
				'.*\\.mk',
				'\\.?justfile',
				'taskfile\\.ya?ml',
				'cmakelists\\.txt',
				'meson\\.build',
			),
		),
	],
	[
		'lock file',
		file(
			'.*\\.lock',
			'package-lock\\.json',
			'npm-shrinkwrap\\.json',
			'pnpm-lock\\.yaml',
			'bun\\.lockb',
			'go\\.(work\\.)?sum',
			'gradle\\.lockfile',
			'package\\.resolved',
			'packages\\.lock\\.json',
		),
	],
	['git rules', file('\\.gitignore', '\\.gitattributes', '\\.gitmodules')],
];

function any(...patterns: readonly (string | RegExp)[]): RegExp {
	return new RegExp(
		patterns.map((pattern) => (typeof pattern === 'string' ? `^${pattern}$` : pattern.source)).join('|'),
		's',
	);
}

function file(...names: readonly string[]): RegExp {
	return new RegExp(`^(.*/)?(${names.join('|')})$`, 's');
}
