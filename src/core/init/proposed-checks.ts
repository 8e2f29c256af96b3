/** Files at the top of a folder, by name: the text of those that are read, '' for all others. */
export type Files = ReadonlyMap<string, string>;

/** What a folder's own files say of how it is checked. */
export interface Proposed {
	/** Such as `Node with pnpm`; none where nothing is known of it. */
	readonly languages: readonly string[];
	/** Commands that must pass, quickest kind first. */
	readonly checks: readonly string[];
	/** What gives a copy its dependencies; null: nothing that is known. */
	readonly setup: string | null;
}

/** The files of which the text is looked into. */
export const READ: readonly string[] = [
	'package.json',
	'deno.json',
	'pyproject.toml',
	'Makefile',
	'justfile',
	'composer.json',
	'tox.ini',
];

/** What the manifests, lock files and scripts of a folder speak for. A person reads it before it is used. */
export function proposedChecks(files: Files): Proposed {
	const found = LANGUAGES.flatMap((language) => language(files) ?? []);
	const made = byMake(files);
	return {
		languages: found.map(({ language }) => language),
		checks: made.length > 0 ? made : found.flatMap(({ checks }) => checks),
		setup: found.length === 1 ? found[0]!.setup : null,
	};
}

interface Found {
	readonly language: string;
	readonly checks: readonly string[];
	readonly setup: string | null;
}

const LANGUAGES: readonly ((files: Files) => Found | null)[] = [
	node,
	deno,
	python,
	rust,
	go,
	ruby,
	php,
	java,
	gradle,
	dotnet,
	elixir,
];

/** A person who wrote a target for it means that one. */
function byMake(files: Files): string[] {
	const targets = (name: string) =>
		[...(files.get(name) ?? '').matchAll(/^([\w-]+)\s*:(?!=)/gm)].map(([, target]) => target);
	const wanted = ['check', 'lint', 'test'];
	const of = (tool: string, name: string) =>
		wanted.filter((target) => targets(name).includes(target)).map((target) => `${tool} ${target}`);
	return [...of('make', 'Makefile'), ...of('just', 'justfile')].filter(
		(_, index, all) => index === 0 || !all[0]!.endsWith(' check'),
	);
}

/** By the lock file; npm where there is none. */
const MANAGERS: readonly (readonly [lock: string, manager: string, run: string, install: string])[] = [
	['pnpm-lock.yaml', 'pnpm', 'pnpm run', 'pnpm install --frozen-lockfile'],
	['yarn.lock', 'yarn', 'yarn run', 'yarn install --immutable'],
	['bun.lock', 'bun', 'bun run', 'bun install --frozen-lockfile'],
	['bun.lockb', 'bun', 'bun run', 'bun install --frozen-lockfile'],
	['package-lock.json', 'npm', 'npm run', 'npm ci'],
];

function node(files: Files): Found | null {
	const text = files.get('package.json');
	if (text === undefined) return null;
	const [, manager, run, install] = MANAGERS.find(([lock]) => files.has(lock)) ?? [
		'',
		'npm',
		'npm run',
		null,
	];
	const scripts = scriptsOf(text);
	const wanted = ['typecheck', 'type-check', 'check', 'lint', 'build', 'test'].filter((name) =>
		isMeant(scripts[name]),
	);
	const checks = wanted.map((name) =>
		name === 'test' && manager !== 'bun' ? `${manager} test` : `${run} ${name}`,
	);
	return { language: `Node with ${manager}`, checks, setup: install };
}

function scriptsOf(text: string): Readonly<Record<string, unknown>> {
	try {
		const parsed: unknown = JSON.parse(text);
		const scripts =
			typeof parsed === 'object' && parsed !== null && 'scripts' in parsed ? parsed.scripts : null;
		return typeof scripts === 'object' && scripts !== null ? { ...scripts } : {};
	} catch {
		// A manifest that does not parse proposes nothing: its own tools will say so.
		return {};
	}
}

/** What `npm init` writes is no test. */
function isMeant(script: unknown): boolean {
	return typeof script === 'string' && !script.includes('no test specified');
}

function deno(files: Files): Found | null {
	return files.has('deno.json') || files.has('deno.jsonc')
		? { language: 'Deno', checks: ['deno lint', 'deno test -A'], setup: null }
		: null;
}

function python(files: Files): Found | null {
	const manifest = files.get('pyproject.toml');
	if (
		manifest === undefined &&
		!['setup.py', 'requirements.txt', 'tox.ini', 'pytest.ini'].some((name) => files.has(name))
	)
		return null;
	const [tool, run, setup] = files.has('uv.lock')
		? ['uv', 'uv run ', 'uv sync --frozen']
		: files.has('poetry.lock')
			? ['poetry', 'poetry run ', 'poetry install']
			: ['pip', '', null];
	const says = (name: string) =>
		(manifest ?? '').includes(name) || (files.get('tox.ini') ?? '').includes(name);
	const linters = [says('ruff') ? `${run}ruff check` : '', says('mypy') ? `${run}mypy .` : ''].filter(
		(check) => check !== '',
	);
	return { language: `Python with ${tool}`, checks: [...linters, `${run}pytest -q`], setup };
}

function rust(files: Files): Found | null {
	return files.has('Cargo.toml')
		? { language: 'Rust', checks: ['cargo clippy --all-targets -- -D warnings', 'cargo test'], setup: null }
		: null;
}

function go(files: Files): Found | null {
	return files.has('go.mod')
		? { language: 'Go', checks: ['go vet ./...', 'go test ./...'], setup: null }
		: null;
}

function ruby(files: Files): Found | null {
	if (!files.has('Gemfile')) return null;
	const test = files.has('.rspec') ? 'bundle exec rspec' : 'bundle exec rake test';
	return { language: 'Ruby', checks: [test], setup: 'bundle install' };
}

function php(files: Files): Found | null {
	const text = files.get('composer.json');
	if (text === undefined) return null;
	const test = 'test' in scriptsOf(text) ? 'composer test' : 'vendor/bin/phpunit';
	return { language: 'PHP', checks: [test], setup: 'composer install --no-interaction' };
}

function java(files: Files): Found | null {
	if (!files.has('pom.xml')) return null;
	return {
		language: 'Java with Maven',
		checks: [`${files.has('mvnw') ? './mvnw' : 'mvn'} -q verify`],
		setup: null,
	};
}

function gradle(files: Files): Found | null {
	if (!files.has('build.gradle') && !files.has('build.gradle.kts')) return null;
	return {
		language: 'Gradle',
		checks: [`${files.has('gradlew') ? './gradlew' : 'gradle'} check`],
		setup: null,
	};
}

function dotnet(files: Files): Found | null {
	const isProject = [...files.keys()].some((name) => /\.(?:sln|slnx|csproj|fsproj)$/.test(name));
	return isProject ? { language: '.NET', checks: ['dotnet test'], setup: 'dotnet restore' } : null;
}

function elixir(files: Files): Found | null {
	return files.has('mix.exs') ? { language: 'Elixir', checks: ['mix test'], setup: 'mix deps.get' } : null;
}
