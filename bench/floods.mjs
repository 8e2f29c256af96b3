#!/usr/bin/env node
/**
 * What a session that floods its output costs the loop: peak memory, and what is left on disk, of a command and of an agent
 * that is read line by line, behind both walls.
 *
 *   npm run floods [-- --mb 1024 --lines 1000000 --walls auto|groups|both]
 *
 * Exits 1 where memory comes to 150 MB, a log is left larger than its cap, or the task did not land.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
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
const BYTES = `${values.mb}M`;
const MOST_MEMORY = 150;
/** In MB: the first 8 and the last 8, and a line. */
const MOST_LOG = 16.001;

const MESSAGE = '{"type":"assistant","message":{"id":"m","content":[{"type":"text","text":"and so on"}]}}';
const FLOODS = {
	NULs: `head -c ${BYTES} /dev/zero`,
	'no line end': `head -c ${BYTES} /dev/zero | tr '\\0' a`,
	[`${values.lines} short lines`]: `yes | head -n ${values.lines}`,
	'lines of JSON': `yes '${MESSAGE}' | head -c ${BYTES}`,
	'NULs on stderr': `head -c ${BYTES} /dev/zero >&2`,
};
const RESULT = '{"type":"result","subtype":"success","is_error":false,"result":"done"}';
const reviewer = stub('reviewer.sh', APPROVES);

try {
	console.log(row(['walls', 'agent', 'flood', 'peak MB', 'log MB', 's', 'landed']));
	const broken = WALLS.flatMap((walls) =>
		['command', 'claude'].flatMap((agent) =>
			Object.keys(FLOODS).filter((flood) => measure(walls, agent, flood) === 'broken'),
		),
	);
	process.exitCode = broken.length === 0 ? 0 : 1;
} finally {
	removeScratch();
}

function measure(walls, agent, flood) {
	const folder = newFolder();
	const worker = stub(
		'worker.sh',
		`cat > /dev/null; echo x >> work.txt; ${FLOODS[flood]}; echo; echo '${agent === 'claude' ? RESULT : 'done'}'`,
	);
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
	const log = largestIn(path.join(folder, '.nightloop/sessions')) / 1024 / 1024;
	const landed = events.some(({ event }) => event === 'landed');
	console.log(
		row([levelIn(events), agent, flood, peak, log.toFixed(1), seconds.toFixed(1), landed ? 'yes' : 'no']),
	);
	execFileSync('rm', ['-rf', folder]);
	return peak < MOST_MEMORY && log < MOST_LOG && landed ? 'as it should be' : 'broken';
}

/** A folder for the PATH with a `claude` that is the worker. */
function claudeOf(worker) {
	const folder = path.join(scratch, 'bin');
	mkdirSync(folder, { recursive: true });
	writeFileSync(path.join(folder, 'claude'), `#!/bin/sh\nexec sh ${worker}\n`);
	chmodSync(path.join(folder, 'claude'), 0o755);
	return folder;
}

/** In bytes. */
function largestIn(folder) {
	const names = readdirSync(folder, { recursive: true });
	return Math.max(...names.map((name) => statSync(path.join(folder, name)).size));
}

function row(cells) {
	const widths = [11, 8, 20, 8, 8, 6, 6];
	return cells.map((cell, index) => String(cell).padEnd(widths[index])).join(' ');
}
