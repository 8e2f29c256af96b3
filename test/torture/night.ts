import { setTimeout as pause } from 'node:timers/promises';
import { boxes, duringViolations, landedSince, photograph, violations } from '../helpers/checker.ts';
import { type Ended, type Loop, startLoop, story } from '../helpers/nightloop.ts';
import { noProcessOf } from '../helpers/processes.ts';
import { type Plan, type Repository, withRepository } from '../helpers/repository.ts';

const tasks = [
	'the first thing',
	'the second thing',
	'the third thing',
	'the fourth thing',
	'the fifth thing',
];

/** After which a kill may fall: every step of an attempt. */
const steps = [
	'started',
	'opened',
	'worked',
	'settled',
	'proposed',
	'checked',
	'reviewed',
	'sealed',
	'landed',
	'marked',
];

/** A task that is cut off five times is parked, as it should be: this is about what happens before that. */
const killsPerTask = 4;

export interface Night {
	/** What was wrong, at any time of it. */
	readonly violations: readonly string[];
	/** The kills that hit a living loop: after what, and how many ms later. */
	readonly kills: readonly string[];
	/** From the spawn of a loop to its first event, in ms. */
	readonly startTimes: readonly number[];
}

interface Order {
	readonly walls: string;
	/** At most so many. */
	readonly kills: number;
	readonly random: () => number;
}

/** A list of five tasks, worked off by a loop that is killed at random moments, and started again each time. */
export async function killedNight(order: Order): Promise<Night> {
	const night = { violations: [] as string[], kills: [] as string[], startTimes: [] as number[] };
	try {
		await withRepository(planFor(order.walls), (repository) => workOff(repository, order, night));
	} catch (error) {
		night.violations.push(String(error));
	}
	return night;
}

/** Numbers in [0, 1), the same ones for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

async function workOff(
	repository: Repository,
	{ kills, random }: Order,
	night: { violations: string[]; kills: string[]; startTimes: number[] },
): Promise<void> {
	const before = await photograph(repository);
	const killsOf = new Map<number, number>();
	for (let over = false; !over;) {
		const task = (await landedSince(repository, before.head)).length;
		const killsHere = killsOf.get(task) ?? 0;
		const loop = startTimed(repository, night.startTimes);
		const after = killsHere < killsPerTask ? 'start' : 'landing';
		const kill = night.kills.length < kills ? await killAtRandom(loop, random, after) : null;
		const { exitCode, stderr } = await endOf(loop);
		if (exitCode !== null && exitCode !== 0) night.violations.push(`exit ${exitCode}: ${stderr}`);
		if (exitCode === null) night.kills.push(kill ?? 'by somebody else');
		killsOf.set(task, killsHere + 1);
		night.violations.push(...(await duringViolations(repository, before)));
		over = exitCode !== null;
	}
	await noProcessOf(repository.scratch);
	night.violations.push(...(await violations(repository, before)));
	const done = boxes(await repository.read('todo.md'), 'x');
	if (done.join() !== tasks.join()) night.violations.push(`I8: done is ${done.join(', ')}`);
}

async function endOf(loop: Loop): Promise<Ended> {
	const ended = await Promise.race([loop.ended, pause(60_000, null, { ref: false })]);
	if (ended !== null) return ended;
	throw new Error(`still there after a minute:\n${story(loop.events)}`);
}

function planFor(walls: string): Plan {
	return {
		tasks,
		worker: 'writes-one-file-in-two-halves',
		reviewer: 'approves-after-a-moment',
		settings: [`walls: ${walls}`, "checks: ['true']"],
	};
}

function startTimed(repository: Repository, times: number[]): Loop {
	const startedAt = performance.now();
	const loop = startLoop(repository);
	void loop.seen('started').then(
		() => times.push(performance.now() - startedAt),
		// Killed before it said so.
		() => undefined,
	);
	return loop;
}

/** Half of the kills fall at any time at all, half within 30 ms of a step. null: it ended by itself before. */
async function killAtRandom(
	loop: Loop,
	random: () => number,
	after: 'start' | 'landing',
): Promise<string | null> {
	const step = steps[Math.floor(random() * steps.length)] ?? 'started';
	const [moment, within] = random() < 0.5 ? ['any time', 1500] : [step, 30];
	const ms = random() * within;
	if (!(await reaches(loop, after, moment))) return null;
	await Promise.race([pause(ms), loop.ended]);
	loop.kill('SIGKILL');
	return `${after}, ${moment} + ${Math.round(ms)} ms (${loop.events.at(-1)?.event ?? 'silence'})`;
}

/** Whether the loop comes to that moment before it ends by itself. */
async function reaches(loop: Loop, after: 'start' | 'landing', moment: string): Promise<boolean> {
	const comes = async () => {
		const since = after === 'landing' ? loop.events.indexOf(await loop.seen('landed')) : 0;
		if (moment !== 'any time') await loop.seen(moment, (told) => loop.events.indexOf(told) >= since);
		return true;
	};
	return Promise.race([comes(), loop.ended.then(() => false)]);
}
