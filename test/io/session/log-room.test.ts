import {
	chmodSync,
	existsSync,
	mkdirSync,
	readdirSync,
	symlinkSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { openLogRoom } from '../../../src/io/session/log-room.ts';
import { scratchFolder } from '../../helpers/scratch.ts';

const KB = 1024;
const LIMITS = { most: 1024 * KB, each: 256 * KB };

describe('room for logs is made', () => {
	test('by removing the oldest, of sessions and of checks, and is told once', async () => {
		const { room, session, check, names } = await folder();
		session(1, 250);
		check('aaaaaaaaaaaa-1', 2, 250);
		session(3, 250);
		session(4, 250);
		expect(await room.make()).toEqual([
			'the oldest logs are removed from now on: all together are kept below 1 MB',
		]);
		expect(names()).toEqual(['0003-worker', '0004-worker', 'aaaaaaaaaaaa-1.log']);
		session(5, 250);
		session(6, 250);
		expect(await room.make()).toEqual([]);
		expect(names()).toEqual(['0004-worker', '0005-worker', '0006-worker']);
	});

	test('of nothing while there is enough', async () => {
		const { room, session, names } = await folder();
		session(1, 300);
		session(2, 300);
		expect([await room.make(), names()]).toEqual([[], ['0001-worker', '0002-worker']]);
	});

	test('in time, without looking each time', async () => {
		const { room, session, sum } = await folder();
		for (let number = 1; number <= 30; number++) {
			await room.make();
			session(number, 190);
			expect(sum()).toBeLessThanOrEqual(LIMITS.most);
		}
	});

	test('by what somebody made large first: it is no reason for others to go', async () => {
		const { room, session, names, at } = await folder();
		session(1, 100);
		session(2, 100);
		writeFileSync(at('sessions/0002-worker/planted'), Buffer.alloc(2000 * KB));
		await room.make();
		expect(names()).toEqual(['0001-worker']);
	});

	test('never by what is not its own, behind a link or beside the logs', async () => {
		const { room, at, session, names } = await folder();
		mkdirSync(at('outside/deep'), { recursive: true });
		writeFileSync(at('outside/deep/mine'), Buffer.alloc(2000 * KB));
		symlinkSync(at('outside'), at('sessions/0001-worker'));
		session(2, 10);
		symlinkSync(at('outside'), at('sessions/0002-worker/link'));
		mkdirSync(at('sessions/notes'));
		writeFileSync(at('sessions/notes/mine'), Buffer.alloc(2000 * KB));
		await room.make();
		expect(names()).toEqual(['0001-worker', '0002-worker', 'notes']);
		expect(existsSync(at('outside/deep/mine'))).toBe(true);
	});

	test('and a link that has to go takes nothing with it', async () => {
		const { at, session, names } = await folder();
		mkdirSync(at('outside'));
		writeFileSync(at('outside/mine'), 'mine');
		session(1, 300);
		symlinkSync(at('outside'), at('sessions/0001-worker/link'));
		await openLogRoom(at(''), { most: KB, each: 0 }).make();
		expect([names(), existsSync(at('outside/mine'))]).toEqual([[], true]);
	});

	test('past folders in which a session put pipes, closed ones, and ones without a path', async () => {
		const { room, at, session, names } = await folder();
		for (const number of [1, 2, 3, 4, 5]) session(number, 240);
		await execa('mkfifo', [at('sessions/0001-worker/pipe')]);
		mkdirSync(at('sessions/0002-worker/closed'));
		chmodSync(at('sessions/0002-worker/closed'), 0);
		const deep =
			"for (let i = 0; i < 30; i++) { fs.mkdirSync('x'.repeat(200)); process.chdir('x'.repeat(200)); }";
		await execa(process.execPath, ['-e', deep], { cwd: at('sessions/0001-worker') });
		for (const number of [1, 2]) utimesSync(at(`sessions/000${number}-worker`), number, number);
		await room.make();
		expect(names()).toEqual(['0003-worker', '0004-worker', '0005-worker']);
	});

	test('where a link, or nothing, is in the place of the folder', async () => {
		const { room, at, session } = await folder();
		session(1, 2000);
		const elsewhere = path.join(await scratchFolder(), 'logs');
		mkdirSync(elsewhere);
		symlinkSync(at('sessions'), path.join(elsewhere, 'sessions'));
		expect(await openLogRoom(elsewhere, LIMITS).make()).toEqual([]);
		expect(existsSync(at('sessions/0001-worker'))).toBe(true);
		expect(await room.make()).toHaveLength(1);
	});
});

async function folder() {
	const logs = await scratchFolder();
	const at = (name: string) => path.join(logs, name);
	for (const name of ['sessions', 'checks']) mkdirSync(at(name));
	const names = () => ['sessions', 'checks'].flatMap((name) => readdirSync(at(name)).toSorted());
	return {
		at,
		names,
		room: openLogRoom(logs, LIMITS),
		/** In bytes, as was asked for. */
		sum: () => names().length * 190 * KB,
		session(number: number, kilobytes: number) {
			const name = at(`sessions/000${number}-worker`);
			mkdirSync(name);
			writeFileSync(path.join(name, 'output.jsonl'), Buffer.alloc(kilobytes * KB));
			utimesSync(name, number, number);
		},
		check(name: string, second: number, kilobytes: number) {
			writeFileSync(at(`checks/${name}.log`), Buffer.alloc(kilobytes * KB));
			utimesSync(at(`checks/${name}.log`), second, second);
		},
	};
}
