import {
	chmodSync,
	lstatSync,
	mkdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Mark } from '../../../src/core/types.ts';
import { openMarker } from '../../../src/io/steering/marker.ts';
import { idOf, quieten, scratchFolder } from '../../helpers/scratch.ts';

const LIST = '- [ ] Add\n- [ ] Bend\n';

describe('a mark changes one byte', () => {
	test.each<[string, Buffer]>([
		['of lines that end in CRLF', Buffer.from('# List\r\n\r\n- [ ] Add\r\n- [ ] Bend\r\n')],
		['after a byte order mark', Buffer.from(`\uFEFF- [ ] Add\n`)],
		['beside bytes that are not UTF-8', Buffer.from('caf\xe9 \xff\xfe\n\n- [ ] Add\n- \xc3\x28', 'latin1')],
		['without a final line end', Buffer.from('* [ ] Add')],
		['among tabs and characters of many bytes', Buffer.from('一二三 🎉\n\n1)\t[ ]\tAdd\n\t二\n')],
		['below front matter', Buffer.from('---\nattempts: 2\n---\n- [ ] Add\n')],
	])('%s', async (_name, bytes) => {
		const file = await listOf(bytes);
		expect(await openMarker(file).mark(idIn(file, 'Add'), 'x', false)).toMatchObject({ outcome: 'written' });
		expect(differences(bytes, readFileSync(file))).toEqual(['  -> x']);
	});

	test.each<[Mark, string]>([
		['!', '- [!] Add\n- [ ] Bend\n'],
		[' ', LIST],
		['x', '- [x] Add\n- [ ] Bend\n'],
	])('to [%s]', async (as, expected) => {
		const file = await listOf(LIST);
		expect(await openMarker(file).mark(idOf(LIST, 'Add'), as, false)).toEqual(
			expected === LIST ? { lines: [], outcome: 'already' } : { lines: [1], outcome: 'written' },
		);
		expect(readFileSync(file, 'utf8')).toBe(expected);
	});

	test('through a symbolic link, of the same file with the same mode', async () => {
		const target = await listOf(LIST);
		chmodSync(target, 0o640);
		const { ino } = statSync(target);
		const link = path.join(await scratchFolder(), 'todo.md');
		symlinkSync(target, link);
		await openMarker(link).mark(idOf(LIST, 'Bend'), 'x', false);
		expect(lstatSync(link).isSymbolicLink()).toBe(true);
		expect(statSync(target)).toMatchObject({ ino, mode: 0o100640 });
		expect(readFileSync(target, 'utf8')).toBe('- [ ] Add\n- [x] Bend\n');
	});

	test('more for each parent that is complete with it', async () => {
		const text = '- [ ] House\n  - [ ] Wall\n    - [ ] Add\n  - [x] Roof\n- [ ] Bend\n';
		const file = await listOf(text);
		const result = await openMarker(file).mark(idIn(file, 'Add'), 'x', false);
		expect(result).toMatchObject({ outcome: 'written' });
		expect('lines' in result && result.lines.toSorted((one, other) => one - other)).toEqual([1, 2, 3]);
		expect(readFileSync(file, 'utf8')).toBe(
			text.replace(/\[ \] (House|Wall|Add)/g, (box) => box.replace('[ ]', '[x]')),
		);
	});
});

describe('a mark is not made', () => {
	test('where the task is gone, or a person dropped it', async () => {
		const file = await listOf('- [ ] Bend\n- [-] Cure\n');
		const marker = openMarker(file);
		expect(await marker.mark(idOf(LIST, 'Add'), 'x', false)).toEqual({ lines: [], outcome: 'gone' });
		expect(await marker.mark(idIn(file, 'Cure'), 'x', false)).toEqual({ lines: [], outcome: 'gone' });
		expect(readFileSync(file, 'utf8')).toBe('- [ ] Bend\n- [-] Cure\n');
	});

	test('while the file is being saved: the save wins, and the mark is made in it', async () => {
		const file = await listOf(LIST);
		writeFileSync(file, LIST);
		const marking = openMarker(file).mark(idOf(LIST, 'Add'), 'x', false);
		await sleep(120);
		expect(readFileSync(file, 'utf8')).toBe(LIST);
		save(file, `- [ ] Dig\n${LIST}`);
		expect(await marking).toEqual({ lines: [2], outcome: 'written' });
		expect(readFileSync(file, 'utf8')).toBe('- [ ] Dig\n- [x] Add\n- [ ] Bend\n');
	});

	test.each(['of vim or nano', 'of neovim', 'of emacs'])(
		'while unsaved edits are open in an editor: %s',
		async (editor) => {
			const file = await listOf(LIST);
			const open = openIn(file, editor);
			const marking = openMarker(file).mark(idOf(LIST, 'Add'), 'x', false);
			await sleep(120);
			expect(readFileSync(file, 'utf8')).toBe(LIST);
			rmSync(open);
			expect(await marking).toMatchObject({ outcome: 'written' });
		},
	);

	test('for an urgent reason only, where the file is not quiet', async () => {
		const file = await listOf(LIST);
		writeFileSync(file, LIST);
		const urgent = openMarker(file, { isUrgent: async () => true });
		expect(await urgent.mark(idOf(LIST, 'Add'), 'x', false)).toEqual({ lines: [1], outcome: 'written' });
		rmSync(file);
		expect(await urgent.mark(idOf(LIST, 'Bend'), 'x', false)).toEqual({ notNow: 'todo.md cannot be read' });
	});

	test('while the file is away or empty for a moment', async () => {
		const file = await listOf(LIST);
		rmSync(file);
		const marking = openMarker(file).mark(idOf(LIST, 'Add'), 'x', false);
		await sleep(60);
		writeFileSync(file, '');
		await sleep(60);
		save(file, LIST);
		expect(await marking).toMatchObject({ outcome: 'written' });
	});
});

test('an editor without unsaved edits is no reason to wait', async () => {
	const file = await listOf(LIST);
	writeFileSync(path.join(path.dirname(file), '.todo.md.swp'), Buffer.alloc(1024));
	const startedAt = performance.now();
	await openMarker(file).mark(idOf(LIST, 'Add'), 'x', false);
	expect(performance.now() - startedAt).toBeLessThan(1000);
});

test('where it is urgent a mark does not wait', async () => {
	const file = await listOf(LIST);
	writeFileSync(file, LIST);
	const startedAt = performance.now();
	const marking = openMarker(file, { isUrgent: async () => true }).mark(idOf(LIST, 'Add'), 'x', false);
	expect(await marking).toMatchObject({ outcome: 'written' });
	expect(performance.now() - startedAt).toBeLessThan(1000);
});

test('without a list an urgent mark is not made, and says so', async () => {
	const file = path.join(await scratchFolder(), 'todo.md');
	const marking = openMarker(file, { isUrgent: async () => true }).mark(idOf(LIST, 'Add'), 'x', false);
	expect(await marking).toEqual({ notNow: 'todo.md cannot be read' });
});

test('marks of our own are no reason to wait for quiet', async () => {
	const file = await listOf(LIST);
	const marker = openMarker(file);
	await marker.mark(idOf(LIST, 'Add'), 'x', false);
	const startedAt = performance.now();
	await marker.mark(idOf(LIST, 'Bend'), 'x', false);
	expect(performance.now() - startedAt).toBeLessThan(1000);
});

async function listOf(content: string | Uint8Array): Promise<string> {
	const file = path.join(await scratchFolder(), 'todo.md');
	writeFileSync(file, content);
	quieten(file);
	return file;
}

/** As editors do: another file, renamed. */
function save(file: string, text: string): void {
	writeFileSync(`${file}.new`, text);
	quieten(`${file}.new`);
	renameSync(`${file}.new`, file);
}

function idIn(file: string, text: string) {
	return idOf(readFileSync(file, 'utf8'), text);
}

function differences(before: Buffer, after: Buffer): string[] {
	expect(after.length).toBe(before.length);
	return [...before.entries()].flatMap(([index, byte]) =>
		byte === after[index] ? [] : [`${String.fromCodePoint(byte)} -> ${String.fromCodePoint(after[index]!)}`],
	);
}

/** What the editor keeps of a file with unsaved edits. */
function openIn(file: string, editor: string): string {
	const folder = path.dirname(file);
	if (editor === 'of emacs') {
		const link = path.join(folder, '.#todo.md');
		symlinkSync('person@machine.1234:1700000000', link);
		return link;
	}
	vi.stubEnv('XDG_STATE_HOME', folder);
	onTestFinished(() => void vi.unstubAllEnvs());
	const swaps = path.join(folder, 'nvim/swap');
	mkdirSync(swaps, { recursive: true });
	const ofNeovim = path.join(swaps, `${file.replaceAll('/', '%')}.swp`);
	const swap = editor === 'of neovim' ? ofNeovim : path.join(folder, '.todo.md.swp');
	writeFileSync(swap, Buffer.alloc(1024).fill(0x55, 1007, 1008));
	return swap;
}
