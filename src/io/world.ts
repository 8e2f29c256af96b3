import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Entry, Event, Interrupt, Mode, Scene, World } from '../core/types.ts';
import { openBell } from './bell.ts';
import { propose } from './candidate.ts';
import { runCheck } from './checks.ts';
import { noteBefore, position, putRight } from './integrity.ts';
import type { Journal } from './journal.ts';
import { clear, keepRejected } from './keep.ts';
import { land, seal } from './landing.ts';
import { openList } from './list.ts';
import { memoryAtBase, memoryOnDisk } from './memory-files.ts';
import { openPrivateIndex } from './private-index.ts';
import { sweep } from './processes.ts';
import type { Project } from './project.ts';
import { openRooms } from './room.ts';
import { openRuleBook } from './rules.ts';
import type { Overrides } from './rules.ts';
import { runSession } from './session.ts';
import { shippedVersion } from './shipped.ts';
import { listenForStop } from './signals.ts';
import { openMarker, stableRead } from './todo-file.ts';
import { watchSteering } from './watch.ts';

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
	const index = openPrivateIndex(project);
	const rooms = openRooms(project);
	const marker = openMarker(project.todo);
	const mark = markOf(project);
	const bell = openBell();
	const stop = listenForStop(bell.ring);
	const version = shippedVersion();
	const name = randomUUID();

	const record = async (event: Event) => {
		const entry = await journal.append(event);
		options.onEntry(entry);
		return entry;
	};
	let told: Promise<unknown> = Promise.resolve();
	const tell = (event: Event) => {
		told = told.then(() => record(event));
	};
	const rules = await openRuleBook(project, options.overrides, tell);
	const list = openList(project.todo, await stableRead(project.todo), (await rules.look()).settings.optional, tell);
	let watcher: { close(): Promise<void> } | null = null;
	const watch = () => {
		watcher ??= watchSteering(project, bell.ring);
	};

	const look = async (): Promise<Scene> => {
		const { settings, worker, reviewers } = await rules.look();
		const now = Date.now();
		const todo = await list.look(now, settings.settle);
		await told;
		return { now, process: name, version, mode: options.mode, todo, settings, worker, reviewers, stop: stop.asked() };
	};
	const asking = (interrupt: Interrupt) => async () => interrupt(await look());

	return {
		history: async () => journal.entries,
		record,
		look,
		async start() {
			await sweep(mark);
			await removeStale(project);
			const { head, branch } = await position(project);
			await project.git(['update-ref', `refs/nightloop/start/${new Date().toISOString().replaceAll(/[:.]/g, '-')}`, head]);
			for (const text of options.notices) tell({ event: 'notice', text });
			return { branch, head, walls: 'groups' };
		},
		async open(order) {
			const at = await position(project);
			if (at.branch !== options.branch) return { elsewhere: `${at.branch} is checked out, this run works on ${options.branch}` };
			await noteBefore(project, at);
			return { base: order.base ?? at.head, branch: at.branch };
		},
		async session(order, interrupt) {
			const { candidate } = order;
			const room = candidate && (await rooms.enter(candidate, 'reviewer'));
			const memory = candidate ? await memoryAtBase(project, candidate) : await memoryOnDisk(project);
			const folder = room?.folder ?? project.folder;
			rules.session('begins');
			const running = runSession(order, { project, folder, memory, mark, interrupted: asking(interrupt) });
			watch();
			const report = await running.finally(() => rules.session('ended'));
			return { ...report, roomChanges: room ? await room.changes() : [] };
		},
		async settle(_session, role) {
			const { optional } = (await rules.look()).settings;
			const lines = await putRight(project, marker, optional);
			return { drift: role === 'reviewer' ? await index.drift(leaveOut) : [], putRight: lines };
		},
		propose: (attempt) => propose(project, index, attempt, leaveOut),
		async check(candidate, settings, interrupt) {
			const room = await rooms.enter(candidate, 'checks');
			const results = [];
			for (const command of settings.checks) {
				const result = await runCheck(project, room.folder, command, mark, asking(interrupt));
				if ('stopped' in result) return result;
				results.push(result);
			}
			return results;
		},
		keep: (attempt) => keepRejected(project, attempt),
		seal: async (attempt, candidate, message) => seal(project, attempt, candidate, message, (await rules.look()).settings.optional),
		land: (candidate, sealed) => land(project, candidate, sealed),
		async mark(task, as) {
			const result = await marker.mark(task, as, (await rules.look()).settings.optional);
			await list.marked(task, as);
			return result;
		},
		clear: (task, keep) => clear(project, index, task, keep, leaveOut),
		async rest(until) {
			watch();
			const { settle } = (await rules.look()).settings;
			const times = [until, list.actsAt(settle)].filter((time) => time !== null);
			await bell.wait(Math.min(...times, Date.now() + 60_000) - Date.now());
		},
		async close() {
			const { head } = await position(project);
			return index.treeOf(head, leaveOut);
		},
		async dispose() {
			stop.close();
			await watcher?.close();
			await told;
		},
	};
}

/** Known to every process of every session in this work tree, also to those that a dead loop left. */
function markOf(project: Project): string {
	const file = path.join(project.state, 'mark');
	if (!existsSync(file)) writeFileSync(file, randomUUID(), { mode: 0o600 });
	return readFileSync(file, 'utf8');
}

async function removeStale(project: Project): Promise<void> {
	const names = (await readdir(project.state)).filter((file) => file.endsWith('.stdin'));
	await Promise.all(names.map((file) => rm(path.join(project.state, file), { force: true })));
}
