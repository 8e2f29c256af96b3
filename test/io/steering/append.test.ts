import {
	chmodSync,
	existsSync,
	lstatSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Addition } from '../../../src/core/plan/addition.ts';
import { appendTo } from '../../../src/io/steering/append.ts';
import { quieten, scratchFolder } from '../../helpers/scratch.ts';

const MORE: Addition = { bytes: Buffer.from('- [ ] New\n  - x\n'), line: 2 };
const make = () => MORE;

async function listOf(content: string | Uint8Array): Promise<string> {
	const file = path.join(await scratchFolder(), 'todo.md');
	writeFileSync(file, content);
	quieten(file);
	return file;
}

describe('what is added', () => {
	test.each<[string, Buffer]>([
		['CRLF', Buffer.from('# List\r\n\r\n- [ ] Add\r\n')],
		['a byte order mark', Buffer.from('\uFEFF- [ ] Add\n')],
		['bytes that are not UTF-8', Buffer.from('caf\xe9 \xff\xfe\n\n- [ ] Add\n- \xc3\x28', 'latin1')],
		['no final line end', Buffer.from('* [ ] Add')],
		['nothing in it', Buffer.from('')],
	])('goes behind the last byte of a list with %s', async (_what, bytes) => {
		const file = await listOf(bytes);
		expect(await appendTo(file, make)).toBe(MORE);
		expect(readFileSync(file)).toEqual(Buffer.concat([bytes, Buffer.from(MORE.bytes)]));
	});

	test('goes through a symbolic link, into the same file with the same mode', async () => {
		const target = await listOf('- [ ] Add\n');
		chmodSync(target, 0o640);
		const { ino } = statSync(target);
		const link = path.join(await scratchFolder(), 'todo.md');
		symlinkSync(target, link);
		await appendTo(link, make);
		expect(lstatSync(link).isSymbolicLink()).toBe(true);
		expect(statSync(target)).toMatchObject({ ino, mode: 0o100640 });
	});

	test('makes a list that is not there, but not one that an editor moved away for a moment', async () => {
		const file = path.join(await scratchFolder(), 'todo.md');
		await appendTo(file, make);
		expect(readFileSync(file, 'utf8')).toBe('- [ ] New\n  - x\n');
		renameSync(file, `${file}~`);
		const added = appendTo(file, make, 50);
		await sleep(100);
		writeFileSync(file, '- [ ] Mine\n');
		await added;
		expect(readFileSync(file, 'utf8')).toBe('- [ ] Mine\n- [ ] New\n  - x\n');
	});

	test('is nothing where there is nothing to add, and no list is made', async () => {
		const file = path.join(await scratchFolder(), 'todo.md');
		expect(await appendTo(file, () => null)).toBeNull();
		expect(existsSync(file)).toBe(false);
	});
});

describe('a person who edits the list meanwhile', () => {
	test('is waited for: after a save, and while an editor has unsaved edits', async () => {
		const file = await listOf('- [ ] Add\n');
		symlinkSync('somebody@somewhere.1', path.join(path.dirname(file), '.#todo.md'));
		const added = appendTo(file, make);
		await sleep(300);
		expect(readFileSync(file, 'utf8')).toBe('- [ ] Add\n');
		writeFileSync(file, '- [ ] Add\n- [ ] Mine\n');
		rmSync(path.join(path.dirname(file), '.#todo.md'));
		const savedAt = Date.now();
		await added;
		expect(Date.now() - savedAt).toBeGreaterThan(1400);
		expect(readFileSync(file, 'utf8')).toBe('- [ ] Add\n- [ ] Mine\n- [ ] New\n  - x\n');
	});

	test('loses nothing by a save between the reading and the writing: it is made again for what they saved', async () => {
		const file = await listOf('- [ ] Add\n');
		const seen: string[] = [];
		await appendTo(
			file,
			(bytes) => {
				seen.push(Buffer.from(bytes).toString());
				if (seen.length === 1) writeFileSync(file, '- [ ] Mine\n');
				return MORE;
			},
			20,
		);
		expect(seen.at(-1)).toBe('- [ ] Mine\n');
		expect(readFileSync(file, 'utf8')).toBe('- [ ] Mine\n- [ ] New\n  - x\n');
	});
});

test('a list that cannot be written is told', async () => {
	const folder = await scratchFolder();
	// Even for root.
	symlinkSync('nowhere', path.join(folder, 'todo.md'));
	await expect(appendTo(path.join(folder, 'todo.md'), make)).rejects.toThrow(
		'Nothing could be added to todo.md.',
	);
});
