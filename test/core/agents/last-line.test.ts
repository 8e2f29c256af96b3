import { expect, test } from 'vitest';
import { lastLine } from '../../../src/core/agents/last-line.ts';

test.each([
	['one\ntwo', 'two'],
	['one\r\n  two  \r\n\r\n', 'two'],
	['10 %\r20 %\r30 %', '30 %'],
	[' \n\n', ''],
	['', ''],
	['x'.repeat(600), 'x'.repeat(500)],
])('The last line of %j that holds anything is found', (text, line) => expect(lastLine(text)).toBe(line));
