import path from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { checkEnvironment } from '../../core/environment.ts';
import type { CheckPlan, CheckResult, CommitId, Setup } from '../../core/types.ts';
import { ownFile, ownFolder } from '../own-folder.ts';
import type { Project } from '../project.ts';
import type { Room } from '../room/room.ts';
import { CHECK_LIMITS, openLog } from './output-log.ts';
import { lacksDependencies } from './dependencies.ts';
import { marksWith } from './session-mark.ts';
import { runTree } from './tree.ts';
import type { TreeOrder } from './tree.ts';

/** Where checks are run, and for whom. */
export interface CheckPlace {
	readonly project: Project;
	readonly room: Room;
	/** What the room holds: names the logs. */
	readonly commit: CommitId;
	readonly mark: string;
	/** A reason to end it, asked every 100 ms. */
	readonly interrupted: () => Promise<string | null>;
}

type Checked<Result> = Result | { readonly stopped: string } | { readonly busy: string };

/**
 * Runs checks in a room, one after the other, the setup first where it is needed. Each is a command line for `sh`; its
 * exit code is the result, whatever it prints.
 */
export async function runChecks(place: CheckPlace, plan: CheckPlan): Promise<Checked<CheckResult[]>> {
	const results: CheckResult[] = [];
	const setup = setupIn(place.room, plan.setup);
	for (const [index, check] of [...setup, ...plan.commands].entries()) {
		const name = `${index + 1 - setup.length}${plan.on === 'candidate again' ? '-again' : ''}`;
		const result = await runCheck(place, check, name);
		if (!('result' in result)) return result;
		results.push(result);
		if (setup.includes(check)) await place.room.putBack();
	}
	return results;
}

/**
 * Gives a room its dependencies, where it needs that, and nothing else: what it wrote to tracked files, such as a lock
 * file, is put back. Its end says nothing: what runs there finds out.
 */
export async function runSetup(place: CheckPlace, setup: Setup | null): Promise<void> {
	for (const check of setupIn(place.room, setup)) {
		await runCheck(place, check, 'reviewer');
		await place.room.putBack();
	}
}

interface Check {
	readonly command: string;
	/** In ms. */
	readonly limit: number;
}

function setupIn({ folder }: Room, setup: Setup | null): Check[] {
	const isNeeded = setup !== null && (setup.when === 'always' || lacksDependencies(folder));
	return isNeeded ? [{ command: setup.command, limit: SETUP_LIMIT }] : [];
}

/** In ms. */
const SETUP_LIMIT = 30 * 60_000;

async function runCheck(place: CheckPlace, check: Check, name: string): Promise<Checked<CheckResult>> {
	const { project, interrupted } = place;
	const { command, limit } = check;
	const file = path.join(project.logs, 'checks', `${place.commit.slice(0, 12)}-${name}.log`);
	for (const folder of [project.logs, path.dirname(file)]) ownFolder(folder);
	ownFile(file, '');
	const log = openLog(file, CHECK_LIMITS);
	const startedAt = performance.now();
	try {
		const end = await runTree<string>(treeOf(place, command, file), async (awake) => {
			log.follow(null);
			return awake > limit ? OVERTIME : interrupted();
		});
		if (end.kind === 'unstartable') return { busy: `${command} could not be started: ${end.message}` };
		if (end.kind === 'ended' && end.cause !== OVERTIME) return { stopped: end.cause };
		const ms = Math.round(performance.now() - startedAt);
		const tail = log.last(LONGEST_TAIL).text.trim();
		return { command, ...resultOf(end), ms, tail, log: path.relative(project.folder, file), runs: 1 };
	} finally {
		log.close();
	}
}

function treeOf({ room, mark }: CheckPlace, command: string, log: string): TreeOrder {
	return {
		file: '/bin/sh',
		args: ['-c', command],
		cwd: room.folder,
		env: checkEnvironment(process.env, marksWith(mark)),
		stdin: null,
		stdout: log,
		stderr: log,
		mark,
		grace: GRACE,
		enclosure: room.enclosure,
	};
}

const OVERTIME = 'overtime';
/** From TERM to KILL, in ms. */
const GRACE = 1500;
const LONGEST_TAIL = 4000;

function resultOf(
	end: { kind: 'exited'; code: number | null } | { kind: 'ended' },
): Pick<CheckResult, 'result' | 'exitCode'> {
	if (end.kind === 'ended') return { result: 'overtime', exitCode: null };
	return { result: end.code === 0 ? 'green' : 'red', exitCode: end.code };
}
