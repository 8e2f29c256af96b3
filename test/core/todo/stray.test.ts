import { describe, expect, test } from 'vitest';
import { strayByte } from '../../../src/core/todo/stray.ts';

const BEFORE = '- [ ] one\n- [ ] two\n- [x] three\n- [ ] one';

/** The byte that was lost where an `x` is written into the saved text, as a character. */
function lost(saved: string, offset: number): string | null {
	const after = Buffer.from(saved);
	after[offset] = 'x'.charCodeAt(0);
	const byte = strayByte(Buffer.from(BEFORE), after, offset);
	return byte === null ? null : String.fromCharCode(byte);
}

describe('the byte that a mark took the place of', () => {
	test('is the one that the line had before it was moved', () =>
		expect(lost('a note\n- [ ] one\n- [ ] two', 14)).toBe('n'));

	test('is the blank in the box of another task', () =>
		expect(lost('- [ ] nil\n- [ ] one\n- [ ] two\n', 23)).toBe(' '));

	test('is found in the last line, without an end', () => expect(lost('a\n- [ ] two', 10)).toBe('o'));

	test('is found in a line of which another mark was undone', () =>
		expect(lost('- [ ] three\n', 9)).toBe('e'));

	test('is the line end between two lines', () => expect(lost('a\n- [ ] one\n- [ ] two\n', 11)).toBe('\n'));

	test('is none in a line that is as it was', () => expect(lost('a note\n- [x] three', 10)).toBe(null));

	test('is none where equal lines stood ticked and not', () => {
		const before = Buffer.from('- [ ] one\n- [x] one\n');
		expect(strayByte(before, Buffer.from('- [x] one\n'), 3)).toBe(null);
	});

	test('cannot be told in a line that was not there before', () =>
		expect(lost('- [ ] something new\n', 8)).toBe(null));

	test('cannot be told beyond the end', () =>
		expect(strayByte(Buffer.from(BEFORE), Buffer.from('- [ ]'), 20)).toBe(null));
});
