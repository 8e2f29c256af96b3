import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decode, frontLines, readLines } from '../../../src/core/todo/lines.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('readLines', () => {
	test('ends lines at LF, CRLF and CR', () =>
		expect(readLines(bytes('a\nbä\r\nc\rd'))).toEqual([
			{ text: 'a', start: 0 },
			{ text: 'bä', start: 2 },
			{ text: 'c', start: 7 },
			{ text: 'd', start: 9 },
		]));

	test('leaves out a byte order mark, and only one', () => {
		expect(readLines(bytes('\uFEFFa\nb'))).toEqual([
			{ text: 'a', start: 3 },
			{ text: 'b', start: 5 },
		]);
		expect(readLines(bytes('\uFEFF\uFEFFa'))).toEqual([{ text: '\uFEFFa', start: 3 }]);
	});

	test('knows where each line starts, whatever the bytes', () =>
		fc.assert(
			fc.property(
				fc.array(fc.constantFrom(0x0a, 0x0d, 0x61, 0xc3, 0xa4, 0xe2, 0xff, 0xef, 0xbb, 0xbf, 0x00)),
				(codes) => {
					const file = Uint8Array.from(codes);
					const lines = readLines(file);
					const ends = [...lines.slice(1).map(({ start }) => start), file.length];
					const read = lines.map(({ start }, index) =>
						decode(file.subarray(start, ends[index])).replace(/\r?\n$|\r$/, ''),
					);
					expect(lines.map(({ text }) => text)).toEqual(read);
				},
			),
		));
});

describe('frontLines', () => {
	test.each([
		[['---', 'a: 1', '---', 'b'], { kind: 'closed', language: '', length: 3 }],
		[['--- yaml ', '--- '], { kind: 'closed', language: 'yaml', length: 2 }],
		[['---', 'a: 1', '----', ' ---'], { kind: 'unclosed' }],
		[['----', '---'], { kind: 'none' }],
		[['--- a title ---', '---'], { kind: 'none' }],
		[[''], { kind: 'none' }],
	])('of %j are %j', (lines, front) => expect(frontLines(lines)).toEqual(front));
});
