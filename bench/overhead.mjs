#!/usr/bin/env node
/**
 * What the loop costs beyond the agents' own time: milliseconds an iteration against a bash loop that spawns the same two
 * stubs and does `git add -A && git commit`, side by side in one run; what walls of namespaces cost a session more than
 * groups; start-up to the first spawn; peak memory.
 *
 *   npm run bench [-- --tasks 50,200 --files 20,10000 --rounds 3 --walls groups|auto|both]
 *
 * Prints a table. Nothing here is asserted: a measurement is not a test.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
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
	median,
	newFolder,
	peakIn,
	removeScratch,
	scratch,
	stub,
} from './scratch.mjs';

const { values } = parseArgs({
	options: {
		tasks: { type: 'string', default: '50,200' },
		files: { type: 'string', default: '20,10000' },
		rounds: { type: 'string', default: '3' },
		walls: { type: 'string', default: 'both' },
	},
});
const numbers = (text) => text.split(',').map(Number);
const WALLS = values.walls === 'both' ? ['groups', 'auto'] : [values.walls];
const worker = stub(
	'worker.sh',
	'cat > /dev/null; printf x >> work.txt; [ -n "$FIRST" ] && date +%s%N >> "$FIRST"; echo done',
);
const reviewer = stub('reviewer.sh', APPROVES);

try {
	for (const files of numbers(values.files)) {
		for (const tasks of numbers(values.tasks)) compare(files, tasks, Number(values.rounds));
	}
	await startUp();
} finally {
	removeScratch();
}

/** Round by round, so that what else the machine does is shared by all. */
function compare(files, tasks, rounds) {
	const bash = [];
	const loops = WALLS.map((walls) => ({ walls, level: '', times: [], sessions: [], rss: 0 }));
	for (let round = 0; round < rounds; round++) {
		bash.push(timeBash(repository(files, tasks), tasks));
		for (const loop of loops) {
			const { ms, rss, level, sessions } = timeLoop(repository(files, tasks, loop.walls), tasks);
			loop.times.push(ms);
			loop.sessions.push(...sessions);
			Object.assign(loop, { level, rss: Math.max(rss, loop.rss) });
		}
	}
	const what = `${files} files, ${tasks} tasks`;
	print(what, `bash ${median(bash).toFixed(1)} ms an iteration`);
	for (const { level, times, sessions, rss } of loops) {
		const ratio = (median(times) / median(bash)).toFixed(2);
		const each = `${median(times).toFixed(1)} ms an iteration, ratio ${ratio}`;
		print(what, `${level} ${each}; a session ${median(sessions)} ms; peak RSS ${rss} MB`);
	}
	const [groups, other] = loops;
	if (other === undefined || other.level === groups.level) return;
	const more = (of) => (median(other[of]) - median(groups[of])).toFixed(1);
	const all = `${more('times')} ms an iteration, all in all`;
	print(what, `${other.level} cost ${more('sessions')} ms a session more than groups; ${all}`);
}

/** The same stubs and the same commits, with nothing that makes it safe. */
function timeBash(folder, tasks) {
	const script = `for i in $(seq ${tasks}); do
		sh ${worker} < todo.md > /dev/null
		NIGHTLOOP_NONCE=n sh ${reviewer} < todo.md > /dev/null
		sed -i "0,/- \\[ \\]/s//- [x]/" todo.md
		git add -A && git commit -q -m "task $i"
	done`;
	const begin = performance.now();
	execFileSync('bash', ['-c', script], { cwd: folder, env });
	return (performance.now() - begin) / tasks;
}

function timeLoop(folder, tasks) {
	const begin = performance.now();
	const { stdout, stderr, status } = spawnSync(
		'bash',
		['-c', `exec ${measured()} '${process.execPath}' '${MAIN}' --until-done --json`],
		{ cwd: folder, env, encoding: 'utf8', maxBuffer: 1e9 },
	);
	if (status !== 0) throw new Error(`nightloop exited ${status}\n${stdout}\n${stderr}`);
	const ms = (performance.now() - begin) / tasks;
	const commits = execFileSync('git', ['rev-list', '--count', 'HEAD'], {
		cwd: folder,
		env,
		encoding: 'utf8',
	});
	if (Number(commits) !== tasks + 1) throw new Error(`${commits} commits for ${tasks} tasks`);
	const events = eventsIn(stdout);
	return {
		ms,
		level: levelIn(events),
		// From before the walls to after the last process, as the loop itself notes it.
		sessions: events.filter(({ event }) => event === 'worked' || event === 'reviewed').map((told) => told.ms),
		rss: peakIn(stderr),
	};
}

async function startUp() {
	const times = [];
	for (let round = 0; round < 10; round++) {
		const folder = repository(20, 1);
		const first = path.join(scratch, `first-${round}`);
		const begin = Date.now();
		await new Promise((resolve) =>
			spawn(process.execPath, [MAIN, '--once', '--plain'], {
				cwd: folder,
				env: { ...env, FIRST: first },
				stdio: 'ignore',
			}).on('exit', resolve),
		);
		times.push(Number(readFileSync(first, 'utf8').split('\n')[0]) / 1e6 - begin);
	}
	print('start-up', `${median(times).toFixed(0)} ms to the first spawn (median of ${times.length})`);
}

function repository(files, tasks, walls = 'auto') {
	const folder = newFolder();
	for (let n = 0; n < files; n++) {
		const file = path.join(folder, `src/${n % 100}/${n}.txt`);
		mkdirSync(path.dirname(file), { recursive: true });
		writeFileSync(file, `file ${n}\n`);
	}
	commitWithList(folder, { worker, reviewer, settings: [`walls: ${walls}`], tasks });
	return folder;
}

function print(what, result) {
	console.log(`${what.padEnd(26)} ${result}`);
}
