import { execa } from 'execa';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Repository } from '../helpers/repository.ts';

/** A way to install and to build, with a program of a few lines that is tested by it. */
export interface Ecosystem {
	readonly name: string;
	/** What is tracked; `source` among it, as in `works`. */
	readonly files: Readonly<Record<string, string>>;
	readonly ignored: readonly string[];
	/** The file that a worker changes, with a text that the check passes, and one that it does not. */
	readonly source: string;
	readonly works: string;
	readonly broken: string;
	/** Makes what is ignored, as a person does before the night. */
	install(repository: Repository): Promise<void>;
	/** The command that the loop runs; builds and tests. */
	readonly check: string;
	/** Commands that leave nothing of what is ignored as it was. */
	readonly wreck: string;
}

/** Those whose tools are here. */
export async function ecosystems(): Promise<Ecosystem[]> {
	const python = await printed('python3', '-c', 'import sys; print(sys._base_executable)');
	const rust = await printed('rustc', '--print', 'sysroot');
	const make = await printed('make', '--version');
	return [
		workspaces,
		...(python === null ? [] : [editable(python)]),
		...(rust === null ? [] : [cargo(join(rust, 'bin'))]),
		...(make === null ? [] : [makefile]),
	];
}

/** `packages/b` is found by a link in node_modules. */
const workspaces: Ecosystem = {
	name: 'npm workspaces',
	files: {
		'package.json': JSON.stringify({ private: true, workspaces: ['packages/*'] }),
		'packages/a/package.json': JSON.stringify({
			name: 'a',
			version: '1.0.0',
			type: 'module',
			scripts: { test: 'node test.js' },
			dependencies: { b: '*' },
		}),
		'packages/a/test.js':
			"import assert from 'node:assert';\nimport { sum } from 'b';\nassert.equal(sum(1, 2), 3);\n",
		'packages/b/package.json': JSON.stringify({
			name: 'b',
			version: '1.0.0',
			type: 'module',
			exports: './index.js',
		}),
	},
	ignored: ['node_modules/', 'package-lock.json'],
	source: 'packages/b/index.js',
	works: 'export const sum = (a, b) => a + b;\n',
	broken: 'export const sum = (a, b) => a - b;\n',
	install: (repository) => run(repository, 'npm', 'install', '--offline', '--no-audit', '--no-fund'),
	check: 'npm test --workspaces --if-present',
	wreck:
		'rm node_modules/b && mkdir node_modules/b && cp packages/b/* node_modules/b; echo >>package-lock.json',
};

/** What `pip install -e` leaves: a path file and a script, both with the absolute path of the repository in them. */
function editable(python: string): Ecosystem {
	return {
		name: 'an editable Python install',
		files: {
			'tests/test_greet.py':
				'import unittest\nimport greet\n\nclass T(unittest.TestCase):\n    def test(self):\n        self.assertEqual(greet.greet("you"), "hello you")\n',
		},
		ignored: ['.venv/', '__pycache__/'],
		source: 'src/greet/__init__.py',
		works: 'def greet(name):\n    return "hello " + name\n',
		broken: 'def greet(name):\n    return "go away, " + name\n',
		async install(repository) {
			await run(repository, python, '-m', 'venv', '--without-pip', '.venv');
			const [version = ''] = await readdir(join(repository.path, '.venv/lib'));
			const packages = `.venv/lib/${version}/site-packages`;
			await repository.write(`${packages}/__editable__.greet-1.pth`, `${join(repository.path, 'src')}\n`);
			const script = `#!${join(repository.path, '.venv/bin/python')}\nimport greet\nassert greet.greet("me") == "hello me"\n`;
			await repository.write('.venv/bin/greet', script);
			await run(repository, 'chmod', '+x', '.venv/bin/greet');
		},
		check: '.venv/bin/greet && .venv/bin/python -m unittest discover -s tests',
		wreck: [
			`.venv/bin/python -c 'import sys; open(sys.prefix + "/planted", "w")'`,
			'echo >>.venv/bin/greet',
			'for folder in .venv/lib/*/site-packages; do rm $folder/*.pth; echo "exit()" >$folder/sitecustomize.py; done',
		].join('\n'),
	};
}

/** A crate without dependencies, and what it was built to in `target/`. */
function cargo(bin: string): Ecosystem {
	const command = `PATH="${bin}:$PATH" cargo test --offline --quiet`;
	return {
		name: 'cargo',
		files: {
			'Cargo.toml': '[package]\nname = "adds"\nversion = "0.1.0"\nedition = "2021"\n',
			'tests/adds.rs': '#[test]\nfn adds() {\n    assert_eq!(adds::sum(1, 2), 3);\n}\n',
		},
		ignored: ['target/', 'Cargo.lock'],
		source: 'src/lib.rs',
		works: 'pub fn sum(a: i32, b: i32) -> i32 {\n    a + b\n}\n',
		broken: 'pub fn sum(a: i32, b: i32) -> i32 {\n    a - b\n}\n',
		install: (repository) => run(repository, 'sh', '-c', command),
		check: command,
		wreck: 'find target -type f -exec sh -c \'echo >>"$1"\' sh {} ";"; rm -r target/debug/deps',
	};
}

/** Goes by time alone. */
const makefile: Ecosystem = {
	name: 'make',
	files: { Makefile: 'out/app: src/app.sh\n\tmkdir -p out && cp src/app.sh out/app\n' },
	ignored: ['out/'],
	source: 'src/app.sh',
	works: 'test $((1 + 2)) = 3\n',
	broken: 'test $((1 - 2)) = 3\n',
	install: (repository) => run(repository, 'make'),
	check: 'make && sh out/app',
	wreck: 'echo >>out/app; touch -d @0 out/app; mkdir out/more',
};

async function printed(...[file = '', ...words]: string[]): Promise<string | null> {
	const { exitCode, stdout } = await execa(file, words, { reject: false, stderr: 'ignore' });
	return exitCode === 0 ? stdout.trim() : null;
}

async function run({ path, env }: Repository, file: string, ...words: string[]): Promise<void> {
	await execa(file, words, { cwd: path, env, extendEnv: false, stdin: 'ignore' });
}
