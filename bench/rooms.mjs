#!/usr/bin/env node
/**
 * What a room costs in a large repository, at each level of walls: the first one, and the next after a change of three
 * files. Taken from the loop's own events: from `proposed` to `checked`, where the only check is `true`.
 *
 *   node bench/rooms.mjs [--files 100000] [--rooms 4] [--walls groups,auto]
 *
 * Prints a table. Nothing here is asserted: a measurement is not a test.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import {
	APPROVES,
	commitWithList,
	env,
	eventsIn,
	levelIn,
	MAIN,
	median,
	newFolder,
	removeScratch,
	stub,
} from './scratch.mjs';

const { values } = parseArgs({
	options: {
		files: { type: 'string', default: '100000' },
		rooms: { type: 'string', default: '4' },
		walls: { type: 'string', default: 'groups,auto' },
	},
});
const ROOMS = Number(values.rooms);
const FILES_PER_FOLDER = 20;

try {
	for (const kind of ['tracked', 'ignored']) {
		for (const walls of values.walls.split(',')) measure(kind, walls);
	}
} finally {
	removeScratch();
}

function measure(kind, walls) {
	const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, '--until-done', '--json'], {
		cwd: repository(kind, walls),
		env,
		encoding: 'utf8',
		maxBuffer: 1e9,
	});
	if (status !== 0) throw new Error(`nightloop exited ${status}\n${stdout}\n${stderr}`);
	const events = eventsIn(stdout);
	const level = levelIn(events);
	const [first, ...next] = between(events, 'proposed', 'checked');
	const worst = Math.max(...next);
	console.log(
		`${values.files} ${kind} files, ${level.padEnd(10)}  first room ${ms(first)}, next ${ms(median(next))} (worst ${ms(worst)})`,
	);
}

function between(events, from, to) {
	const times = (name) => events.filter(({ event }) => event === name).map(({ at }) => Date.parse(at));
	const begins = times(from);
	return times(to).map((end, index) => end - begins[index]);
}

/** Each task changes three of the many files, and one that is tracked. */
function repository(kind, walls) {
	const folder = newFolder();
	const many = kind === 'tracked' ? 'src' : 'node_modules';
	const name = (n) => `${many}/${Math.floor(n / FILES_PER_FOLDER)}/lib/${n}.js`;
	for (let n = 0; n < Number(values.files); n++) {
		const file = path.join(folder, name(n));
		if (n % FILES_PER_FOLDER === 0) mkdirSync(path.dirname(file), { recursive: true });
		writeFileSync(file, `export const n = ${n};\n`.repeat(20));
	}
	const changed = [7, 70, 700].map(name).join(' ');
	const worker = `cat > /dev/null; for file in work.txt ${changed}; do echo x >> $file; done; echo done`;
	writeFileSync(path.join(folder, '.gitignore'), 'node_modules/\n');
	commitWithList(folder, {
		worker: stub('worker.sh', worker),
		reviewer: stub('reviewer.sh', APPROVES),
		settings: [`walls: ${walls}`, 'checks: "true"'],
		tasks: ROOMS,
		after: 'git gc -q',
	});
	return folder;
}

function ms(time) {
	return `${time} ms`;
}
