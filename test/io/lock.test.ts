import { execa } from 'execa';
import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { keepLock, lockHolder, takeLock } from '../../src/io/lock.ts';
import { eventually } from '../helpers/eventually.ts';
import { scratchFolder } from '../helpers/scratch.ts';

describe('the lock of a work tree', () => {
	test('is held by one, and names it to the second', async () => {
		const folder = await scratchFolder();
		const lock = await takeLock(folder);
		await expect(takeLock(folder)).rejects.toMatchObject({
			exitCode: 5,
			what: expect.stringContaining(`pid ${process.pid} since 20`),
		});
		expect(await lockHolder(folder)).toContain(`pid ${process.pid}`);
		await lock.release();
		expect(await lockHolder(folder)).toBeNull();
		await (await takeLock(folder)).release();
	});

	test('is kept by who has it', async () => {
		const folder = await scratchFolder();
		const lock = await takeLock(folder);
		await keepLock(folder);
		await lock.release();
		expect(await lockHolder(folder)).toBeNull();
	});

	test('is the same through a symbolic link, and another one of another folder', async () => {
		const [folder, other] = [await scratchFolder(), await scratchFolder()];
		const link = path.join(other, 'link');
		symlinkSync(folder, link);
		const lock = await takeLock(folder);
		await expect(takeLock(link)).rejects.toMatchObject({ exitCode: 5 });
		await (await takeLock(other)).release();
		await lock.release();
	});

	test('dies with its holder, even by SIGKILL', async () => {
		const folder = await scratchFolder();
		const holder = holderOf(folder);
		await eventually(
			async () => (await lockHolder(folder)) !== null,
			() => 'a holder',
		);
		await expect(takeLock(folder)).rejects.toMatchObject({
			what: expect.stringContaining(`pid ${holder.pid} `),
		});
		holder.kill('SIGKILL');
		await holder;
		await (await takeLock(folder)).release();
	});
});

function holderOf(folder: string) {
	const lock = path.join(import.meta.dirname, '../../dist/src/io/lock.js');
	const script = `const { takeLock } = await import(${JSON.stringify(lock)}); await takeLock(${JSON.stringify(folder)}); setInterval(() => {}, 1000);`;
	const holder = execa(process.execPath, ['--input-type=module', '--eval', script], { reject: false });
	onTestFinished(() => void holder.kill('SIGKILL'));
	return holder;
}
