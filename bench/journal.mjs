#!/usr/bin/env node
/**
 * What a long journal costs, from the compiled files: so many events are appended as a loop does, of tasks that land one after
 * the other; then what a start reads of it is timed, at the longest that it gets before it is summed up again, beside one file
 * with all of them; and a whole start of `nightloop`, to its first event.
 *
 *   npm run bench:journal [-- --events 100000 --rounds 5]
 */
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { replay } from '../dist/src/core/run/run.js';
import { openJournal, readJournal, readWhole } from '../dist/src/io/journal.js';
import { lineOf } from '../dist/src/io/journal-lines.js';
import { landing } from './night.mjs';
import { APPROVES, commitWithList, env, MAIN, median, newFolder, removeScratch, stub } from './scratch.mjs';

const { values } = parseArgs({
	options: {
		events: { type: 'string', default: '100000' },
		rounds: { type: 'string', default: '5' },
		read: { type: 'string' },
	},
});

try {
	if (values.read === undefined) await measure(Number(values.events), Number(values.rounds));
	else console.log(await timeToRead(values.read));
} finally {
	removeScratch();
}

async function measure(count, rounds) {
	const [long, flat] = [newFolder(), newFolder()];
	const { ms, heap } = await append(long, count);
	const { entries } = await readWhole(long);
	const recorded = entries.filter(({ event }) => event !== 'summed');
	writeFileSync(path.join(flat, 'journal.jsonl'), Buffer.concat(recorded.map(lineOf)));
	const parts = readdirSync(long).filter((name) => /\d/.test(name)).length;
	console.log(`${recorded.length} events in ${parts} parts and ${sizeOf(long)} MB`);
	console.log(`appended: ${(ms / count).toFixed(2)} ms each; heap of the process then ${heap} MB`);
	console.log(
		`processor time to read and add up, all in one file of ${sizeOf(flat)} MB: ${timesOf(flat, rounds)}`,
	);
	console.log(`the same, closed into parts: ${timesOf(long, rounds)}`);
	console.log(`start to first event, without a journal: ${await starts(null, rounds)}`);
	console.log(`with all of it, in parts: ${await starts(long, rounds)}`);
	console.log(`with one file, which the first start closes as a part: ${await starts(flat, 1)}`);
}

/** So many events, and on until the file is as long as it gets. */
async function append(folder, count) {
	const journal = await openJournal(folder);
	const startedAt = performance.now();
	let done = 0;
	const isLong = () => {
		const bytes = readFileSync(path.join(folder, 'journal.jsonl'));
		const sum = bytes.subarray(0, 100).includes('"summed"') ? bytes.indexOf(10) + 1 : 0;
		return bytes.length > sum + Math.max(2 ** 20, sum / 2) - 10_000;
	};
	let ms = 0;
	for (let task = 0; done < count || !isLong(); task++) {
		for (const event of landing(task)) await journal.append(event);
		done += 11;
		if (done >= count && ms === 0) ms = performance.now() - startedAt;
	}
	await journal.close();
	globalThis.gc?.();
	return { ms, heap: (process.memoryUsage().heapUsed / 1e6).toFixed(0) };
}

function timesOf(folder, rounds) {
	const read = () => Number(execFileSync(process.execPath, [process.argv[1], '--read', folder]));
	return inMs(Array.from({ length: rounds }, read));
}

/** In ms of the processor's time: what else the machine does is not in it. */
async function timeToRead(folder) {
	const before = process.cpuUsage();
	replay(await readJournal(folder));
	const { user, system } = process.cpuUsage(before);
	return (user + system) / 1000;
}

async function starts(journal, rounds) {
	const times = [];
	for (let round = 0; round < rounds; round++) {
		const folder = newFolder();
		const [worker, reviewer] = [stub('worker.sh', 'sleep 60'), stub('reviewer.sh', APPROVES)];
		commitWithList(folder, { worker, reviewer, settings: ['walls: groups'], tasks: 1 });
		mkdirSync(path.join(folder, '.git/nightloop'));
		if (journal) cpSync(journal, path.join(folder, '.git/nightloop'), { recursive: true });
		times.push(await timeToFirstEvent(folder));
	}
	const [all, own] = [0, 1].map((which) => inMs(times.map((each) => each[which])));
	return `${all}; of the processor ${own}`;
}

function timeToFirstEvent(folder) {
	const startedAt = performance.now();
	return new Promise((resolve, reject) => {
		const child = spawn(process.execPath, [MAIN, 'run', '--json'], { cwd: folder, env });
		let first = null;
		child.stdout.once('data', () => {
			first = [performance.now() - startedAt, processorTime(child.pid)];
			child.kill('SIGTERM');
		});
		child.stderr.pipe(process.stderr);
		child.on('close', () => (first ? resolve(first) : reject(new Error('it told nothing'))));
	});
}

/** In ms, of a process and of its children that have ended; 0 where that is not told as by Linux (proc(5)). */
function processorTime(pid) {
	const file = `/proc/${pid}/stat`;
	const fields = existsSync(file) ? readFileSync(file, 'utf8').split(') ')[1].split(' ') : [];
	return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks) * 10, 0);
}

function inMs(times) {
	return `median ${median(times).toFixed(0)} ms, worst ${Math.max(...times).toFixed(0)} ms of ${times.length}`;
}

function sizeOf(folder) {
	const bytes = readdirSync(folder).map((name) => statSync(path.join(folder, name)).size);
	return (bytes.reduce((sum, each) => sum + each, 0) / 1e6).toFixed(1);
}
