import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type {
	CheckResult,
	Entry,
	Event,
	Interrupt,
	Mode,
	SessionOrder,
	SessionReport,
	World,
} from '../core/types.ts';
import { propose } from './candidate.ts';
import { runCheck } from './checks.ts';
import { isGitError } from './git.ts';
import { noteBefore, putRight } from './integrity.ts';
import type { Journal } from './journal.ts';
import { clear, keepRejected } from './keep.ts';
import { land, seal } from './landing.ts';
import { memoryAtBase, memoryOnDisk } from './memory-files.ts';
import { position } from './position.ts';
import { openPrivateIndex } from './private-index.ts';
import { sweep } from './processes.ts';
import type { Project } from './project.ts';
import { openRooms } from './room.ts';
import type { Rooms } from './room.ts';
import type { Overrides } from '../core/settings.ts';
import { openSteering } from './scene.ts';
import { asText } from './steering-files.ts';
import { markOf } from './session-mark.ts';
import { runSession } from './session.ts';
import type { SessionPlace } from './session.ts';
import { openMarker } from './marker.ts';
import type { Marker } from './marker.ts';

export interface WorldOptions {
	readonly project: Project;
	readonly overrides: Overrides;
	readonly mode: Mode;
	readonly journal: Journal;
	/** Untracked paths that are the person's, and never part of a candidate. */
	readonly leaveOut: readonly string[];
	/** The branch that the run works on, as a full ref. */
	readonly branch: string;
	readonly onEntry: (entry: Entry) => void;
	/** To be told when it has started. */
	readonly notices: readonly string[];
}

/** Wires the verbs: the only place that knows all of io. */
export async function openWorld(options: WorldOptions): Promise<World & { dispose(): Promise<void> }> {
	const { project, journal, leaveOut } = options;
	const { record, tell, told } = openRecorder(options);
	const steering = await openSteering(options, tell);
	const index = openPrivateIndex(project);
	const rooms = openRooms(project);
	const marker = openMarker(project.todo, { isUrgent: async () => (await look()).stop.kind === 'now' });
	const mark = markOf(project);
	const optional = async () => (await steering.look()).settings.optional;
	const asking = (interrupt: Interrupt) => async () => interrupt(await look());
	const look = async () => {
		const scene = await steering.look();
		await told();
		return scene;
	};

	return {
		history: async () => journal.entries,
		record,
		look,
		async start() {
			await sweep(mark);
			removeStale(project);
			// What a session, or a check, was doing when the loop died.
			const lines = await putRight(project, writeMark, await optional());
			for (const text of [...lines, ...options.notices]) tell({ event: 'notice', text });
			const at = await position(project);
			await project.git(['update-ref', `refs/nightloop/start/${timeName(new Date())}`, at.head]);
			return { ...at, walls: 'groups' };
		},
		async open(order) {
			const at = await position(project);
			if (at.branch !== options.branch) {
				return { elsewhere: `${at.branch} is checked out, and this run works on ${options.branch}` };
			}
			await noteBefore(project, at);
			return { base: order.base ?? at.head, branch: at.branch };
		},
		async session(order, interrupt) {
			steering.session('begins');
			steering.watch();
			const running = runInPlace(order, rooms, { project, mark, interrupted: asking(interrupt) });
			return running.finally(() => steering.session('ended'));
		},
		async settle(role) {
			const lines = await putRight(project, writeMark, await optional());
			const drift = role === 'reviewer' ? await index.drift(leaveOut) : [];
			return { drift: drift.map(asText), putRight: lines };
		},
		propose: (attempt) => propose(project, index, attempt, leaveOut),
		check: (candidate, settings, interrupt) =>
			guarded(async () => {
				const room = await rooms.enter(candidate, 'checks');
				const results: CheckResult[] = [];
				for (const command of settings.checks) {
					const result = await runCheck(project, room.folder, command, mark, asking(interrupt));
					if ('stopped' in result) return result;
					results.push(result);
				}
				return results;
			}),
		keep: (attempt) => keepRejected(project, attempt),
		seal: async (attempt, candidate, message) => seal(project, attempt, candidate, message, await optional()),
		land: (candidate, sealed) => land(project, candidate, sealed),
		mark: async (task, as, equals) => writeMark(task, as, await optional(), equals),
		clear: (task, keep) => clear(project, index, task, keep, leaveOut),
		async rest(until) {
			steering.watch();
			await steering.rest(until);
		},
		async close() {
			const { head } = await position(project);
			return index.treeOf(head, leaveOut, 'left out').catch(unknownTree);
		},
		async dispose() {
			await steering.close();
			await told();
		},
	};

	/** Checks run what a worker wrote: what they touch outside of their room is put right as after a session. */
	async function guarded<Result>(run: () => Promise<Result>): Promise<Result> {
		await noteBefore(project, await position(project));
		steering.session('begins');
		const result = await run().finally(() => steering.session('ended'));
		const lines = await putRight(project, writeMark, await optional());
		for (const text of lines) tell({ event: 'notice', text: `after the checks: ${text}` });
		return result;
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

/** A worker in the work tree, a reviewer in a room of its own. */
async function runInPlace(
	order: SessionOrder,
	rooms: Rooms,
	common: Omit<SessionPlace, 'folder' | 'memory'>,
): Promise<SessionReport> {
	const { project } = common;
	const { candidate } = order;
	if (!candidate) {
		const memory = await memoryOnDisk(project);
		return { ...(await runSession(order, { ...common, folder: project.folder, memory })), roomChanges: [] };
	}
	const [room, memory] = await Promise.all([
		rooms.enter(candidate, 'reviewer'),
		memoryAtBase(project, candidate),
	]);
	const report = await runSession(order, { ...common, folder: room.folder, memory });
	return { ...report, roomChanges: await room.changes() };
}

/** Records what the loop did, and in between what was seen meanwhile, one after the other. */
function openRecorder({ journal, onEntry }: WorldOptions) {
	let last: Promise<unknown> = Promise.resolve();
	const record = async (event: Event) => {
		const entry = await journal.append(event);
		onEntry(entry);
		return entry;
	};
	return {
		record,
		tell(event: Event) {
			last = last.then(() => record(event));
		},
		told: () => last,
	};
}

/** A work tree that git cannot read is left as it is: the next start does not know it again. */
function unknownTree(error: unknown): null {
	if (isGitError(error)) return null;
	throw error;
}

/** Prompts of sessions that a dead loop left: they hold nonces. */
function removeStale(project: Project): void {
	const names = readdirSync(project.state).filter((file) => file.endsWith('.stdin'));
	for (const file of names) rmSync(path.join(project.state, file), { force: true });
}

/** As part of a ref: without what git forbids in one. */
function timeName(time: Date): string {
	return time.toISOString().replaceAll(/[:.]/g, '-');
}
