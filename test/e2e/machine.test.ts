import { execa } from 'execa';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { boxes } from '../helpers/checker.ts';
import { eventually } from '../helpers/eventually.ts';
import { type Loop, nightloop, startLoop, story } from '../helpers/nightloop.ts';
import { noProcessOf } from '../helpers/processes.ts';
import { type Repository, withRepository } from '../helpers/repository.ts';
import { scripted } from '../helpers/scripted.ts';

/** Only root can mount a small disk, and look into the loop's own mounts. */
const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
const TASK = 'the first thing';

describe.runIf(isRoot)('a disk that fills up', () => {
	it('ends the session that fills it, and the loop goes on when a person made room', () =>
		withRepository(
			scripted({ worker: FLOODS_ONCE, reviewer: 'say_approve' }, { tasks: [TASK] }),
			async (repository) => {
				const tree = join(repository.scratch, 'tree');
				await mkdir(tree);
				const loop = startLoop(
					repository,
					['--until-done', '-C', tree],
					onSmallDisk(tree, '80m', repository.path),
				);
				const worked = await loop.seen('worked');
				const wait = await loop.seen('waiting');
				await rm(within(loop, join(tree, 'flood')));

				expect(worked['end']).toMatchObject({
					kind: 'stopped',
					why: expect.stringContaining('needed where the work tree is'),
				});
				expect(wait['for']).toMatchObject({
					kind: 'disk',
					message: expect.stringContaining('the unfinished work of the last session lies in the work tree'),
				});
				expect(await landedAndEnded(loop)).toBe(0);
				expect(loop.events.filter(({ event }) => event === 'rejected')).toEqual([]);
				expect((await repository.notes('sessions')).map((line) => line.split(' ')[2])).toEqual([
					'1',
					'1',
					'1',
				]);
			},
		));

	it('is waited for before the first session, and SIGTERM ends that wait', () =>
		withRepository({ tasks: [TASK] }, async (repository) => {
			const cache = join(repository.scratch, 'cache');
			const full = [
				...onSmallDisk(cache, '20m'),
				'sh',
				'-c',
				'head -c 20m /dev/zero >"$0/fill"; exec "$@"',
				cache,
			];
			const loop = startLoop(repository, ['--until-done'], full);
			expect(await loop.seen('waiting')).toMatchObject({
				for: { kind: 'disk', message: expect.stringContaining(cache) },
			});
			const { stdout } = await nightloop(repository, ['status']);
			const before = performance.now();
			loop.kill('SIGTERM');

			expect(stdout).toMatch(/^waiting[\s\S]*room on the disk/);
			expect(await loop.ended).toMatchObject({ exitCode: 143 });
			expect(performance.now() - before).toBeLessThan(3000);
			expect(await repository.notes('sessions')).toEqual([]);
		}));

	it('to its last byte where the journal lies: the loop waits, and goes on', () =>
		withRepository({ tasks: [TASK], worker: 'writes-one-file-after-a-nod' }, async (repository) => {
			const state = join(repository.path, '.git/nightloop');
			await mkdir(state);
			const loop = startLoop(repository, ['--until-done'], onSmallDisk(state, '2m'));
			await loop.seen('opened');
			await eventually(
				async () => (await repository.notes('sessions')).length > 0,
				() => 'a session',
			);
			const fill = within(loop, join(state, 'fill'));
			await writeFile(fill, Buffer.alloc(4_000_000)).catch(() => undefined);
			await repository.note('nod', 'go on');
			const told = await loop.seen('notice', ({ text }) => String(text).includes('ENOSPC'));
			await rm(fill);

			expect(told['text']).toContain('waiting to write the journal');
			expect(await landedAndEnded(loop)).toBe(0);
		}));
});

describe.runIf(isRoot)('without descriptors left', () => {
	it('a start begins or says clearly that it cannot, whatever the limit is', () =>
		withRepository({ tasks: [TASK] }, async (repository) => {
			const codes = new Set<number | null>();
			for (const limit of [8, 12, 16, 18, 20, 21, 22, 23, 24, 25, 26, 28, 32, 40, 64]) {
				const loop = startLoop(
					repository,
					['--until-done'],
					['sh', '-c', `ulimit -n ${limit}; exec "$@"`, 'sh'],
				);
				// As after a wait that no time ends.
				const waits = loop.seen('waiting').then(
					() => loop.kill('SIGTERM'),
					() => undefined,
				);
				const { exitCode, stderr } = await loop.ended;
				await waits;
				codes.add(exitCode);
				const isClear = exitCode === 2 ? /nightloop: .*\n {2}why: .*\n {2}fix: / : /^/;
				// Below some limit it is node itself that cannot begin, or a signal that ends it.
				if (limit >= 18) expect(stderr, `${limit} descriptors`).toMatch(isClear);
				if (limit >= 18) expect([0, 2, 143], `${limit} descriptors: ${stderr}`).toContain(exitCode);
			}
			expect(codes).toContain(0);
			expect(boxes(await repository.read('todo.md'), 'x')).toEqual([TASK]);
		}));

	it('a loop that runs waits, says so once, and goes on', () =>
		withRepository({ tasks: [TASK], worker: 'writes-one-file-after-a-nod' }, async (repository) => {
			const loop = startLoop(repository);
			await loop.seen('opened');
			await eventually(
				async () => (await repository.notes('sessions')).length > 0,
				() => 'a session',
			);
			await limitFiles(loop, '4');
			await repository.note('nod', 'go on');
			const wait = await loop.seen('waiting');
			await limitFiles(loop, '1024');

			expect(wait['for']).toMatchObject({
				kind: 'machine',
				message: expect.stringMatching(/EMFILE|Too many open files/),
			});
			expect(await landedAndEnded(loop)).toBe(0);
			expect(loop.events.filter(({ event }) => event === 'opened')).toHaveLength(2);
		}));

	it.each(['max_inotify_instances', 'max_inotify_watches'])(
		'of inotify (%s) edits are seen all the same',
		(limit) =>
			withRepository({ tasks: [TASK], settings: ['walls: groups'] }, async (repository) => {
				const by = [
					'unshare',
					'--user',
					'--map-root-user',
					'sh',
					'-c',
					`echo 0 >/proc/sys/user/${limit} && exec "$@"`,
					'sh',
				];
				const loop = startLoop(repository, [], by);
				await loop.seen('waiting', ({ for: what }) => (what as { kind: string }).kind === 'edits');
				await appendFile(join(repository.path, 'todo.md'), '- [ ] an afterthought\n');
				await loop.seen('landed', ({ text }) => text === 'an afterthought');
				loop.kill('SIGTERM');
				expect(await loop.ended).toMatchObject({ exitCode: 143 });
			}),
	);
});

describe('nobody at the other end', () => {
	it.each([
		['of stdout', '"$@" | head -1'],
		['of stdout and stderr', '"$@" 2>&1 | head -1'],
	])('%s: the loop goes on', (_, script) =>
		withRepository({ tasks: [TASK, 'the second thing'] }, async (repository) => {
			const loop = startLoop(
				repository,
				['--until-done'],
				['bash', '-c', `set -o pipefail; ${script}`, 'sh'],
			);
			expect((await loop.ended).exitCode).toBe(0);
			expect(loop.events).toHaveLength(1);
			expect(boxes(await repository.read('todo.md'), 'x')).toEqual([TASK, 'the second thing']);
		}),
	);

	it('of a terminal that is closed: the session is ended, and so is the loop', () =>
		withRepository({ tasks: [TASK], worker: 'waits-for-ever' }, async (repository) => {
			const loop = startLoop(repository);
			await loop.seen('opened');
			await eventually(
				async () => (await repository.notes('sessions')).length > 0,
				() => 'a session',
			);
			loop.kill('SIGHUP');
			expect(await loop.ended).toMatchObject({ exitCode: 129 });
			await noProcessOf(repository.scratch);
		}));
});

describe('a loop that is stopped for a while', () => {
	it('does not take that time for silence of the agent', () =>
		withRepository(
			scripted(
				{ worker: 'until grep -q go "$SCRATCH/log/nod" 2>/dev/null; do sleep 0.05; done; do_the_task' },
				{ tasks: [TASK] },
				{
					worker: ['idle: 3s'],
				},
			),
			async (repository) => {
				const loop = startLoop(repository);
				await loop.seen('opened');
				await eventually(
					async () => (await repository.notes('sessions')).length > 0,
					() => 'a session',
				);
				loop.kill('SIGSTOP');
				await pause(11_000);
				loop.kill('SIGCONT');
				// Longer than its idle limit: the two minutes after waking are not counted either.
				await pause(4000);
				await repository.note('nod', 'go on');
				expect((await loop.seen('worked'))['end']).toEqual({ kind: 'completed' });
				expect((await loop.ended).exitCode).toBe(0);
			},
		));
});

const FAKETIME = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1';

/** The Debian package faketime; where it is missing, nobody can set a clock for one process. */
describe.runIf(existsSync(FAKETIME))('a clock that is set (libfaketime)', () => {
	it('forward by hours ends no session, and ends a wait whose time has come', () =>
		withRepository(
			scripted({ worker: LIMITED_ONCE }, { tasks: [TASK] }, { worker: ['idle: 20s', 'limit: 60s'] }),
			async (repository) => {
				const loop = startLoop(repository, ['--until-done'], await byClock(repository));
				await eventually(
					async () => (await repository.notes('sessions')).length > 0,
					() => 'a session',
				);
				await setClock(repository, '+3h');
				await repository.note('nod', 'go on');
				const wait = await loop.seen('waiting');
				expect(wait).toMatchObject({ for: { kind: 'limit' } });
				await setClock(repository, '+6h');
				await loop.seen('resumed');
				expect((await loop.ended).exitCode).toBe(0);
				const ends = loop.events.flatMap(({ event, end }) =>
					event === 'worked' ? [(end as { kind: string }).kind] : [],
				);
				expect(ends).toEqual(['limited', 'completed']);
			},
		));

	it('back by hours makes no wait longer than it was', () =>
		withRepository(scripted({ worker: FAILS_UNTIL_TOLD }, { tasks: [TASK] }), async (repository) => {
			const loop = startLoop(repository, ['--until-done'], await byClock(repository));
			const isLong = ({ at, until }: { at: string; until?: unknown }) =>
				Number(until) - Date.parse(at) >= 3500;
			await loop.seen('waiting', isLong);
			await repository.note('nod', 'go on');
			await setClock(repository, '-5h');
			const before = performance.now();
			const waits = loop.events.filter(({ event }) => event === 'waiting').length;
			await eventually(
				() => loop.events.filter(({ event }) => event === 'resumed').length >= waits,
				() => `the end of a wait of 4 s\n${story(loop.events)}`,
				15_000,
			);
			expect(performance.now() - before).toBeLessThan(10_000);
			expect((await loop.ended).exitCode).toBe(0);
		}));
});

describe('a place that is not as it should be', () => {
	it.runIf(isRoot).each([
		['the repository', (repository: Repository) => repository.path],
		['the git directory', (repository: Repository) => join(repository.path, '.git')],
	])('%s is read-only: one clear line, exit 2', (_, folder) =>
		withRepository({ tasks: [TASK] }, async (repository) => {
			const frozen = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"';
			const by = ['unshare', '--mount', 'sh', '-c', `cd / && ${frozen}`, folder(repository)];
			const { exitCode, stderr } = await startLoop(repository, ['-C', repository.path], by).ended;
			expect(exitCode).toBe(2);
			expect(stderr).toMatch(/^nightloop: .*(?:EROFS|Read-only|cannot write).*\n {2}why: .*\n {2}fix: /);
		}),
	);

	it('no home: it goes without', () =>
		withRepository({ tasks: [TASK] }, async (repository) => {
			const by = ['env', '-u', 'HOME', '-u', 'XDG_CACHE_HOME'];
			expect((await startLoop(repository, ['--until-done'], by).ended).exitCode).toBe(0);
		}));

	it('no git on the path: one clear line, exit 2', () =>
		withRepository({ tasks: [TASK] }, async (repository) => {
			const { exitCode, stderr } = await startLoop(repository, [], ['/usr/bin/env', 'PATH=/nonexistent'])
				.ended;
			expect(exitCode).toBe(2);
			expect(stderr).toMatch(/^nightloop: git was not found/);
		}));

	it('the state of the loop is taken away while it runs: it goes on with what it has in mind', () =>
		withRepository({ tasks: [TASK], worker: 'writes-one-file-after-a-nod' }, async (repository) => {
			const loop = startLoop(repository);
			await loop.seen('opened');
			await eventually(
				async () => (await repository.notes('sessions')).length > 0,
				() => 'a session',
			);
			await rm(join(repository.path, '.git/nightloop'), { recursive: true });
			await repository.note('nod', 'go on');
			expect(await landedAndEnded(loop)).toBe(0);
			expect(await readdir(join(repository.path, '.git/nightloop'))).toContain('journal.jsonl');
		}));
});

/** In steps, as a build or a log does: the loop is to come before the disk is full. */
const FLOODS_ONCE = `
if [ ! -e "$SCRATCH/log/flooded" ]; then
	: >"$SCRATCH/log/flooded"
	while :; do head -c 1000000 /dev/zero >>flood; sleep 0.02; done
fi
do_the_task`;

const LIMITED_ONCE = `
if [ ! -e "$SCRATCH/log/limited" ]; then
	: >"$SCRATCH/log/limited"
	until grep -q go "$SCRATCH/log/nod" 2>/dev/null; do sleep 0.05; done
	echo '429 Too Many Requests' >&2; exit 1
fi
do_the_task`;

const FAILS_UNTIL_TOLD = 'grep -q go "$SCRATCH/log/nod" 2>/dev/null || exit 3; do_the_task';

/** A command that puts a disk of that size in place of a folder, with what another folder holds. */
function onSmallDisk(folder: string, size: string, content = ''): string[] {
	const fill = content === '' ? '' : `cp -a '${content}/.' "$0/" &&`;
	const script = `mount -t tmpfs -o size=${size} tmpfs "$0" && ${fill} exec "$@"`;
	return ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', script, folder];
}

/** A file as the loop sees it, by its own mounts. */
function within(loop: Loop, file: string): string {
	return `/proc/${loop.pid}/root${file}`;
}

async function landedAndEnded(loop: Loop): Promise<number | null> {
	const { exitCode } = await loop.ended;
	expect(
		loop.events.filter(({ event }) => event === 'landed'),
		story(loop.events),
	).toHaveLength(1);
	return exitCode;
}

async function limitFiles({ pid }: Loop, limit: string): Promise<void> {
	await execa('prlimit', ['--pid', String(pid), `--nofile=${limit}:`]);
}

async function byClock(repository: Repository): Promise<string[]> {
	await setClock(repository, '+0');
	return [
		'env',
		`LD_PRELOAD=${FAKETIME}`,
		`FAKETIME_TIMESTAMP_FILE=${clockOf(repository)}`,
		'FAKETIME_NO_CACHE=1',
		'FAKETIME_DONT_FAKE_MONOTONIC=1',
	];
}

function setClock(repository: Repository, offset: string): Promise<void> {
	return writeFile(clockOf(repository), `${offset}\n`);
}

function clockOf({ scratch }: Repository): string {
	return join(scratch, 'clock');
}

function pause(ms: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, ms));
}
