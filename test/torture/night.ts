import { cp, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { boxes, duringViolations, objectViolations, photograph, violations } from '../helpers/checker.ts';
import type { Photograph } from '../helpers/checker.ts';
import { eventually } from '../helpers/eventually.ts';
import { type Ended, type Loop, startLoop, story } from '../helpers/nightloop.ts';
import { followMemory, noProcessOf } from '../helpers/processes.ts';
import { leavePersonalThings } from '../helpers/personal-things.ts';
import { type Repository, withRepository } from '../helpers/repository.ts';
import { killAtRandom } from './killer.ts';
import { mixedPlan, mixedTasks } from './mix.ts';
import { diskOf, sizeViolations, stateViolations } from './morning.ts';
import { type Person, personAt } from './person.ts';
import { randomFrom } from './random.ts';
import { openSearch, type Search } from './survivors.ts';

export interface Night {
	/** What was wrong, at any time of it. */
	readonly violations: string[];
	/** The kills that hit a living loop: when, and who went with it. */
	readonly kills: string[];
	/** From the spawn of a loop to its first event, in ms. */
	readonly startTimes: number[];
	/** What the person saved, and committed. */
	saves: number;
	commits: number;
	/** How often two were started at the same moment. */
	pairs: number;
	/** Boxes ticked in the end. */
	landed: number;
	/** The most of any loop, in megabytes; and of logs and record together, in the end. */
	memory: number;
	disk: number;
}

interface Order {
	readonly walls: string;
	readonly tasks: number;
	/** At most so many. */
	readonly kills: number;
	/** The same tasks, edits and kills; what they hit is a matter of milliseconds. */
	readonly seed: number;
	/** One of the tasks runs into a limit, which takes a minute and a half. */
	readonly isLimited?: boolean;
}

/** A mixed list, worked off by a loop that is killed at random moments and started again, beside a busy person. */
export async function killedNight(order: Order, night = newNight()): Promise<Night> {
	const tasks = mixedTasks(order.tasks, randomFrom(order.seed), order.isLimited ?? false);
	try {
		await withRepository(mixedPlan(order.walls, tasks), (repository) => workOff(repository, order, night));
	} catch (error) {
		night.violations.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
	}
	return night;
}

/** Of which nothing is known yet. */
export function newNight(): Night {
	return {
		violations: [],
		kills: [],
		startTimes: [],
		saves: 0,
		commits: 0,
		pairs: 0,
		landed: 0,
		memory: 0,
		disk: 0,
	};
}

/** What one night is made of. */
interface Stage {
	readonly repository: Repository;
	readonly night: Night;
	/** Taken again when the person has staged something. */
	before: Photograph;
	isStaged: boolean;
	readonly person: Person;
	readonly search: Search;
	readonly random: () => number;
	/** Whether the loop waits for a limit to pass, and how often it was killed in it. */
	readonly limit: { isWaitedFor: boolean; kills: number };
}

async function workOff(repository: Repository, order: Order, night: Night): Promise<void> {
	await leavePersonalThings(repository);
	const stage: Stage = {
		repository,
		night,
		before: await photograph(repository),
		isStaged: false,
		person: personAt(repository, randomFrom(order.seed + 500_000)),
		search: openSearch(repository, order.walls, night.violations),
		random: randomFrom(order.seed + 1_000_000),
		limit: { isWaitedFor: false, kills: 0 },
	};
	const morning = new AbortController();
	const saving = keepSaving(stage.person, randomFrom(order.seed + 1_500_000), morning.signal);
	try {
		for (let life = 0; !(await isOver(stage, order.kills)); life++) {
			if (life > order.kills * 3) throw new Error('it does not come to an end');
		}
	} finally {
		morning.abort();
		night.saves = await saving;
	}
	await lookInTheMorning(stage);
	if (night.violations.length > 0)
		night.violations.push(`its record is kept: ${await keptRecord(repository)}`);
}

/** A copy of the loop's record that outlives the repository, for who wants to know how it came to be wrong. */
async function keptRecord(repository: Repository): Promise<string> {
	const kept = await mkdtemp(join(tmpdir(), 'nightloop-record-'));
	await cp(join(repository.path, '.git/nightloop'), kept, { recursive: true });
	return kept;
}

/** One more loop. Whether the night is over: nothing is open, or something is wrong. */
async function isOver(stage: Stage, mostKills: number): Promise<boolean> {
	const { night, repository, person, random } = stage;
	const exitCode = await liveOnce(stage, night.kills.length < mostKills);
	if (night.violations.length > 0) return true;
	if (exitCode !== null) return boxes(await repository.read('todo.md'), ' ').length === 0;
	const then = random();
	if (then < 0.2) await person.commit();
	else if (then < 0.4) await stageOnce(stage);
	else if (then < 0.6) night.violations.push(...(await objectViolations(repository)));
	return false;
}

/** In ms. */
const HAND = 2500;

async function stageOnce(stage: Stage): Promise<void> {
	// Before the first start it would be a reason not to start.
	if (stage.isStaged || stage.night.startTimes.length === 0) return;
	// A hand is not there at once: what comes sooner cannot be told from a session that dies with its loop.
	await pause(HAND);
	if ((await stage.person.stage()) === 'not now') return;
	stage.isStaged = true;
	const { staged } = await photograph(stage.repository);
	stage.before = { ...stage.before, staged };
}

/** One loop from its start until it is killed, or ends by itself: with its exit code. */
async function liveOnce(stage: Stage, isKilled: boolean): Promise<number | null> {
	const { night, search, limit } = stage;
	const loop = await start(stage);
	const peak = followMemory(loop.pid);
	search.started(loop);
	const [kill] = await Promise.all([isKilled ? killOnce(stage, loop) : null, look(stage)]);
	const { exitCode, stderr } = await endOf(loop);
	for (const { event, for: what } of loop.events) {
		if (event === 'waiting') limit.isWaitedFor = JSON.stringify(what).includes('"limit"');
		if (event === 'resumed') limit.isWaitedFor = false;
	}
	night.memory = Math.max(night.memory, peak());
	if (exitCode === null) {
		night.kills.push(kill ?? 'by somebody else');
		await search.killed();
	} else if (exitCode !== 0 && exitCode !== 3) {
		night.violations.push(`I8: exit ${exitCode}: ${stderr}\n${story(loop.events.slice(-20))}`);
	}
	return exitCode;
}

/** A wait of a minute and a half is hit a few times, and then let be. */
async function killOnce({ limit, random, night }: Stage, loop: Loop): Promise<string | null> {
	if (limit.isWaitedFor && limit.kills++ >= 3) {
		await eventually(
			() => loop.events.some(({ event }) => event === 'resumed'),
			() => `the end of the wait\n${story(loop.events)}`,
			150_000,
		);
	}
	return killAtRandom(loop, random, night.startTimes.at(-1));
}

/** Sometimes two at once: one of them is turned away, or comes when the other has ended. */
async function start({ repository, night, random }: Stage): Promise<Loop> {
	const one = startTimed(repository, night.startTimes);
	if (random() < 0.8) return one;
	night.pairs++;
	const other = startLoop(repository);
	const [first, second] = await Promise.race([
		one.ended.then(() => [one, other] as const),
		other.ended.then(() => [other, one] as const),
	]);
	if ((await first.ended).exitCode === 5) return second;
	second.kill('SIGKILL');
	await second.ended;
	return first;
}

function startTimed(repository: Repository, times: number[]): Loop {
	const startedAt = performance.now();
	const loop = startLoop(repository);
	void loop.seen('started').then(
		() => times.push(performance.now() - startedAt),
		// Killed before it said so, or turned away.
		() => undefined,
	);
	return loop;
}

async function endOf(loop: Loop): Promise<Ended> {
	const ended = await Promise.race([loop.ended, pause(PATIENCE, null, { ref: false })]);
	if (ended !== null) return ended;
	throw new Error(`still there after ten minutes:\n${story(loop.events.slice(-20))}`);
}

/** For a night that is let be, in ms; one with a limit in it takes longest. */
const PATIENCE = 600_000;

/** What holds at every moment, whether a loop runs or not. */
async function look({ repository, before, person, night }: Stage): Promise<void> {
	const since = { ...before, own: [...person.commits] };
	night.violations.push(...(await duringViolations(repository, since, person.list())));
}

async function lookInTheMorning({ repository, before, person, night, search }: Stage): Promise<void> {
	night.commits = person.commits.length;
	night.landed = boxes(await repository.read('todo.md'), 'x').length;
	night.violations.push(...person.complaints);
	if (night.violations.length > 0) return;
	night.disk = await diskOf(repository);
	await search.over();
	await noProcessOf(repository.scratch);
	const since = { ...before, own: person.commits };
	night.violations.push(
		...(await violations(repository, since, person.list())),
		...(await stateViolations(repository, person)),
		...sizeViolations(night),
	);
}

/** Saves the list every now and then, until the morning. Resolves to how often. */
async function keepSaving(person: Person, random: () => number, morning: AbortSignal): Promise<number> {
	for (let saves = 0; ;) {
		await pause(1000 + random() * 5000);
		if (morning.aborted) return saves;
		if (person.save() === 'saved') saves++;
	}
}
