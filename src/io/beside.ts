import { advance, replay } from '../core/run/run.ts';
import { changedFiles } from '../core/rules/rule-texts.ts';
import type { Overrides } from '../core/rules/settings.ts';
import type {
	Candidate,
	Entry,
	Event,
	Prompt,
	Run,
	Scene,
	SessionOrder,
	SessionReport,
	TreeId,
} from '../core/types.ts';
import { position } from './git/position.ts';
import { openPrivateIndex } from './git/private-index.ts';
import { noteBefore, putRight, recover, recoverJournal } from './integrity/integrity.ts';
import { openJournal, readJournal } from './journal.ts';
import type { Journal } from './journal.ts';
import { sweep } from './processes.ts';
import { recall } from './recall.ts';
import { prepareFolders } from './project.ts';
import type { Project } from './project.ts';
import { openLines } from './screen.ts';
import { openWakefulness } from './keep-awake.ts';
import type { Wakefulness } from './keep-awake.ts';
import { markOf } from './session/session-mark.ts';
import { openWithinWalls } from './session/within-walls.ts';
import { listenForStop } from './signals.ts';
import { checkAgents, checkRepository } from './start.ts';
import { openMarker } from './steering/marker.ts';
import { readTexts } from './steering/rule-files.ts';
import { rulesAtStart } from './steering/rules-at-start.ts';
import type { StartedFrom, StartRules } from './steering/rules-at-start.ts';
import { layersOf, remove } from './walls/layers.ts';
import { probeWalls, reachOf } from './walls/walls.ts';
import type { Walls } from './walls/walls.ts';

/** Sessions beside the loop: each in a room of the last commit, so that nothing that it does there stays. */
export interface Beside {
	readonly rules: StartRules;
	/** With all that was recorded since. */
	run(): Run;
	/** What a person wants to end it by. */
	stop(): Scene['stop'];
	/** Runs one to its end, and records it with what came of it. Never rejects for what the agent does. */
	session<Outcome>(order: SessionOrder, read: (report: SessionReport) => Outcome & Told): Promise<Outcome>;
	close(): Promise<void>;
}

/** What the sessions are for, how they are told of, and whose agents they run. */
interface Asked {
	readonly about: string;
	readonly look: 'plain' | 'json';
	agents(rules: StartRules): readonly Prompt[];
}

/** What came of a session, in a few words. */
interface Told {
	readonly told: string;
}

/**
 * Opens them under the lock of the work tree, as a start of the loop does: what a dead one left is put right first. Settings
 * and prompts are those that a start from here would go by. Rejects with a `UserError` for what a start would refuse;
 * uncommitted changes are none of it.
 */
export async function openBeside(
	project: Project,
	overrides: Overrides,
	from: StartedFrom,
	{ about, look, agents }: Asked,
): Promise<Beside> {
	const journalBack = await recoverJournal(project);
	const known = await readJournal(project.state);
	const recovered = [...journalBack, ...(await recover(project))];
	const rules = await rulesAtStart(project, overrides, replay(known), from);
	await Promise.all([checkRepository(project), checkAgents(agents(rules))]);
	await prepareFolders(project);
	const recalled = await recall(project, known);
	const journal = await openJournal(project.state);
	const records = openRecords(journal, replay([...known, ...recalled]), look);
	recalled.forEach(records.show);
	const tidy = () => putRight(project, openMarker(project.todo).mark, rules.settings.optional);
	await sweep(markOf(project));
	await remove(layersOf(project, ''));
	const walls = await chooseWalls(project, rules);
	for (const text of [...recovered, ...(await tidy()), ...rules.notices, ...lower(walls)])
		await records.notice(text);
	const stop = listenForStop(() => undefined);
	const awake = await openWakefulness(project.root);
	const room = { project, about, walls, awake, tidy, stop };
	return {
		rules,
		run: records.run,
		stop,
		session: openSessions(room, records),
		close: () => journal.close(),
	};
}

interface Place {
	readonly project: Project;
	readonly about: string;
	readonly walls: Walls;
	readonly awake: Wakefulness;
	readonly tidy: () => Promise<string[]>;
	readonly stop: Beside['stop'];
}

function openSessions(place: Place, records: Records): Beside['session'] {
	const { project, about, walls, awake, tidy, stop } = place;
	const flaws: string[] = [];
	const index = openPrivateIndex(project);
	const within = openWithinWalls(
		project,
		index,
		markOf(project),
		() => walls,
		awake,
		(flaw) => flaws.push(flaw),
	);
	return async (order, read) => {
		const at = await position(project);
		const rules = readTexts(project, null);
		await noteBefore(project, at, reachOf(walls, order.role));
		const placed = { ...order, base: at.head, candidate: await lastCommit(project, at.head) };
		const report = await within.session(placed, async () => whyStop(stop()));
		const lines = await tidy();
		const outcome = read(report);
		await records.record(planned(order, about, report, outcome.told));
		const { accepted, held } = records.run();
		const changed = changedFiles(rules, readTexts(project, null));
		// Nobody can say whether it was the session or a person.
		if (changed.length > 0 && accepted)
			await records.record({ event: 'held', files: [...new Set([...held, ...changed])] });
		for (const text of [...flaws.splice(0), ...lines]) await records.notice(text);
		return outcome;
	};
}

async function chooseWalls(project: Project, { settings }: StartRules): Promise<Walls> {
	return settings.walls === 'groups' ? { level: 'groups', why: null } : probeWalls(project);
}

function lower(walls: Walls): string[] {
	return walls.level === 'groups' && walls.why !== null ? [`walls: groups only (${walls.why})`] : [];
}

type Records = ReturnType<typeof openRecords>;

/** With `json` nothing is shown: what the command prints is one answer. */
function openRecords(journal: Journal, before: Run, look: 'plain' | 'json') {
	const show: (entry: Entry) => void = look === 'json' ? () => undefined : openLines();
	let run = before;
	const record = async (event: Event): Promise<void> => {
		const entry = await journal.append(event);
		run = advance(run, entry);
		show(entry);
	};
	return { run: () => run, show, record, notice: (text: string) => record({ event: 'notice', text }) };
}

/** As a room can hold it. */
async function lastCommit(project: Project, head: Candidate['head']): Promise<Candidate> {
	const tree = (await project.git(['rev-parse', `${head}^{tree}`])).trim() as TreeId;
	return { commit: head, tree, base: head, head, changes: [], weakened: [] };
}

function whyStop(stop: Scene['stop']): string | null {
	return stop.kind === 'none' ? null : `asked to stop (${stop.signal})`;
}

function planned(order: SessionOrder, about: string, report: SessionReport, outcome: string): Event {
	const { session, role, prompt } = order;
	const { end, usage, pays, agentSession, model, ms } = report;
	const told = end.kind === 'completed' ? outcome : '';
	return {
		event: 'planned',
		session,
		role,
		agent: prompt.agent,
		about,
		end,
		outcome: told,
		usage,
		pays,
		agentSession,
		model,
		ms,
	};
}
