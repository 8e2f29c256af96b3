import { execa } from 'execa';
import { existsSync } from 'node:fs';
import { appendFile, cp, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { boxes } from '../helpers/checker.ts';
import { eventually } from '../helpers/eventually.ts';
import { type Loop, nightloop, program, startLoop, story } from '../helpers/nightloop.ts';
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
				'head -c 20600000 /dev/zero >"$0/fill"; exec "$@"',
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

	it('where the state of the loop lies ends the session, which is told to the next one', () =>
		withRepository({ tasks: [TASK], worker: 'writes-one-file-after-a-nod' }, async (repository) => {
			const gitDir = join(repository.path, '.git');
			const copy = join(repository.scratch, 'git');
			await cp(gitDir, copy, { recursive: true });
			const loop = startLoop(repository, ['--until-done'], onSmallDisk(gitDir, '4m', copy));
			await atWork(repository);
			const fill = within(loop, join(gitDir, 'fill'));
			await writeFile(fill, Buffer.alloc(8_000_000)).catch(() => undefined);
			await loop.seen('waiting');
			await rm(fill);
			await repository.note('nod', 'go on');

			expect(await landedAndEnded(loop)).toBe(0);
			const ends = loop.events.flatMap(({ event, end }) => (event === 'worked' ? [kindOf(end)] : []));
			expect(ends).toEqual(['stopped', 'completed']);
		}));
});

describe.runIf(isRoot)('a state of the loop on another file system than its git directory', () => {
	it.each(['mounted', 'linked'])('(%s) is told at the start, and nothing is begun', (how) =>
		withRepository({ tasks: [TASK] }, async (repository) => {
			const state = join(repository.path, '.git/nightloop');
			const disk = how === 'mounted' ? state : join(repository.scratch, 'disk');
			await mkdir(disk);
			if (how === 'linked') await symlink(disk, state);
			const loop = startLoop(repository, ['--until-done'], onSmallDisk(disk, '20m'));

			const { exitCode, stderr } = await loop.ended;
			expect([exitCode, stderr.split('\n').length]).toEqual([2, 3]);
			expect(stderr).toContain(`${state} is on another file system than ${join(repository.path, '.git')}.`);
			expect(stderr).toContain('Unmount it, or remove the link');
			expect(await repository.notes('sessions')).toEqual([]);
		}),
	);
});

const STRACE = '/usr/bin/strace';
const SCRIPT = '/usr/bin/script';

describe.runIf(existsSync(STRACE))('a call that the system refuses (strace)', () => {
	it.each([
		[
			'the journal cannot be flushed',
			'fdatasync:error=EIO:when=4..6',
			'journal.jsonl',
			'notice',
			/waiting to write the journal: EIO/,
		],
		['the index cannot be locked', 'link:error=EACCES:when=1..2', 'index.lock', 'waiting', /EACCES/],
		['the index cannot be replaced', 'rename:error=ENOSPC:when=1', 'following.index', 'waiting', /ENOSPC/],
	])('%s: it is told, waited for, and done', (_, fault, file, event, says) =>
		withRepository({ tasks: [TASK] }, async (repository) => {
			const folder = file === 'index.lock' ? '.git' : '.git/nightloop';
			const [call = ''] = fault.split(':');
			// Calls are counted by thread.
			const only = ['-P', join(repository.path, folder, file)];
			const quiet = ['-f', '-qqq', '-o', '/dev/null', '-e', `trace=${call}`, '-e', `inject=${fault}`];
			const loop = startLoop(
				repository,
				['--until-done'],
				['env', 'UV_THREADPOOL_SIZE=1', STRACE, ...quiet, ...only],
			);
			const told = await loop.seen(event, (each) => says.test(JSON.stringify(each)));
			expect(told).toBeDefined();
			expect(await landedAndEnded(loop)).toBe(0);
			expect(boxes(await repository.read('todo.md'), 'x')).toEqual([TASK]);
		}),
	);
});

describe.runIf(isRoot)('without descriptors left', () => {
	it('a start begins or says clearly that it cannot, whatever the limit is (below 22, node itself cannot)', () =>
		withRepository({ tasks: [TASK] }, async (repository) => {
			const codes = new Set<number | null>();
			for (const limit of [24, 28, 36, 44, 48, 52, 60, 80, 160, 320]) {
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
				expect(stderr, `${limit} descriptors`).toMatch(isClear);
				expect([0, 2, 143], `${limit} descriptors: ${stderr}`).toContain(exitCode);
			}
			expect(codes).toContain(0);
			expect(boxes(await repository.read('todo.md'), 'x')).toEqual([TASK]);
		}));

	it('a loop that runs waits, says so once, and goes on', () =>
		withRepository({ tasks: [TASK], worker: 'writes-one-file-after-a-nod' }, async (repository) => {
			const loop = startLoop(repository);
			await atWork(repository);
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
				await loop.seen('waiting', ({ for: what }) => kindOf(what) === 'edits');
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
			await atWork(repository);
			loop.kill('SIGHUP');
			expect(await loop.ended).toMatchObject({ exitCode: 129 });
			await noProcessOf(repository.scratch);
		}));

	it.runIf(existsSync(SCRIPT))(
		'of a terminal that is gone: it ends by what it was told, and leaves no dump',
		() =>
			withRepository({ tasks: [TASK], worker: 'waits-for-ever' }, async (repository) => {
				const code = join(repository.scratch, 'log/code');
				// As a shell does with its jobs.
				const line = `'${process.execPath}' '${program}' & trap "kill -HUP $!" HUP; wait; wait $!; echo $? >'${code}'`;
				const terminal = execa(SCRIPT, ['-qc', line, '/dev/null'], {
					cwd: repository.path,
					env: { ...repository.env, TERM: 'xterm', SHELL: '/bin/sh' },
					extendEnv: false,
					reject: false,
				});
				await atWork(repository);
				terminal.kill('SIGKILL');
				await terminal;
				await noProcessOf(repository.scratch, 10_000);
				expect(await repository.notes('code')).toEqual(['129']);
			}),
	);
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
				await atWork(repository);
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

const FAKETIME = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/faketime/libfaketime.so.1`;

/** The Debian package faketime; where it is missing, nobody can set a clock for one process. */
describe.runIf(existsSync(FAKETIME))('a clock that is set (libfaketime)', () => {
	it('forward by hours ends no session, and ends a wait whose time has come', () =>
		withRepository(
			scripted({ worker: LIMITED_ONCE }, { tasks: [TASK] }, { worker: ['idle: 20s', 'limit: 60s'] }),
			async (repository) => {
				const loop = startLoop(repository, ['--until-done'], await byClock(repository));
				await atWork(repository);
				await setClock(repository, '+3h');
				await repository.note('nod', 'go on');
				const wait = await loop.seen('waiting');
				expect(wait).toMatchObject({ for: { kind: 'limit' } });
				await setClock(repository, '+6h');
				await loop.seen('resumed');
				expect((await loop.ended).exitCode).toBe(0);
				const ends = loop.events.flatMap(({ event, end }) => (event === 'worked' ? [kindOf(end)] : []));
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
			await atWork(repository);
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

function atWork(repository: Repository): Promise<void> {
	return eventually(
		async () => (await repository.notes('sessions')).length > 0,
		() => 'a session',
	);
}

function kindOf(told: unknown): string {
	return (told as { kind: string }).kind;
}

async function landedAndEnded(loop: Loop): Promise<number | null> {
	const { exitCode } = await loop.ended;
	const landings = loop.events.filter(({ event }) => event === 'landed').length;
	if (landings !== 1) throw new Error(`landed ${landings} times\n${story(loop.events)}`);
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
