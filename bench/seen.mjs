#!/usr/bin/env node
/**
 * What it costs to be looked at, from the compiled files.
 *
 * `status`: how long `nightloop status` takes, beside a node that does nothing, on a list with the journal of as many landings.
 *
 *   npm run bench:seen [-- --rounds 20 --tasks 30,1000]
 *
 * Nothing here is asserted: a measurement is not a test.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
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
		tasks: { type: 'string', default: '30,1000' },
	},
});

try {
	for (const tasks of values.tasks.split(',').map(Number)) await status(tasks, Number(values.rounds));
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

function inMs(times) {
	const of = (what) => times.map((each) => each[what]);
	const [all, own] = [of('ms'), median(of('processor'))];
	return `median ${median(all).toFixed(0)} ms, worst ${Math.max(...all).toFixed(0)} ms of ${all.length}; of the processor ${own.toFixed(0)} ms`;
}

function print(what, result) {
	console.log(`${what}: ${result} (load ${os.loadavg()[0].toFixed(1)}, ${os.availableParallelism()} cores)`);
}
