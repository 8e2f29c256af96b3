import path from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { checkEnvironment } from '../../core/environment.ts';
import type { CheckResult } from '../../core/types.ts';
import { ownFile, ownFolder } from '../own-folder.ts';
import type { Project } from '../project.ts';
import type { Room } from '../room/room.ts';
import { marksWith } from './session-mark.ts';
import { openTail } from './tail.ts';
import { runTree } from './tree.ts';

/** Runs one check in a room: a command line for `sh`. Its exit code is the result, whatever it prints. */
export async function runCheck(
	project: Project,
	{ folder, enclosure }: Room,
	command: string,
	mark: string,
	interrupted: () => Promise<string | null>,
): Promise<CheckResult | { stopped: string } | { busy: string }> {
	const log = path.join(project.logs, 'check.log');
	ownFolder(project.logs);
	ownFile(log, '');
	const startedAt = performance.now();
	const env = checkEnvironment(process.env, marksWith(mark));
	const order = {
		file: '/bin/sh',
		args: ['-c', command],
		cwd: folder,
		env,
		stdin: null,
		stdout: log,
		stderr: log,
		mark,
		grace: GRACE,
		enclosure,
	};
	const end = await runTree<string>(order, async (awake) => (awake > LIMIT ? OVERTIME : interrupted()));
	const ms = Math.round(performance.now() - startedAt);
	const tail = lastOf(log);
	if (end.kind === 'unstartable') return { busy: `${command} could not be started: ${end.message}` };
	if (end.kind === 'exited')
		return { command, result: end.code === 0 ? 'green' : 'red', exitCode: end.code, ms, tail };
	return end.cause === OVERTIME
		? { command, result: 'overtime', exitCode: null, ms, tail }
		: { stopped: end.cause };
}

const OVERTIME = 'overtime';
/** At least half an hour, in ms: a slow test suite is not a broken one. */
const LIMIT = 30 * 60_000;
const GRACE = 1500;
const LONGEST_TAIL = 4000;

function lastOf(log: string): string {
	const tail = openTail(log);
	try {
		return tail.last(LONGEST_TAIL).trim();
	} finally {
		tail.close();
	}
}
