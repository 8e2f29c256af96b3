import { loop } from '../../loop.ts';
import type {
	Ending,
	Entry,
	Prompt,
	SessionEnd,
	SessionOrder,
	SessionReport,
	World,
} from '../../src/core/types.ts';
import { approves, fakeWorld, newDisk, prompt, rejects } from './fake-world.ts';
import type { Disk, FakeOptions } from './fake-world.ts';

/** A night in virtual time: the real loop over a world in which only the clock moves. All times in ms from its start. */
export interface NightPlan {
	readonly todo: string;
	/** The last one in each list is the one that comes last. */
	readonly agents: readonly string[];
	readonly troubles: readonly Trouble[];
	/** Tasks whose next sessions hang, one for each time that they are named. */
	readonly hangs: readonly string[];
	/** Tasks that no reviewer approves. */
	readonly impossible: readonly string[];
	/** When the lid is closed, and for how long. */
	readonly suspend: { readonly at: number; readonly ms: number } | null;
	readonly edits: readonly { readonly at: number; readonly edit: (todo: string) => string }[];
	/** After so many effects the loop is killed, and started again. */
	readonly kills: readonly number[];
	readonly budget?: number;
}

/** An agent cannot be used for a while. `hidden`: a limit that names no reset. */
export interface Trouble {
	readonly agent: string;
	readonly kind: 'limit' | 'hidden' | 'outage' | 'auth';
	readonly from: number;
	readonly to: number;
}

/** What came of it. `idle`: neither a session ran nor was the machine suspended. */
export interface Morning {
	readonly disk: Disk;
	readonly ending: Ending;
	readonly ms: number;
	readonly idle: number;
	readonly suspended: number;
	readonly waits: readonly Wait[];
	readonly starts: number;
}

/** A wait for an agent, and how long it went on after one of them could have been used again. */
interface Wait {
	readonly kind: string;
	readonly ms: number;
	readonly late: number;
}

export const MINUTE = 60_000;
const WORK = 3 * MINUTE;
const REVIEW = MINUTE;
/** What it takes an agent to be turned away. */
const TURNED_AWAY = 5000;
const PATIENCE = 15 * MINUTE;

export async function spend(plan: NightPlan): Promise<Morning> {
	const disk = newDisk(plan.todo);
	const start = disk.clock;
	const clock = openClock(disk, plan.suspend, start);
	const hangs = [...plan.hangs];
	const kills = [...plan.kills];
	const edits = [...plan.edits];
	const [agent, ...fallback] = plan.agents;
	const by = (name: string): Prompt => prompt(name, { agent: agent!, fallback });
	const run = (order: SessionOrder, ms: number, done: () => Partial<SessionReport>) =>
		session(plan, hangs, clock, start, order, ms, done);
	let effects = 0;
	const options: FakeOptions = {
		worker: by('worker'),
		reviewers: [by('reviewer')],
		settings: { budget: { usd: null, tokens: plan.budget ?? null, sessions: null } },
		work: (order) => run(order, WORK, () => ({})),
		review: (order) =>
			run(order, REVIEW, () => (plan.impossible.includes(order.text) ? rejects('it cannot be') : approves)),
		person: (disk) => {
			while (edits[0] && disk.clock - start >= edits[0].at) disk.todo = edits.shift()!.edit(disk.todo);
		},
		at: () => {
			effects++;
			if (kills[0] === undefined || effects < kills[0]) return;
			kills.shift();
			throw new Error('killed');
		},
	};
	let idle = 0;
	const inTime = (world: World): World => ({
		...world,
		async rest(until) {
			const step = Math.min(until ?? Number.POSITIVE_INFINITY, disk.clock + MINUTE) - disk.clock;
			idle += Math.max(0, step);
			clock.pass(step);
		},
	});
	for (let starts = 1; ; starts++) {
		try {
			const ending = await loop(inTime(fakeWorld(disk, options)));
			const ms = disk.clock - start;
			return {
				disk,
				ending,
				ms,
				idle,
				suspended: clock.suspended(),
				waits: waitsOf(plan, disk, start),
				starts,
			};
		} catch (error) {
			if (!String(error).includes('killed')) throw error;
		}
	}
}

function openClock(disk: Disk, suspend: NightPlan['suspend'], start: number) {
	let left = suspend;
	return {
		pass(ms: number) {
			disk.clock += Math.max(0, ms);
			if (!left || disk.clock - start < left.at) return;
			disk.clock += left.ms;
			left = null;
		},
		now: () => disk.clock,
		suspended: () => (left ? 0 : (suspend?.ms ?? 0)),
	};
}

/** One session: it is turned away at once, or cut off when the trouble begins, or hangs, or does what it should. */
function session(
	plan: NightPlan,
	hangs: string[],
	clock: ReturnType<typeof openClock>,
	start: number,
	order: SessionOrder,
	ms: number,
	done: () => Partial<SessionReport>,
): Partial<SessionReport> {
	const from = clock.now() - start;
	const at = (time: number) => troubleOf(plan, order.prompt.agent, time);
	if (at(from)) {
		clock.pass(TURNED_AWAY);
		return { end: endOf(at(from)!, start), usage: { usd: 0, tokens: 0 } };
	}
	const hang = hangs.indexOf(order.text);
	if (hang !== -1 && order.role === 'worker') {
		hangs.splice(hang, 1);
		clock.pass(PATIENCE);
		return { end: { kind: 'idle', ms: PATIENCE } };
	}
	const meets = plan.troubles.filter(
		(each) => each.agent === order.prompt.agent && each.from > from && each.from < from + ms,
	);
	const first = meets.toSorted((one, other) => one.from - other.from)[0];
	clock.pass(first ? first.from - from : ms);
	return first ? { end: endOf(first, start) } : done();
}

function troubleOf({ troubles }: NightPlan, agent: string, time: number): Trouble | undefined {
	return troubles.find((each) => each.agent === agent && each.from <= time && time < each.to);
}

function endOf({ kind, to }: Trouble, start: number): SessionEnd {
	if (kind === 'outage' || kind === 'auth') return { kind, message: kind };
	return { kind: 'limited', until: kind === 'limit' ? start + to : null, message: 'limit' };
}

function waitsOf(plan: NightPlan, disk: Disk, start: number): Wait[] {
	return disk.journal.flatMap((entry, index) => {
		if (entry.event !== 'waiting' || !('agent' in entry.for)) return [];
		const over = disk.journal.slice(index).find(({ event }) => event === 'resumed' || event === 'ended');
		const [from, to] = [timeOf(entry), timeOf(over!)].map((time) => time - start) as [number, number];
		const back = Math.min(...plan.agents.map((agent) => backAt(plan, agent, from)));
		// Nobody wakes up before the lid is opened.
		const opened = plan.suspend ? plan.suspend.at + plan.suspend.ms : 0;
		const wasAsleep = plan.suspend !== null && from <= plan.suspend.at && to >= opened;
		return [{ kind: entry.for.kind, ms: to - from, late: to - (wasAsleep ? Math.max(back, opened) : back) }];
	});
}

/** When an agent can be used again that cannot be now; troubles may follow each other. */
function backAt(plan: NightPlan, agent: string, from: number): number {
	let time = from;
	for (let each = troubleOf(plan, agent, time); each; each = troubleOf(plan, agent, time)) time = each.to;
	return time;
}

function timeOf({ at }: Entry): number {
	return Date.parse(at);
}
