import { expect, test } from 'vitest';
import { quoted } from '../../../src/core/why/quoted.ts';

test.each([
	['todo.md', 'todo.md'],
	['../some/where', '../some/where'],
	['my project', "'my project'"],
	["it's", String.raw`'it'\''s'`],
	['$HOME', "'$HOME'"],
	['', "''"],
])('%s is written as %s', (word, written) => expect(quoted(word)).toBe(written));
