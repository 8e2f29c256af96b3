#!/usr/bin/env node
/**
 * What grows while one loop works off a long list with stub agents: memory, descriptors, threads, children, and what it
 * keeps on disk. Linux only.
 *
 *   npm run soak [-- --iterations 5000 --walls auto|groups --every 50 --list 200]
 *
 * A person writes a new list each time that `--list` tasks are done, and the loop goes on with it.
 * Prints a line for each window of landings and the slope of each figure over the second half (least squares). Exits 1 where
 * memory grows by more than 1 MB in 1,000 landings (of at least as many) or comes to 150, descriptors, threads or children grow at all, or a folder is past its cap.
 */
import { execFileSync, spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { APPROVES, commitWithList, env, MAIN, newFolder, removeScratch, scratch, stub } from './scratch.mjs';

const { values } = parseArgs({
	options: {
		iterations: { type: 'string', default: '60' },
		walls: { type: 'string', default: 'auto' },
		every: { type: 'string', default: '50' },
		list: { type: 'string', default: '200' },
	},
});
const ITERATIONS = Number(values.iterations);
const EVERY = Math.min(Number(values.every), Math.ceil(ITERATIONS / 6));
const LIST = Math.min(Number(values.list), ITERATIONS);

const SETTINGS = [`walls: ${values.walls}`, "checks: ['true']", 'settle: 100ms'];

const MB = 1024 * 1024;
/** In bytes, or in bytes a landing. */
const CAPS = { logs: 1024 * MB, cache: 64 * MB, stateEach: 32 * 1024, gitEach: 48 * 1024 };
/** In MB in 1,000 landings. What a shorter run shows is the heap growing up to its first collections. */
const MOST_MEMORY_GROWTH = ITERATIONS >= 1000 ? 1 : Infinity;
const MOST_MEMORY = 150;
/** 128 + SIGTERM. */
const STOPPED = 143;

const inMb = (bytes) => (bytes / MB).toFixed(1);
const ROWS = {
	ms: Math.round,
	rss: (mb) => mb.toFixed(1),
	peak: Math.round,
	fds: Number,
	threads: Number,
	children: Number,
	state: inMb,
	logs: inMb,
	git: inMb,
	cache: inMb,
	loose: Number,
};

// Each 50th task is rejected once.
const worker = stub('worker.sh', 'cat > /dev/null; echo "$NIGHTLOOP_SESSION" > work.txt; echo done');
const reviewer = stub(
	'reviewer.sh',
	`case "$NIGHTLOOP_TASK $NIGHTLOOP_ATTEMPT" in
		*[05]0' 1') cat > /dev/null; printf '\`\`\`verdict %s\\n{"verdict":"reject","findings":[{"what":"Once more.","evidence":"work.txt:1"}]}\\n\`\`\`\\n' "$NIGHTLOOP_NONCE" ;;
		*) ${APPROVES} ;;
	esac`,
);

try {
	process.exitCode = await soak();
} finally {
	removeScratch();
}

async function soak() {
	const folder = newFolder();
	commitWithList(folder, { worker, reviewer, settings: SETTINGS, tasks: LIST });
	const loop = spawn(process.execPath, [MAIN, '--json'], {
		cwd: folder,
		env,
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	const ended = new Promise((resolve) => loop.once('exit', resolve));
	const { level, landed, windows } = await follow(loop, folder);
	const code = await ended;
	const isWhole = code === STOPPED && landed >= ITERATIONS;
	const broken = [...(isWhole ? [] : [`${landed} landed, and it exited ${code}`]), ...verdictOn(windows)];
	for (const what of broken) console.log(`BROKEN ${what}`);
	console.log(
		`walls ${level}, ${landed} landings: ${broken.length === 0 ? 'nothing' : 'something'} grew past its bound`,
	);
	return broken.length === 0 ? 0 : 1;
}

/** Until it ends. Gives it a new list when one is done, and a TERM when enough are. */
async function follow(loop, folder) {
	const windows = [];
	let level = '';
	let [landed, ticked] = [0, 0];
	let seen = [];
	let since = performance.now();
	print(['landed', ...Object.keys(ROWS)]);
	for await (const line of createInterface({ input: loop.stdout })) {
		const told = JSON.parse(line);
		if (told.event === 'started') level = told.walls;
		if (told.event === 'marked' && ++ticked % LIST === 0) goOn(loop, folder, ticked);
		if (told.event === 'landed') {
			landed++;
			seen.push(processOf(loop.pid));
		}
		if (seen.length < EVERY) continue;
		const ms = (performance.now() - since) / EVERY;
		const window = { landed, ms, ...least(seen), ...sizesOf(folder) };
		windows.push(window);
		print([landed, ...Object.entries(ROWS).map(([row, show]) => show(window[row]))]);
		[seen, since] = [[], performance.now()];
	}
	return { level, landed, windows };
}

function goOn(loop, folder, ticked) {
	if (ticked >= ITERATIONS) loop.kill('SIGTERM');
	else writeFileSync(path.join(folder, 'todo.md'), listFrom(ticked));
}

function listFrom(number) {
	const tasks = Array.from({ length: LIST }, (_, n) => `- [ ] Task ${number + n}\n`);
	return `---\n${SETTINGS.join('\n')}\n---\n${tasks.join('')}`;
}

/** The least of each figure in a window: what is there however quiet it is. */
function least(seen) {
	return Object.fromEntries(
		Object.keys(seen[0]).map((name) => [name, Math.min(...seen.map((sample) => sample[name]))]),
	);
}

function processOf(pid) {
	const status = readFileSync(`/proc/${pid}/status`, 'utf8');
	const number = (name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]);
	return {
		rss: number('VmRSS') / 1024,
		peak: number('VmHWM') / 1024,
		fds: readdirSync(`/proc/${pid}/fd`).length,
		threads: number('Threads'),
		children: readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean)
			.length,
	};
}

function sizesOf(folder) {
	return {
		state: diskOf(path.join(folder, '.git/nightloop')),
		logs: diskOf(path.join(folder, '.nightloop')),
		git: diskOf(path.join(folder, '.git'), '--exclude=nightloop'),
		cache: diskOf(path.join(scratch, 'cache')),
		loose: Number(
			/^count: (\d+)/m.exec(execFileSync('git', ['count-objects', '-v'], { cwd: folder, env }))?.[1],
		),
	};
}

/** In bytes, as the disk has them. Files go while it looks. */
function diskOf(folder, ...more) {
	const sizes = execFileSync('sh', ['-c', 'du -sk "$@" 2>/dev/null || true', 'sh', ...more, folder]);
	return Number.parseInt(String(sizes), 10) * 1024;
}

function verdictOn(windows) {
	const half = windows.slice(Math.floor(windows.length / 2));
	const slope = Object.fromEntries(Object.keys(ROWS).map((row) => [row, slopeOf(half, row) * 1000]));
	console.log(`\nin 1,000 landings, over the second half:`);
	for (const [row, each] of Object.entries(slope)) {
		const isSize = ROWS[row] === inMb;
		console.log(`  ${row.padEnd(10)}${isSize ? `${inMb(each)} MB` : each.toFixed(2)}`);
	}
	const last = windows.at(-1);
	const first = half[0];
	const grows = ['fds', 'threads', 'children'].filter((row) => last[row] > first[row] + 1);
	return [
		...(slope.rss > MOST_MEMORY_GROWTH
			? [`memory grows by ${slope.rss.toFixed(2)} MB in 1,000 landings`]
			: []),
		...(last.peak > MOST_MEMORY ? [`memory came to ${Math.round(last.peak)} MB`] : []),
		...grows.map((row) => `${row} grow from ${first[row]} to ${last[row]}`),
		...['logs', 'cache']
			.filter((row) => last[row] > CAPS[row])
			.map((row) => `${row} hold ${inMb(last[row])} MB`),
		...['state', 'git']
			.filter((row) => slope[row] / 1000 > CAPS[`${row}Each`])
			.map((row) => `${row} grows by ${inMb(slope[row])} MB in 1,000 landings`),
	];
}

/** Of a figure by the landings, least squares. */
function slopeOf(windows, row) {
	const mean = (list) => list.reduce((sum, each) => sum + each, 0) / list.length;
	const [x, y] = [mean(windows.map(({ landed }) => landed)), mean(windows.map((each) => each[row]))];
	const over = windows.reduce((sum, each) => sum + (each.landed - x) * (each[row] - y), 0);
	const under = windows.reduce((sum, each) => sum + (each.landed - x) ** 2, 0);
	return under === 0 ? 0 : over / under;
}

function print(cells) {
	console.log(cells.map((cell) => String(cell).padStart(8)).join(' '));
}
