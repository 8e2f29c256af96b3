import { randomUUID } from 'node:crypto';
import type { Event, Mark, Mode, Scene, TaskId } from '../../core/types.ts';
import { openBell } from '../bell.ts';
import type { Bell } from '../bell.ts';
import { elsewhere } from '../git/elsewhere.ts';
import { openList } from './list.ts';
import { isMachines, mishap } from '../mishap.ts';
import type { Project } from '../project.ts';
import { openRuleBook } from './rules.ts';
import type { Records, RuleBook } from './rules.ts';
import type { StartRules } from './rules-at-start.ts';
import type { Overrides } from '../../core/rules/settings.ts';
import { shippedVersion } from '../shipped.ts';
import { listenForStop } from '../signals.ts';
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
}

/** Reads it all once. */
export async function openSteering(options: SteeringOptions, records: Records): Promise<Steering> {
	const { project, overrides, mode, branch } = options;
	const bell = openBell();
	const stop = listenForStop(() => bell.ring());
	const self = { process: randomUUID(), version: shippedVersion(), mode };
	const rules = openRuleBook(project, overrides, options.rules, records);
	const { optional } = (await rules.look()).settings;
	const list = openList(project.todo, await stableRead(project.todo), optional, records.tell);
	let away: string | null = null;
	let watcher: ReturnType<typeof watchSteering> | null = null;
	let last: Scene | null = null;
	const look = async (): Promise<Scene> => {
		const { settings, worker, reviewers } = await rules.look();
		const now = Date.now();
		const todo = await list.look(now, settings.settle);
		away = elsewhere(project, branch);
		const spec = specBeside(project);
		const said = { todo, settings, worker, reviewers, spec, elsewhere: away };
		return { ...self, now, ...said, machine: null, stop: stop() };
	};

	return {
		look: async () => (last = await standIn(look, last, stop)),
		marked: (id, as) => list.marked(id, as),
		session: (phase, reach) => rules.session(phase, reach),
		recorded(event) {
			if (event.event === 'opened') rules.attempt('begins');
			else if (endsAttempt(event)) rules.attempt('over');
		},
		watch() {
			watcher ??= watchSteering(project, () => bell.ring());
		},
		async rest(until) {
			const settle = last?.settings.settle ?? 0;
			const times = [until, list.actsAt(settle)].filter((time) => time !== null);
			const end = Math.min(...times, Date.now() + (last?.machine ? SOON : LONGEST));
			const isStale = () => list.isStale() || rules.isStale() || elsewhere(project, branch) !== away;
			await untilStale(bell, end, last?.machine?.kind === 'machine' ? () => false : isStale);
		},
		stop,
		async close() {
			await watcher?.close();
		},
	};
}

/** The last scene stands in for one that could not be looked at, but for the time and what a signal asks. */
async function standIn(
	look: () => Promise<Scene>,
	last: Scene | null,
	stop: () => Scene['stop'],
): Promise<Scene> {
	try {
		return await look();
	} catch (error) {
		if (last === null || !isMachines(error)) throw error;
		const machine = { kind: 'machine', message: mishap(error) } as const;
		return { ...last, now: Date.now(), machine, stop: stop() };
	}
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

async function untilStale(bell: Bell, end: number, isStale: () => boolean): Promise<void> {
	while (Date.now() < end) {
		const heard = await bell.wait(Math.min(GLANCE, end - Date.now()));
		if (heard === 'rang' || isStale()) return;
	}
}
