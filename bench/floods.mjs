#!/usr/bin/env node
/**
 * What a session that floods its output costs the loop: peak memory, what is left on disk, and what was lost because it came
 * between the last look and a cut; of a command and of an agent that is read line by line, behind both walls.
 *
 *   npm run floods [-- --mb 1024 --lines 1000000 --walls auto|groups|both]
 *
 * Exits 1 where memory comes to 150 MB, a log is left larger than its cap, or the task did not land.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import {
	APPROVES,
	commitWithList,
	env,
	eventsIn,
	levelIn,
	MAIN,
	measured,
	newFolder,
	peakIn,
	removeScratch,
	scratch,
	stub,
} from './scratch.mjs';

const { values } = parseArgs({
	options: {
		mb: { type: 'string', default: '100' },
		lines: { type: 'string', default: '1000000' },
		walls: { type: 'string', default: 'both' },
	},
});
const WALLS = values.walls === 'both' ? ['auto', 'groups'] : [values.walls];
const MOST_MEMORY = 150;
/** In MB: the first 8 and the last 8, and a line. */
const MOST_LOG = 16.001;

const MESSAGE = '{"type":"assistant","message":{"id":"m","content":[{"type":"text","text":"and so on"}]}}';
const [MB, LINES] = [Number(values.mb) * 1024 * 1024, Number(values.lines)];
const FLOODS = {
	NULs: { command: `head -c ${MB} /dev/zero`, bytes: MB },
	'no line end': { command: `head -c ${MB} /dev/zero | tr '\\0' a`, bytes: MB },
	[`${LINES} short lines`]: { command: `yes | head -n ${LINES}`, bytes: 2 * LINES },
	'lines of JSON': { command: `yes '${MESSAGE}' | head -c ${MB}`, bytes: MB },
	'NULs on stderr': { command: `head -c ${MB} /dev/zero >&2`, bytes: MB, file: 'stderr.log' },
};
const RESULT = '{"type":"result","subtype":"success","is_error":false,"result":"done"}';
const reviewer = stub('reviewer.sh', APPROVES);

try {
	console.log(row(['walls', 'agent', 'flood', 'peak MB', 'log MB', 'lost B', 's', 'landed']));
	const broken = WALLS.flatMap((walls) =>
		['command', 'claude'].flatMap((agent) =>
			Object.keys(FLOODS).filter((flood) => measure(walls, agent, flood) === 'broken'),
		),
	);
	process.exitCode = broken.length === 0 ? 0 : 1;
} finally {
	removeScratch();
}

function measure(walls, agent, name) {
	const { command, bytes, file = 'output.jsonl' } = FLOODS[name];
	const last = agent === 'claude' ? RESULT : 'done';
	const folder = newFolder();
	const worker = stub('worker.sh', `cat > /dev/null; echo x >> work.txt; ${command}; echo; echo '${last}'`);
	commitWithList(folder, {
		worker,
		reviewer,
		settings: [`walls: ${walls}`],
		tasks: 1,
		...(agent === 'claude' ? { agent: 'claude' } : {}),
	});
	const begin = performance.now();
	const { stdout, stderr } = spawnSync(
		'bash',
		['-c', `exec ${measured()} '${process.execPath}' '${MAIN}' --until-done --json`],
		{
			cwd: folder,
			env: { ...env, PATH: `${claudeOf(worker)}:${env.PATH}`, IS_SANDBOX: '1' },
			encoding: 'utf8',
		},
	);
	const seconds = (performance.now() - begin) / 1000;
	const events = eventsIn(stdout);
	const peak = peakIn(stderr);
	const said = file === 'stderr.log' ? bytes : bytes + last.length + 2;
	const log = readFileSync(path.join(folder, '.nightloop/sessions/0001-worker', file));
	const landed = events.some(({ event }) => event === 'landed');
	const [size, lost] = [log.length / 1024 / 1024, said - toldOf(log)];
	const cells = [
		levelIn(events),
		agent,
		name,
		peak,
		size.toFixed(1),
		lost,
		seconds.toFixed(1),
		landed ? 'yes' : 'no',
	];
	console.log(row(cells));
	execFileSync('rm', ['-rf', folder]);
	return peak < MOST_MEMORY && size < MOST_LOG && landed ? 'as it should be' : 'broken';
}

/** A folder for the PATH with a `claude` that is the worker. */
function claudeOf(worker) {
	const folder = path.join(scratch, 'bin');
	mkdirSync(folder, { recursive: true });
	writeFileSync(path.join(folder, 'claude'), `#!/bin/sh\nexec sh ${worker}\n`);
	chmodSync(path.join(folder, 'claude'), 0o755);
	return folder;
}

/** How many bytes a log accounts for: those that it holds, and those that it says were cut out. */
function toldOf(log) {
	const [note, number] = /\n\[(\d+) bytes were cut out here\]\n/.exec(log.toString('latin1')) ?? ['', 0];
	return log.length - note.length + Number(number);
}

function row(cells) {
	const widths = [11, 8, 20, 8, 8, 10, 6, 6];
	return cells.map((cell, index) => String(cell).padEnd(widths[index])).join(' ');
}
