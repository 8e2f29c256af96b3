import { execa } from 'execa';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '../helpers/eventually.ts';
import { type Ended, type Loop, startLoop } from '../helpers/nightloop.ts';
import { agent, list, type Plan, type Repository, withRepository } from '../helpers/repository.ts';

/** How long one that was turned away took, in ms. */
export interface Loser {
	/** From its spawn to its end, as a person at the terminal waits. */
	readonly spawned: number;
	/** From its first line of code to its end: without the start of node itself. */
	readonly ran: number;
	/** Of a processor, node's start included: what does not depend on who else is at work. */
	readonly processor: number;
}

export interface Rounds {
	readonly violations: string[];
	/** Turned away among many, and alone. */
	readonly losers: Loser[];
	readonly alone: Loser[];
	/** Rounds in which the killed one held the lock until the last of the others had asked. */
	unclaimed: number;
	/** In how many ways the same work tree was named. */
	ways: number;
}

interface Order {
	readonly rounds: number;
	readonly starters: number;
	readonly walls: string;
	readonly random: () => number;
}

/** Starts many loops in one work tree at once, while the one that holds it is killed: again and again. */
export async function startMany(order: Order): Promise<Rounds> {
	const result: Rounds = { violations: [], losers: [], alone: [], unclaimed: 0, ways: 0 };
	try {
		await withRepository(planFor(order.walls), async (repository) => {
			const ways = await waysTo(repository);
			result.ways = ways.length;
			let holder: Loop | null = null;
			for (let round = 0; round < order.rounds; round++) {
				holder = await playRound({ repository, ways, order, result, killed: holder });
				if (result.violations.length > 0) return;
			}
			holder?.kill('SIGKILL');
		});
	} catch (error) {
		result.violations.push(String(error));
	}
	return result;
}

/** A command to run the loop by, and further words for it. */
interface Way {
	readonly by: readonly string[];
	readonly words: readonly string[];
}

interface Round {
	readonly repository: Repository;
	readonly ways: readonly Way[];
	readonly order: Order;
	readonly result: Rounds;
	/** Held the work tree so far. */
	readonly killed: Loop | null;
}

async function playRound(round: Round): Promise<Loop | null> {
	const { repository, ways, order, result, killed } = round;
	const starters = Array.from({ length: order.starters }, (_, index) =>
		begin(repository, ways[index % ways.length]!),
	);
	await pause(order.random() * 400);
	killed?.kill('SIGKILL');
	await killed?.ended;
	const holder = (await lastOf(starters)) ?? (await lastHope(round));
	const losers = starters.filter((each) => each !== holder);
	const names = [killed, holder?.loop].flatMap((loop) => loop?.pid ?? []);
	for (const { loop } of losers) result.violations.push(...wrongIn(await loop.ended, names));
	result.violations.push(
		...(await repository.notes('overlaps')).map((line) => `two agents at once: ${line}`),
	);
	if (!holder) return null;
	const late = begin(repository, ways[0]!);
	result.violations.push(...wrongIn(await late.loop.ended, [holder.loop.pid]));
	const stamps = await stampsOf(repository);
	result.losers.push(...losers.map((each) => timesOf(each, stamps)));
	result.alone.push(timesOf(late, stamps));
	return holder.loop;
}

/** All were turned away: by the one that was killed then, or something is wrong. */
async function lastHope({ repository, ways, result, killed }: Round): Promise<Starter | null> {
	if (killed) result.unclaimed++;
	else result.violations.push('of those that started first, none held it');
	return lastOf([begin(repository, ways[0]!)]);
}

interface Starter {
	readonly loop: Loop;
	end: Ended | null;
}

function begin(repository: Repository, { by, words }: Way): Starter {
	const env = {
		...repository.env,
		STAMPS: join(repository.scratch, 'log/stamps'),
		NODE_OPTIONS: `--import=${pathToFileURL(join(process.cwd(), 'test/torture/stamp.mjs')).href}`,
	};
	const starter: Starter = { loop: startLoop({ ...repository, env }, words, by), end: null };
	void starter.loop.ended.then(
		(end) => (starter.end = end),
		() => undefined,
	);
	return starter;
}

/** The one that holds the work tree when all others have ended. null: none does. */
async function lastOf(starters: readonly Starter[]): Promise<Starter | null> {
	const living = () => starters.filter(({ end }) => end === null);
	const hasStarted = ({ loop }: Starter) => loop.events.some(({ event }) => event === 'opened');
	await eventually(
		() => living().length === 0 || (living().length === 1 && living().every(hasStarted)),
		() =>
			`one of them: ${living()
				.map(({ loop }) => loop.pid)
				.join(' ')} live`,
		120_000,
	);
	return living()[0] ?? null;
}

/** The message names who holds it: the one before, or the one after. */
function wrongIn({ exitCode, stderr }: Ended, names: readonly number[]): string[] {
	const isRight = exitCode === 5 && names.some((pid) => new RegExp(`pid ${pid}\\b`).test(stderr));
	return isRight ? [] : [`exit ${exitCode}, held by ${names.join(' or ')}: ${stderr}`];
}

type Stamps = ReadonlyMap<number, { ran: number; processor: number }>;

async function stampsOf(repository: Repository): Promise<Stamps> {
	const lines = (await repository.notes('stamps')).map((line) => line.split(' ').map(Number));
	return new Map(lines.map(([pid = 0, , ran = NaN, processor = NaN]) => [pid, { ran, processor }]));
}

function timesOf({ loop, end }: Starter, stamps: Stamps): Loser {
	const { ran, processor } = stamps.get(loop.pid) ?? { ran: NaN, processor: NaN };
	return { spawned: end?.ms ?? NaN, ran, processor };
}

/** The same work tree by its path, a symbolic link, a folder in it, and where it can be had another mount. */
async function waysTo({ path, scratch }: Repository): Promise<Way[]> {
	const link = join(scratch, 'link');
	await symlink(path, link);
	const there = (folder: string) => ['sh', '-c', `cd '${folder}' && exec "$@"`, 'sh'];
	const ways: Way[] = [
		{ by: [], words: [] },
		{ by: there(link), words: [] },
		{ by: [], words: ['-C', 'part'] },
	];
	const mounted = join(scratch, 'cache/mounted');
	const mount = `mkdir -p '${mounted}' && mount --bind '${path}' '${mounted}' && cd '${mounted}' && exec "$@"`;
	for (const user of [[], ['--user', '--map-root-user']]) {
		const by = ['unshare', '--mount', ...user, 'sh', '-c', mount, 'sh'];
		const { exitCode } = await execa('unshare', [...by.slice(1), 'true'], { reject: false });
		if (exitCode === 0) return [...ways, { by, words: [] }];
	}
	return ways;
}

function planFor(walls: string): Plan {
	const settings = [`walls: ${walls}`];
	const tasks = ['wait'];
	const prompt = (name: string) => `---\nagent: ${agent(name)}\n---\n{{task}}\n`;
	return {
		tasks,
		settings,
		worker: 'waits-for-ever',
		files: {
			'part/todo.md': list(tasks, settings),
			'part/prompts/worker.md': prompt('waits-for-ever'),
			'part/prompts/reviewer.md': prompt('approves'),
		},
	};
}
