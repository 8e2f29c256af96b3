import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { Event, Mark, Mode, Scene, TaskId } from '../../core/types.ts';
import { openBell } from '../bell.ts';
import type { Bell } from '../bell.ts';
import { elsewhere } from '../git/elsewhere.ts';
import { openMemorySize } from '../git/memory-size.ts';
import type { MemorySize } from '../git/memory-size.ts';
import { watchDisks } from '../disks.ts';
import { openList } from './list.ts';
import { isMachines, mishap } from '../mishap.ts';
import type { Project } from '../project.ts';
import { openRuleBook } from './rules.ts';
import type { Records, RuleBook } from './rules.ts';
import type { StartRules } from './rules-at-start.ts';
import type { Overrides } from '../../core/rules/settings.ts';
import { shippedVersion } from '../shipped.ts';
import { listenForStop } from '../signals.ts';
import { openFallbacks } from '../start.ts';
import { specBeside } from './spec-beside.ts';
import { stableRead } from './todo-file.ts';
import { watchSteering } from './watch.ts';

/** All that a person says while the loop runs: by the list, the settings, the prompts, and by signals. */
export interface Steering {
	look(): Promise<Scene>;
	/** See `List.marked`. */
	marked(id: TaskId, as: Mark): void;
	/** See `RuleBook.session`. */
	session: RuleBook['session'];
	/** Takes in what was recorded: settings and prompts hold for an attempt. */
	recorded(event: Event): void;
	/** From here on edits are seen as they happen, not only when somebody looks. */
	watch(): void;
	/** Resolves when the time has come, or when something changed. */
	rest(until: number | null): Promise<void>;
	/** What was asked for by signal. */
	stop(): Scene['stop'];
	close(): Promise<void>;
}

interface SteeringOptions {
	readonly project: Project;
	readonly overrides: Overrides;
	readonly rules: StartRules;
	readonly mode: Mode;
	/** The branch of the run, as a full ref. */
	readonly branch: string;
	/** Aborted when a person asks to stop now. */
	readonly stopNow: AbortController;
}

/** Reads it all once. */
export async function openSteering(options: SteeringOptions, records: Records): Promise<Steering> {
	const { project, overrides, mode, branch } = options;
	const bell = openBell();
	const stop = listenForStop(({ kind }) => {
		bell.ring();
		if (kind === 'now') options.stopNow.abort();
	});
	const clock = openWallClock();
	const self = { process: randomUUID(), version: shippedVersion(), mode };
	const rules = openRuleBook(project, overrides, options.rules, records);
	const { optional } = (await rules.look()).settings;
	const list = openList(project.todo, await stableRead(project.todo), optional, records.tell);
	const disks = watchDisks(project);
	const withoutAbsent = openFallbacks();
	const memory = openMemorySize(project);
	let away: string | null = null;
	let watcher: ReturnType<typeof watchSteering> | null = null;
	let last: Scene | null = null;
	const watch = () => void (watcher ??= watchSteering(project, () => bell.ring()));
	const look = async (): Promise<Scene> => {
		const { settings, ...prompts } = await rules.look();
		const todo = await list.look(performance.now(), settings.settle);
		away = elsewhere(project, branch);
		const spec = specBeside(project);
		const who = await withFallbacks(prompts, withoutAbsent);
		const said = { todo, settings, ...who, spec, elsewhere: away, memory: await memory.tokens() };
		return { ...self, ...clock.read(), ...said, machine: disks(), stop: stop() };
	};

	return {
		look: async () => (last = await standIn(look, () => last && { ...last, ...clock.read(), stop: stop() })),
		marked: (id, as) => list.marked(id, as),
		session: (phase, reach) => rules.session(phase, reach),
		recorded: (event) => takeIn(event, rules, clock, memory),
		watch,
		async rest(until) {
			watch();
			const isStale = () =>
				unreadable(() => list.isStale() || rules.isStale() || elsewhere(project, branch) !== away);
			const acts = last ? list.actsAt(last.settings.settle) : null;
			await untilStale(bell, { until, acts, machine: last?.machine ?? null }, isStale);
		},
		stop,
		close: async () => watcher?.close(),
	};
}

async function withFallbacks(
	{ worker, consolidator, reviewers }: Who,
	withoutAbsent: ReturnType<typeof openFallbacks>,
): Promise<Who> {
	const [one, other, ...others] = await withoutAbsent([worker, consolidator, ...reviewers]);
	return { worker: one!, consolidator: other!, reviewers: others };
}

type Who = Pick<Scene, 'worker' | 'consolidator' | 'reviewers'>;

/** The last scene stands in for one that could not be looked at, but for the time and what a signal asks. */
async function standIn(look: () => Promise<Scene>, last: () => Scene | null): Promise<Scene> {
	try {
		return await look();
	} catch (error) {
		const scene = isMachines(error) ? last() : null;
		if (scene === null) throw error;
		return { ...scene, machine: { kind: 'machine', message: mishap(error) } };
	}
}

/** What cannot be read is to be looked at, and told. */
function unreadable(isStale: () => boolean): boolean {
	try {
		return isStale();
	} catch (error) {
		if (!isMachines(error)) throw error;
		return true;
	}
}

interface WallClock {
	/** A wait begins. */
	begin(): void;
	/** The time of day, and how far it was set back since the last wait began. */
	read(): Pick<Scene, 'now' | 'setBack'>;
}

/** Told by a clock that cannot be set. */
function openWallClock(): WallClock {
	const ahead = () => Date.now() - performance.now();
	let last = ahead();
	let setBack = 0;
	return {
		begin() {
			setBack = 0;
		},
		read() {
			const now = ahead();
			// Forward it may just as well have slept: that counts.
			if (now < last - STEP) setBack += last - now;
			last = now;
			return { now: Date.now(), setBack };
		},
	};
}

const STEP = 1000; // ms

function takeIn(event: Event, rules: RuleBook, clock: WallClock, memory: MemorySize): void {
	if (event.event === 'started' || event.event === 'landed') memory.changed();
	if (event.event === 'waiting') clock.begin();
	if (event.event === 'opened') rules.attempt('begins');
	else if (endsAttempt(event)) rules.attempt('over');
}

/** The end of an attempt, or of a session that was cut off: a person may have mended what it failed of. */
function endsAttempt(event: Event): boolean {
	if (event.event === 'worked' || event.event === 'reviewed') return event.end.kind !== 'completed';
	return ['rejected', 'landed', 'parked', 'abandoned'].includes(event.event);
}

/** Even unasked the scene is looked at once a minute, in ms: clocks are set, watchers fail. */
const LONGEST = 60_000;
/** What the machine had too little of is asked for again, in ms. */
const SOON = 2000;
/** A watcher may miss what happens in quick succession: a glance at the files does not, in ms. */
const GLANCE = 150;

/** `until`: by the wall clock; `acts`: by the one that cannot be set. */
interface Rest {
	readonly until: number | null;
	readonly acts: number | null;
	readonly machine: Scene['machine'];
}

async function untilStale(bell: Bell, { until, acts, machine }: Rest, isStale: () => boolean): Promise<void> {
	const ends = [
		performance.now() + (machine ? SOON : LONGEST),
		...(until === null ? [] : [performance.now() + until - Date.now()]),
		...(acts === null ? [] : [acts]),
	];
	const left = () => Math.min(...ends) - performance.now();
	const isTime = () => until !== null && Date.now() >= until;
	while (left() > 0 && !isTime()) {
		const heard = await bell.wait(Math.min(GLANCE, left()));
		// Where nothing can be read, what is stale cannot be told.
		if (heard === 'rang' || (machine?.kind !== 'machine' && isStale())) return;
	}
}
