import type {
	Candidate,
	CheckPlan,
	Checked,
	Installed,
	SessionOrder,
	SessionReport,
	TreeId,
} from '../../core/types.ts';
import { runChecks, runSetup } from './checks.ts';
import type { Wakefulness } from '../keep-awake.ts';
import { beat } from '../integrity/integrity.ts';
import { layersOf, remove } from '../walls/layers.ts';
import { isMachines, mishap } from '../mishap.ts';
import { openNotes } from './memory-files.ts';
import type { Notes } from './memory-files.ts';
import type { PrivateIndex } from '../git/private-index.ts';
import type { Project } from '../project.ts';
import { installedSince } from '../room/installed.ts';
import { openRooms } from '../room/room.ts';
import type { Rooms } from '../room/room.ts';
import { runSession } from './session.ts';
import type { OnTool, SessionPlace } from './session.ts';
import type { Walls } from '../walls/walls.ts';
import { workerWalls } from '../walls/worker-walls.ts';

/** Runs what is not the loop's own, each within the walls in force: workers in the work tree, all else in rooms. */
export interface WithinWalls {
	/** Never rejects for what the agent does; for a room that could not be made where the machine is why. */
	session(order: SessionOrder, interrupted: Interrupted, onTool?: OnTool): Promise<SessionReport>;
	/** `busy`: why no check could be run for now. */
	check(candidate: Candidate, plan: CheckPlan, interrupted: Interrupted): Promise<CheckEnd>;
}

/** A reason to end it, asked every 100 ms. */
type Interrupted = () => Promise<string | null>;
type Watch = Pick<SessionPlace, 'interrupted' | 'onTool'>;
type CheckEnd = Checked | { stopped: string } | { busy: string };

interface Site {
	readonly project: Project;
	readonly mark: string;
	readonly rooms: Rooms;
	readonly notes: Notes;
	readonly walls: () => Walls;
}

export function openWithinWalls(
	project: Project,
	index: PrivateIndex,
	mark: string,
	walls: () => Walls,
	awake: Wakefulness,
	tell: (notice: string) => void,
): WithinWalls {
	const [rooms, notes] = [openRooms(project, index, walls), openNotes(project, tell)];
	const site = { project, mark, rooms, notes, walls };
	return {
		async session(order, wanted, onTool) {
			const watch = { interrupted: beating(project, wanted), onTool };
			try {
				const { candidate } = order;
				return await awake.during(() =>
					candidate ? inRoom(site, order, candidate, watch) : inTree(site, order, watch),
				);
			} catch (error) {
				if (isMachines(error)) throw error;
				return unstarted(order, `no place for it could be made: ${mishap(error)}`);
			}
		},
		async check(candidate, plan, wanted) {
			const interrupted = beating(project, wanted);
			try {
				if (await stillHolds(project, candidate, plan))
					return { results: plan.known, installed: 'as before' };
				const judged = plan.on === 'base' ? await baseOf(project, candidate) : candidate;
				const room = await site.rooms.enter(judged, 'checks');
				try {
					const place = { project, room, mark, interrupted, commit: judged.commit };
					const results = await awake.during(() => runChecks(place, plan));
					if (!Array.isArray(results)) return results;
					return { results, installed: await installedFor(project, candidate, plan) };
				} finally {
					await room.leave();
				}
			} catch (error) {
				if (isMachines(error)) throw error;
				return { busy: `no room for the checks could be made: ${mishap(error)}` };
			}
		},
	};
}

/** As it is asked again and again, it tells that the loop is alive. */
function beating(project: Project, interrupted: Interrupted): Interrupted {
	return () => {
		beat(project);
		return interrupted();
	};
}

async function inTree({ project, mark, notes, walls }: Site, order: SessionOrder, watch: Watch) {
	const now = walls();
	const memory = await notes.onDisk(order.role);
	try {
		const enclosure = now.level === 'groups' ? null : workerWalls(project, now.tools, order.session);
		const place = { project, mark, ...watch, memory, enclosure, folder: project.folder };
		return { ...(await runSession(order, place)), roomChanges: [] };
	} finally {
		await remove(layersOf(project, order.session));
	}
}

async function inRoom(
	{ project, mark, rooms, notes }: Site,
	order: SessionOrder,
	candidate: Candidate,
	watch: Watch,
): Promise<SessionReport> {
	const memory = await notes.at(candidate.base, order.role);
	const enter = () => rooms.enter(candidate, 'reviewer');
	let room = await enter();
	try {
		const place = { project, mark, ...watch, memory };
		await runSetup({ ...place, room, commit: candidate.commit }, order.setup);
		// One that cannot be put back is none for here: the reviewer would not see the candidate.
		if (order.setup && (await room.changes()).length > 0) {
			await room.leave();
			room = await enter();
		}
		const report = await runSession(order, { ...place, ...room });
		return { ...report, roomChanges: await room.changes() };
	} finally {
		await room.leave();
	}
}

/** Whether all that is to be run is known, and nothing that it may depend on has changed since. */
async function stillHolds(project: Project, { base }: Candidate, plan: CheckPlan): Promise<boolean> {
	const isKnown = ({ command }: { command: string }) => plan.known.some((known) => known.command === command);
	if (plan.known.length === 0 || !plan.commands.every(isKnown)) return false;
	return (await installedSince(project, base)) === 'as before';
}

/** Matters for base alone: what is installed is the candidate's own. */
async function installedFor(project: Project, { base }: Candidate, { on }: CheckPlan): Promise<Installed> {
	return on === 'base' ? installedSince(project, base) : 'as before';
}

/** Base as a room can hold it. */
async function baseOf(project: Project, { base, head }: Candidate): Promise<Candidate> {
	const tree = (await project.git(['rev-parse', `${base}^{tree}`])).trim() as TreeId;
	return { commit: base, tree, base, head, changes: [], weakened: [] };
}

/** Nobody's fault, and to be tried again in a while: an outage of what it would run in. */
function unstarted({ model }: SessionOrder, message: string): SessionReport {
	return {
		end: { kind: 'outage', message },
		text: '',
		usage: { usd: 0, tokens: 0 },
		pays: null,
		agentSession: null,
		model,
		ms: 0,
		nonce: '',
		roomChanges: [],
	};
}
