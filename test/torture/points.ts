/**
 * `npm run points -- --every 25 --walls auto --faults`: one chapter of the loop's work after the other, stopped or made to fail
 * at each single call that changes a file, then started again as a person would.
 */
import { execa } from 'execa';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Photograph, photograph } from '../helpers/checker.ts';
import { endProcessesOf } from '../helpers/processes.ts';
import { copyTo, type Repository, withRepository } from '../helpers/repository.ts';
import { chapters, openCycle, planOf, type Run } from './cycle.ts';
import { gitCallsIn, type GitCall, type GitDeed, gitTrace } from './git-points.ts';
import { meddleWithGit, recordGits, restoreGit } from './git-points.ts';
import { type Call, callsIn, type Deed, meddling, recording, wasHit } from './strace.ts';

/** One case: what is done to which call of whom. */
type Point =
	| { readonly of: 'loop'; readonly call: Call; readonly deed: Deed }
	| { readonly of: 'git'; readonly call: GitCall; readonly deed: GitDeed };

interface Outcome {
	readonly point: Point;
	readonly hit: boolean;
	readonly wrong: readonly string[];
}

const { values } = parseArgs({
	options: {
		every: { type: 'string', default: '1' },
		from: { type: 'string', default: '0' },
		walls: { type: 'string', default: 'auto' },
		chapter: { type: 'string' },
		jobs: { type: 'string', default: '2' },
		only: { type: 'string' },
		faults: { type: 'boolean', default: false },
	},
});

/** By Ctrl-C: what was begun is finished, and added up. */
let isEnough = false;
process.on('SIGINT', () => (isEnough = true));

const errors: Readonly<Record<string, readonly string[]>> = {
	ENOSPC: ['write', 'writev', 'pwrite64', 'copy_file_range', 'rename', 'link', 'symlink', 'mkdir', 'openat'],
	EIO: [
		'write',
		'writev',
		'pwrite64',
		'copy_file_range',
		'ftruncate',
		'fsync',
		'fdatasync',
		'rename',
		'unlink',
	],
	EMFILE: ['openat'],
	EACCES: ['rename', 'link', 'symlink', 'unlink', 'mkdir', 'rmdir', 'openat'],
};

if (await has('strace')) {
	const wrong: Outcome[] = [];
	const names = Object.keys(chapters).filter((name) => name.includes(values.chapter ?? ''));
	for (const name of names) wrong.push(...(await goThrough(name)));
	process.exitCode = wrong.length > 0 ? 1 : 0;
} else console.log('left out: strace is not here (Debian: apt-get install strace)');

/** All points of a chapter; what went wrong. */
async function goThrough(chapter: string): Promise<Outcome[]> {
	const outcomes: Outcome[] = [];
	const parent = await realpath(process.env['NIGHTLOOP_TEST_DIR'] ?? tmpdir());
	const around = await mkdtemp(join(parent, 'nightloop-points-'));
	const startedAt = performance.now();
	try {
		await withRepository(planOf(chapter, values.walls), async (original) => {
			const before = await photograph(original);
			const slots = await Promise.all(
				Array.from({ length: Number(values.jobs) }, (_, index) =>
					openSlot(chapter, join(around, `${index}`), original, before),
				),
			);
			const points = chosen(slots[0]?.points ?? []);
			console.log(
				`${chapter} (walls ${values.walls}): ${points.length} of ${slots[0]?.points.length} points`,
			);
			const todo = points.values();
			const work = async (slot: Slot) => {
				for (const point of todo) {
					if (isEnough) return;
					const outcome = await slot.meet(point);
					outcomes.push(outcome);
					for (const line of outcome.wrong) console.log(`  ${nameOf(point)}: ${line}`);
				}
			};
			await Promise.all(slots.map(work));
		});
	} finally {
		await rm(around, { recursive: true, force: true, maxRetries: 5 });
	}
	console.log(summary(outcomes, (performance.now() - startedAt) / 1000));
	return outcomes.filter(({ wrong }) => wrong.length > 0);
}

/** Where one case after the other is tried: always the same path, so that all calls name the same files. */
interface Slot {
	readonly points: readonly Point[];
	meet(point: Point): Promise<Outcome>;
}

async function openSlot(
	chapter: string,
	folder: string,
	original: Repository,
	before: Photograph,
): Promise<Slot> {
	await mkdir(folder, { recursive: true });
	const scratch = join(folder, 'scratch');
	const log = join(folder, 'trace');
	const first = await copyTo(scratch, original);
	await recordGits(first);
	const run = await openCycle(chapter, first, before).run(recording(log));
	if (run.exitCode !== 0 && run.exitCode !== 3) throw new Error(`it does not end by itself: ${run.stderr}`);
	const recorded = await callsIn(log, scratch);
	const gits = await gitCallsIn(first);
	const cache = recorded
		.map(({ file }) => /\/cache\/nightloop\/([0-9a-f]{16})/.exec(file)?.[1])
		.find(Boolean);
	const fileOf = ({ path }: Call) => path.replace('$S', scratch).replace('$C', cache ?? '');
	return {
		points: [...recorded.flatMap(({ call }) => deedsOf(call)), ...gits.flatMap((call) => gitDeedsOf(call))],
		async meet(point) {
			const repository = await copyTo(scratch, original);
			try {
				await rm(log, { force: true });
				await restoreGit(repository);
				if (point.of === 'git') await meddleWithGit(repository, point.call, point.deed);
				const by = point.of === 'loop' ? meddling(log, point.call, fileOf(point.call), point.deed) : [];
				const wrong = await recovers(chapter, repository, before, by);
				return {
					point,
					wrong,
					hit: await wasHit(point.of === 'loop' ? log : gitTrace(repository, point.call)),
				};
			} catch (error) {
				return { point, wrong: [String(error)], hit: true };
			} finally {
				await endProcessesOf(scratch);
			}
		},
	};
}

/** One loop that is meddled with, and as many after it as a person would start: the one that ends as it should is the last. */
async function recovers(
	chapter: string,
	repository: Repository,
	before: Photograph,
	by: readonly string[],
): Promise<string[]> {
	const cycle = openCycle(chapter, repository, before);
	const wrong: string[] = [];
	for (let starts = 0; starts < 4; starts++) {
		const run = await cycle.run(starts === 0 ? by : []);
		if (starts === 0) await restoreGit(repository);
		wrong.push(...(await cycle.now()));
		if (run.exitCode === 0 || run.exitCode === 3) return [...wrong, ...(await cycle.inTheEnd())];
		wrong.push(...unclear(run));
	}
	return [...wrong, 'I8: four starts, and it has not ended'];
}

/** Killed is what was wanted, and exit 2 is for a person to read before the next start. A bug is neither. */
function unclear({ exitCode, stderr, events }: Run): string[] {
	if (exitCode === null) return [];
	const isClear = /\n {2}why: .*\n {2}fix: /.test(stderr);
	if (isClear && exitCode === 2) return [];
	const last = events.at(-1)?.event ?? 'nothing';
	return [`exit ${exitCode} after "${last}": ${stderr.slice(0, 600)}`];
}

function deedsOf(call: Call): Point[] {
	const kills: Deed[] =
		call.since === 'nothing' ? [{ kind: 'after' }] : [{ kind: 'before' }, { kind: 'after' }];
	const deeds = values.faults
		? errorsOf(call).flatMap((error) => [1, 3].map((times): Deed => ({ kind: 'fails', error, times })))
		: kills;
	return deeds.map((deed) => ({ of: 'loop', call, deed }));
}

function gitDeedsOf(call: GitCall): Point[] {
	const deeds: GitDeed[] = values.faults
		? errorsOf(call).map((error) => ({ kind: 'fails', error }))
		: [{ kind: 'alone' }, { kind: 'with the loop' }];
	return deeds.map((deed) => ({ of: 'git', call, deed }));
}

/** Of all writes of a thread some are node's own, to itself: none of these can fail on a real machine. */
function errorsOf({ syscall, ...more }: Call | GitCall): string[] {
	if (syscall === 'write' && 'among' in more && more.among === 'all') return [];
	return Object.keys(errors).filter((error) => errors[error]?.includes(syscall));
}

function chosen(points: readonly Point[]): readonly Point[] {
	const wanted = points.filter((point) => nameOf(point).includes(values.only ?? ''));
	return wanted.filter((_, index) => (index - Number(values.from)) % Number(values.every) === 0);
}

function nameOf({ of, call, deed }: Point): string {
	const what =
		deed.kind === 'fails'
			? [deed.error, ...('times' in deed ? [`x${deed.times}`] : [])].join(' ')
			: deed.kind;
	const where = 'git' in call ? call.git : call.path;
	return `${of} ${call.syscall} ${where} #${call.nth} ${what}`;
}

/** By syscall, for the table. */
function summary(outcomes: readonly Outcome[], seconds: number): string {
	const groups = new Map<string, Outcome[]>();
	for (const outcome of outcomes) {
		const name = `${outcome.point.of} ${outcome.point.call.syscall}`;
		groups.set(name, [...(groups.get(name) ?? []), outcome]);
	}
	const rows = [...groups].map(([name, all]) => {
		const hit = all.filter((one) => one.hit).length;
		const bad = all.filter(({ wrong }) => wrong.length > 0).length;
		return `  ${name}: ${all.length} tried, ${hit} hit, ${all.length - bad} recovered`;
	});
	const hit = outcomes.filter((one) => one.hit);
	const distinct = new Set(hit.map(({ point }) => nameOf(point))).size;
	const bad = outcomes.filter(({ wrong }) => wrong.length > 0).length;
	const total = `  ${outcomes.length} tried, ${distinct} distinct points hit, ${outcomes.length - bad} recovered, in ${Math.round(seconds)} s`;
	return [...rows.toSorted(), total].join('\n');
}

async function has(program: string): Promise<boolean> {
	const { exitCode } = await execa('sh', ['-c', `command -v ${program}`], { reject: false });
	return exitCode === 0;
}
