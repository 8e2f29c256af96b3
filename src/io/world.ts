import type {
	AgentPayer,
	CommitId,
	Entry,
	Interrupt,
	Mode,
	Scene,
	SessionOrder,
	World,
} from '../core/types.ts';
import { changesLeft, propose } from './git/candidate.ts';
import { isGitError } from './git/git.ts';
import { isAuthor } from '../core/notes.ts';
import { withLeft } from '../core/orders.ts';
import { againIfKilled } from './git/killed.ts';
import { noteBefore, putRight } from './integrity/integrity.ts';
import type { Journal } from './journal.ts';
import { clear } from './git/keep.ts';
import { noteInstalled } from './room/installed.ts';
import { openRejected } from './git/rejected.ts';
import { land, seal } from './git/landing.ts';
import { noteHolder } from './lock-folder.ts';
import { layersOf, remove } from './walls/layers.ts';
import { isMachines, withMishaps } from './mishap.ts';
import { packLoose } from './git/pack-loose.ts';
import { position } from './git/position.ts';
import { noteStart } from './git/starts.ts';
import { openPrivateIndex } from './git/private-index.ts';
import { sweep } from './processes.ts';
import type { Project } from './project.ts';
import type { Overrides } from '../core/rules/settings.ts';
import type { StartRules } from './steering/rules-at-start.ts';
import { openSteering } from './steering/scene.ts';
import { asText } from './steering/steering-files.ts';
import { markOf } from './session/session-mark.ts';
import { openMarker } from './steering/marker.ts';
import type { Marker } from './steering/marker.ts';
import { openChoice } from './walls/choice.ts';
import { reachOf } from './walls/walls.ts';
import type { Reach } from './walls/walls.ts';
import { openLogRoom } from './session/log-room.ts';
import type { OnTool } from './session/session.ts';
import { openWithinWalls } from './session/within-walls.ts';
import { openRecorder } from './recorder.ts';
import { openWakefulness } from './keep-awake.ts';
import { payersOf, withPayer } from './payers.ts';

export interface WorldOptions {
	readonly project: Project;
	readonly overrides: Overrides;
	readonly rules: StartRules;
	readonly mode: Mode;
	readonly journal: Journal;
	/** Untracked paths that are the person's, and never part of a candidate. */
	readonly leaveOut: readonly string[];
	/** The branch that the run works on, as a full ref. */
	readonly branch: string;
	/** Aborted when a person asks to stop now. */
	readonly stopNow: AbortController;
	readonly onEntry: (entry: Entry) => void;
	readonly onScene: (scene: Scene) => void;
	readonly onTool: OnTool;
	/** To be told when it has started. */
	readonly notices: readonly string[];
}

/** The verbs, of which each throws a `Mishap` for what the machine says no with. */
export async function openWorld(options: WorldOptions): Promise<OpenWorld> {
	const { dispose, stop, ...verbs } = await openVerbs(options);
	return { ...withMishaps(verbs), dispose, stop };
}

export interface OpenWorld extends World {
	/** What a person asked for by signal. */
	stop(): Scene['stop'];
	dispose(): Promise<void>;
}

/** Wires the verbs: the only place that knows all of io. */
async function openVerbs(options: WorldOptions): Promise<OpenWorld> {
	const { project, journal, leaveOut } = options;
	const { record, tell, told, heed, close } = openRecorder(options);
	const steering = await openSteering(options, { tell, told });
	const index = openPrivateIndex(project);
	const marker = openMarker(project.todo, { isUrgent: async () => (await look()).stop.kind === 'now' });
	const mark = markOf(project);
	const walls = openChoice(project, async () => (await steering.look()).settings.walls);
	let payers: readonly AgentPayer[] = [];
	const awake = await openWakefulness(project.root);
	const notice = (text: string) => tell({ event: 'notice', text });
	const within = openWithinWalls(project, index, mark, walls.inForce, awake, notice);
	const rejected = openRejected(project);
	const room = openLogRoom(project.logs);
	const optional = async () => (await steering.look()).settings.optional;
	const tidy = async () => putRight(project, writeMark, await optional());
	// Without what was told: a journal that has no room to be written to must not keep a session from being ended.
	const asking = (interrupt: Interrupt) => async () => interrupt(heed(await steering.look()));
	const look = async () => {
		const scene = heed(await steering.look());
		await told();
		return scene;
	};

	return {
		history: async () => journal.entries,
		async record(event) {
			steering.recorded(event);
			return record(event);
		},
		look,
		async start() {
			noteHolder(project.state);
			await sweep(mark);
			steering.session('ended', 'everything');
			// Left by a dead loop, and they can be large.
			await remove(layersOf(project, ''));
			// What a session, or a check, was doing when the loop died.
			const lines = await againIfKilled(tidy);
			const now = await walls.choose();
			const lower = now.level === 'groups' && now.why !== null ? [`walls: groups only (${now.why})`] : [];
			[...lines, ...options.notices, ...lower].forEach(notice);
			const at = await position(project);
			await noteStart(project, at.head, new Date());
			await rejected.expire();
			const { worker, reviewers } = await steering.look();
			payers = payersOf([worker, ...reviewers], project.folder);
			return { ...at, walls: now.level, payers };
		},
		open: async (order) => openAt(options, order, reachOf(await walls.choose(), order.role)),
		async session(order, interrupt) {
			(await room.make()).forEach(notice);
			const reach = reachOf(walls.inForce(), order.role);
			const told = await withWhatIsLeft(order, (base) => changesLeft(project, index, base, leaveOut));
			steering.session('begins', reach);
			steering.watch();
			const running = within.session(told, asking(interrupt), options.onTool);
			const report = await running.finally(() => steering.session('ended', reach));
			return withPayer(report, order.prompt.agent, payers);
		},
		async settle(role) {
			const lines = await tidy();
			const drift = role === 'reviewer' ? await index.drift(leaveOut) : [];
			return { drift: drift.map(asText), putRight: lines };
		},
		propose: (attempt) => propose(project, index, attempt, leaveOut),
		check: (candidate, plan, interrupt) => guarded(() => within.check(candidate, plan, asking(interrupt))),
		keep: (attempt) => rejected.keep(attempt),
		seal: async (attempt, candidate, message) => seal(project, attempt, candidate, message, await optional()),
		land: async (attempt, candidate, sealed) => land(project, attempt, candidate, sealed, await optional()),
		mark: async (task, as, equals) => writeMark(task, as, await optional(), equals),
		clear: (task, keep) => clear(project, index, task, keep, leaveOut),
		rest: (until) => steering.rest(until),
		async close() {
			const { head } = await position(project);
			return index.treeOf(head, leaveOut, 'left out').catch(unknownTree);
		},
		stop: () => steering.stop(),
		async dispose() {
			await close();
			await steering.close();
			// What could not be told is why the loop ends, or what it ended in spite of.
			await told().catch(unlessMachines);
		},
	};

	/** Checks run what a worker wrote: what they touch outside of their room is put right as after a session. */
	async function guarded<Result>(run: () => Promise<Result>): Promise<Result> {
		const reach = reachOf(await walls.choose(), 'check');
		// What checks that the machine cut short have touched is not to be noted as it was before.
		await putBack();
		await noteBefore(project, await position(project), reach);
		steering.session('begins', reach);
		const result = await run().finally(() => steering.session('ended', reach));
		await putBack();
		return result;
	}

	async function putBack(): Promise<void> {
		for (const text of await tidy()) notice(`after the checks: ${text}`);
	}

	/** Our own marks are no edits: they act at once. */
	async function writeMark(
		...[task, as, isOptional, equals]: Parameters<Marker['mark']>
	): ReturnType<Marker['mark']> {
		const result = await marker.mark(task, as, isOptional, equals);
		if ('outcome' in result) steering.marked(task, as);
		return result;
	}
}

/** A worker is told what the session before left, which is there to be gone on with. */
async function withWhatIsLeft(
	order: SessionOrder,
	left: (base: CommitId) => ReturnType<typeof changesLeft>,
): Promise<SessionOrder> {
	if (order.cutOff === null || order.base === null) return withLeft(order, null);
	return withLeft(order, await left(order.base));
}

/** Notes what a session could touch, on the branch that the run works on. */
async function openAt(
	{ project, branch }: WorldOptions,
	order: SessionOrder,
	reach: Reach,
): ReturnType<World['open']> {
	const at = await position(project);
	if (at.branch !== branch) {
		return { elsewhere: `${at.branch} is checked out, and this run works on ${branch}` };
	}
	const base = order.base ?? at.head;
	if (isAuthor(order.role)) {
		await packLoose(project);
		await noteInstalled(project, base);
	}
	await noteBefore(project, at, reach);
	return { base, branch };
}

function unlessMachines(error: unknown): void {
	if (!isMachines(error)) throw error;
}

/** A work tree that git cannot read is left as it is: the next start does not know it again. */
function unknownTree(error: unknown): null {
	if (isGitError(error) && !isMachines(error)) return null;
	throw error;
}
