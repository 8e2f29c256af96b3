import { expect, test } from 'vitest';
import { setupFor } from '../../../src/core/gate/setup.ts';
import type { Change } from '../../../src/core/types.ts';

test('without a command there is no setup', () => {
	expect(setupFor(null, [change('package.json')])).toBeNull();
});

test.each([
	'package.json',
	'packages/a/package.json',
	'package-lock.json',
	'yarn.lock',
	'requirements-dev.txt',
	'Cargo.toml',
	'go.mod',
	'app/build.gradle.kts',
	'src/App.csproj',
])('is always due where %s changed', (path) => {
	expect(setupFor('npm ci', [change('a.js'), change(path)])).toEqual({ command: 'npm ci', when: 'always' });
});

test.each(['a.js', 'Makefile', 'package.json.md', 'docs/requirements.md', 'my-package.json/a'])(
	'is due only where dependencies are missing when %s changed',
	(path) => {
		expect(setupFor('npm ci', [change(path)])?.when).toBe('dependencies are missing');
	},
);

function change(path: string): Change {
	return { path, status: 'modified', oldMode: '100644', newMode: '100644', added: 1, deleted: 0 };
}
