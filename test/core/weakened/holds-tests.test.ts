import { expect, test } from 'vitest';
import { holdsTests } from '../../../src/core/weakened/holds-tests.ts';

test.each(['test/a.ts', 'src/a.test.tsx', 'tests/conftest.py', 'a_test.go', 'spec/a_spec.rb', 'SRC/LIB.RS'])(
	'%s may hold tests',
	(path) => expect(holdsTests(path)).toBe(true),
);
test.each(['src/a.ts', 'a.py', 'test/data.json', 'main.go'])('%s holds none', (path) =>
	expect(holdsTests(path)).toBe(false),
);
