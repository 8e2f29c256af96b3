#!/usr/bin/env node
/**
 * What it costs to be looked at, from the compiled files.
 *
 * `status`: how long `nightloop status` takes, beside a node that does nothing, on a list with the journal of as many landings.
 *
 * `screen`: a run of 30 tasks whose sessions print ten lines a second, and which records some ten events a second: what the
 * live screen, 200 columns wide in a tmux, and the report that is kept cost the processor. That is the time of the loop's
 * process less that of the same run with its output in a file and without a report, and the time of the reports' own.
 *
 *   npm run bench:seen [-- --rounds 20 --lists 30,1000 --runs 3 --tasks 30]
 *
 * Nothing here is asserted: a measurement is not a test.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openJournal } from '../dist/src/io/journal.js';
import { landing } from './night.mjs';
import {
	APPROVES,
	commitWithList,
	env,
	MAIN,
	measured,
	median,
	newFolder,
	processorIn,
	removeScratch,
	stub,
} from './scratch.mjs';

const { values } = parseArgs({
	options: {
		rounds: { type: 'string', default: '20' },
		lists: { type: 'string', default: '30,1000' },
		runs: { type: 'string', default: '3' },
		tasks: { type: 'string', default: '30' },
	},
});

const FENCE = '```';
/** An agent of either role that prints a line each tenth of a second, as codex does. */
const STREAM = String.raw`#!/bin/sh
read -r nonce rest
cat > /dev/null
item() {
	cat <<END
{"type":"item.$1","item":{"id":"$2","type":"command_execution","command":"/bin/bash -lc 'npm test'"}}
END
	sleep 0.1
}
for n in 1 2; do
	item started $n
	item completed $n
done
[ "$NIGHTLOOP_ROLE" = worker ] && printf x >> work.txt
open='${FENCE}verdict' close='${FENCE}'
cat <<END
{"type":"item.completed","item":{"id":"last","type":"agent_message","text":"$open $nonce\n{\"verdict\":\"approve\",\"findings\":[]}\n$close"}}
{"type":"turn.completed","usage":{"input_tokens":1000,"output_tokens":100}}
END
`;

/** Notes the processor time of the loop and of each report when they exit; where no report is wanted, none is started. */
const HOOK = `
const { appendFileSync } = require('node:fs');
const programs = require('node:child_process');
const role = process.argv.includes('report') ? 'report' : 'loop';
process.on('exit', () => {
	const { userCPUTime, systemCPUTime } = process.resourceUsage();
	appendFileSync(process.env.BENCH_TIMES, role + ' ' + (userCPUTime + systemCPUTime) / 1000 + '\\n');
});
if (process.env.BENCH_REPORT === 'no') {
	const { spawn } = programs;
	programs.spawn = (file, args, options) => {
		if (!args.includes('report')) return spawn(file, args, options);
		const none = new (require('node:events'))();
		setImmediate(() => none.emit('close', 0, null));
		return none;
	};
	require('node:module').syncBuiltinESMExports();
}
`;

try {
	for (const tasks of values.lists.split(',').map(Number)) await status(tasks, Number(values.rounds));
	if (values.runs !== '0') await screen(Number(values.tasks), Number(values.runs));
} finally {
	removeScratch();
}

/** Round by round, so that what else the machine does is shared by both. */
async function status(tasks, rounds) {
	const folder = await afterANight(tasks);
	const own = [];
	const bare = [];
	for (let round = 0; round < rounds; round++) {
		bare.push(timed("-e '0'", folder));
		own.push(timed(`'${MAIN}' status`, folder));
	}
	print(`status, ${tasks} tasks`, inMs(own));
	print('a node that does nothing', inMs(bare));
}

function timed(words, cwd) {
	const command = `exec ${measured()} '${process.execPath}' ${words}`;
	const startedAt = performance.now();
	const { status, stderr } = spawnSync('sh', ['-c', command], { cwd, env, encoding: 'utf8' });
	if (status !== 0) throw new Error(`it exited ${status}\n${stderr}`);
	return { ms: performance.now() - startedAt, processor: processorIn(stderr) };
}

/** A list of so many tasks, and the journal of as many landings, but at least of a night's hundred. */
async function afterANight(tasks) {
	const folder = newFolder();
	const [worker, reviewer] = [stub('worker.sh', 'true'), stub('reviewer.sh', APPROVES)];
	commitWithList(folder, { worker, reviewer, settings: ['checks: npm test', 'until: 8h'], tasks });
	const state = path.join(folder, '.git/nightloop');
	mkdirSync(state);
	const journal = await openJournal(state);
	for (let task = 0; task < Math.max(tasks, 100); task++)
		for (const event of landing(task)) await journal.append(event);
	await journal.close();
	return folder;
}

/** Turn by turn, so that what else the machine does is shared by both. */
async function screen(tasks, runs) {
	const [seen, unseen] = [[], []];
	for (let run = 0; run < runs; run++) {
		unseen.push(await night(tasks, 'unseen'));
		seen.push(await night(tasks, 'seen'));
	}
	const of = (nights, what) => median(nights.map((night) => night[what]));
	const wall = of(seen, 'wall');
	const drawn = of(seen, 'loop') - of(unseen, 'loop');
	const share = (ms) => `${((100 * ms) / wall).toFixed(2)} %`;
	const what = `a run of ${tasks} tasks, ${(of(seen, 'events') / (wall / 1000)).toFixed(1)} events a second`;
	const loops = [seen, unseen].map((nights) => nights.map(({ loop }) => `${loop.toFixed(0)}`).join(', '));
	print(what, `${(wall / 1000).toFixed(0)} s; the loop, seen: ${loops[0]} ms; unseen: ${loops[1]} ms`);
	print('the screen', `${drawn.toFixed(0)} ms, ${share(drawn)} of a core`);
	const reports = of(seen, 'reports');
	print('the report', `${of(seen, 'made')} times, ${reports.toFixed(0)} ms, ${share(reports)} of a core`);
	print('both', `${share(drawn + reports)} of a core`);
}

/** Times in ms: of the wall; of the processor, in the loop's own process and in those of the reports. */
async function night(tasks, how) {
	const folder = newFolder();
	const programs = path.join(folder, '../programs');
	mkdirSync(programs, { recursive: true });
	writeFileSync(path.join(programs, 'codex'), STREAM);
	chmodSync(path.join(programs, 'codex'), 0o755);
	commitWithList(folder, { agent: 'codex', judge: 'codex', settings: ['walls: auto'], tasks });
	const [times, hook, done] = ['times', 'hook.cjs', 'done'].map((name) => `${folder}.${name}`);
	writeFileSync(hook, HOOK);
	const set = Object.entries({
		...env,
		PATH: `${programs}:${env.PATH}`,
		NODE_OPTIONS: `--require ${hook}`,
		BENCH_TIMES: times,
		BENCH_REPORT: how === 'seen' ? 'yes' : 'no',
	}).map(([name, value]) => `'${name}=${value}'`);
	const loop = `env ${set.join(' ')} '${process.execPath}' '${MAIN}' --until-done`;
	const script = `cd '${folder}'; ${loop} ${how === 'seen' ? '' : `> '${folder}.out' 2>&1`}; echo $? > '${done}'`;
	const startedAt = performance.now();
	if (how === 'seen') await inTerminal(script, done);
	else spawnSync('sh', ['-c', script], { env });
	const wall = performance.now() - startedAt;
	if (readFileSync(done, 'utf8') !== '0\n') throw new Error(`the loop exited ${readFileSync(done, 'utf8')}`);
	const told = readFileSync(times, 'utf8').trim().split('\n');
	const all = (what) =>
		told.filter((line) => line.startsWith(what)).map((line) => Number(line.split(' ')[1]));
	const { length: events } = readFileSync(path.join(folder, '.git/nightloop/journal.jsonl'), 'utf8').split(
		'\n',
	);
	const reports = all('report');
	return {
		wall,
		events,
		loop: all('loop')[0],
		reports: reports.reduce((sum, each) => sum + each, 0),
		made: reports.length,
	};
}

async function inTerminal(script, done) {
	const tmux = (...words) => spawnSync('tmux', ['-S', `${done}.tmux`, '-f', '/dev/null', ...words], { env });
	tmux('new-session', '-d', '-x', '200', '-y', '50', script);
	while (!existsSync(done)) await sleep(100);
	tmux('kill-server');
}

function inMs(times) {
	const of = (what) => times.map((each) => each[what]);
	const [all, own] = [of('ms'), median(of('processor'))];
	return `median ${median(all).toFixed(0)} ms, worst ${Math.max(...all).toFixed(0)} ms of ${all.length}; of the processor ${own.toFixed(0)} ms`;
}

function print(what, result) {
	console.log(`${what}: ${result} (load ${os.loadavg()[0].toFixed(1)}, ${os.availableParallelism()} cores)`);
}
