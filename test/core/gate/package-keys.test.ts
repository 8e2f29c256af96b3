import { expect, test } from 'vitest';
import { packageKeys } from '../../../src/core/gate/package-keys.ts';

const differ = (before: unknown, after: unknown, ...keys: string[]) =>
	expect(packageKeys(JSON.stringify(before), JSON.stringify(after))).toEqual(keys);

test('nothing differs where only the layout does', () =>
	expect(packageKeys('{"a":1}', '{\n\t"a": 1\n}\n')).toEqual([]));
test('keys are named that were added, changed or taken out', () =>
	differ({ version: '1', type: 'module' }, { version: '2', bin: 'a.js' }, 'bin', 'type', 'version'));
test('scripts are named one by one', () =>
	differ(
		{ scripts: { test: 'vitest', lint: 'oxlint', build: 'tsc' } },
		{ scripts: { test: 'true', build: 'tsc', post: 'x' } },
		'scripts.lint',
		'scripts.post',
		'scripts.test',
	));
test('scripts that are all new, or all gone, are named as well', () => {
	differ({}, { scripts: { test: 'true' } }, 'scripts.test');
	differ({ scripts: { test: 'vitest' } }, {}, 'scripts.test');
});
test('what is no object of scripts is named as it is', () => differ({}, { scripts: 'none' }, 'scripts'));
test('a key called __proto__ is one like any other', () =>
	expect(packageKeys('{"__proto__":1}', '{"__proto__":2}')).toEqual(['__proto__']));
test.each(['', '[]', 'null', '{', '// a'])('there is no answer for %j', (text) => {
	expect(packageKeys(text, '{}')).toBeNull();
	expect(packageKeys('{}', text)).toBeNull();
});
